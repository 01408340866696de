"""Transforms: tables of them, and what has none."""

import harmonia
import numpy as np
import pytest
from harmonia.transform import UNCHANGED, AffineTransform
from images import scene

SWAP = AffineTransform("rgb", (0, 1, 0, 0, 0, 1, 1, 0, 0), (0, 0, 0))


@pytest.mark.parametrize("size", [2, 17, 33])
def test_a_table_holds_the_transform_at_every_node(size):
    axis = np.linspace(0, 1, size)
    red, green, blue = np.meshgrid(axis, axis, axis, indexing="ij")
    for transform, wanted in ((UNCHANGED, (red, green, blue)), (SWAP, (green, blue, red))):
        lut = transform.to_lut(size)
        assert lut.nodes.dtype == np.float32
        np.testing.assert_allclose(lut.nodes, np.stack(wanted, axis=-1), atol=2**-24)


def test_a_table_is_that_of_the_fitted_method():
    image, mask = scene()
    image = image.astype(np.float32)
    look = harmonia.fit(image, mask, "reinhard")
    lut = look.to_lut(9)
    colour = np.array([3, 5, 2]) / 8
    pixel = colour.astype(np.float32).reshape(1, 1, 3)
    np.testing.assert_array_equal(lut.nodes[3, 5, 2], look.apply(pixel)[0, 0])


@pytest.mark.parametrize("size", [1, 0, -3, 130, 3.0, "33", None])
def test_a_size_that_makes_no_table_is_refused(size):
    with pytest.raises(ValueError, match=r"to_lut: size must be a whole number from 2 to 129"):
        UNCHANGED.to_lut(size)


def test_a_table_is_applied_as_the_transform_that_it_holds():
    image, mask = scene()
    image = image.astype(np.float32)
    out = SWAP.to_lut(2).apply(image, mask)
    # Between two nodes of a linear map a table is that map, but for the roundings of the weights.
    np.testing.assert_allclose(out, SWAP.apply(image, mask), atol=8 * 2**-24, rtol=0)
