"""The line around a mask, against a reference that looks at every pair of pixels."""

import numpy as np
import pytest
from harmonia.comparison.contour import band, contour
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from reference.contour import reference_band


@given(
    arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12)),
    st.sampled_from([0.5, 1.0, 1.5, 2.0, 2.9, 5.0, 30.0]),
)
def test_the_band_is_that_of_the_reference(inside, radius):
    np.testing.assert_array_equal(band(inside, radius), reference_band(inside, radius))


def test_the_line_hides_nothing_of_the_foreground():
    mask = np.zeros((40, 60), np.float32)
    mask[10:30, 20:45] = 1
    line = contour(mask, mask.shape, 2.0)
    assert line[mask == 1].max() < 0.2  # bicubic weights round the corners
    assert (line[11:29, 21:44] == 0).all()
    # Two pixels wide along the straight sides, and nothing farther away.
    assert (line[8:10, 25:40] == 1).all()
    assert (line[:8] == 0).all()
    assert (line[15:25, 45:47] == 1).all()
    assert (line[:, 47:] == 0).all()


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_mask_of_one_value_has_no_line(value):
    mask = np.full((9, 7), value, np.float32)
    assert (contour(mask, (18, 14), 2.0) == 0).all()


def test_the_line_follows_a_mask_to_another_size():
    mask = np.zeros((20, 30), np.float32)
    mask[:, :15] = 1
    line = contour(mask, (80, 120), 3.0)
    assert line.shape == (80, 120)
    assert (line[:, 60:63] == 1).all()
    assert (line[:, :60] == 0).all()
    assert (line[:, 63:] == 0).all()
