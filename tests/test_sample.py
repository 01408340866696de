"""Colours of a region as a list: all of its pixels, or an even share of them."""

import harmonia
import numpy as np
import pytest
from harmonia import _core
from images import ALIGNED, DTYPES, as_dtype, scene, unit
from isas import ISAS, counts, forced, threads

ALL = 1 << 40


def sample(image, mask, space="rgb", limit=ALL, seed=0):
    return _core.masked_sample(image, mask, space, limit, seed)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", ALIGNED)
def test_every_pixel_with_weight_is_there_in_reading_order(dtype, layout):
    image, mask = scene()
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    inside, outside = sample(ALIGNED[layout](image), mask)
    for got, weights in ((inside, mask), (outside, 1 - mask)):
        there = weights > 0
        # Codes become floats by one rounded product.
        np.testing.assert_allclose(got[:3].T, unit(image)[there], rtol=2**-23)
        np.testing.assert_array_equal(got[3], weights[there])


def test_colours_are_those_of_the_space():
    image, mask = scene()
    image = image.astype(np.float32)
    inside, _ = sample(image, mask.astype(np.float32), "lab")
    lab = harmonia.color.convert(image, "rgb", "lab")
    np.testing.assert_array_equal(inside[:3].T, lab[mask > 0])


def test_without_a_mask_all_is_inside():
    image = scene()[0].astype(np.float32)
    inside, outside = sample(image, None)
    assert inside.shape == (4, image.shape[0] * image.shape[1])
    assert outside.shape == (4, 0)
    assert (inside[3] == 1).all()


def test_a_limit_keeps_an_even_share_of_each_side():
    height, width = 300, 400
    y, x = np.mgrid[:height, :width].astype(np.float32)
    image = np.stack([y / height, x / width, 0 * x], axis=-1)
    mask = np.zeros((height, width), bool)
    mask[:, : width // 4] = True
    limit = 3000
    for side, pixels in zip(sample(image, mask, limit=limit), (30000, 90000), strict=True):
        # The count is binomial; five standard deviations.
        assert abs(side.shape[1] - limit) < 5 * np.sqrt(limit * (1 - limit / pixels))
        rows = np.histogram(side[0], bins=10, range=(0, 1))[0]
        assert np.abs(rows - limit / 10).max() < 5 * np.sqrt(limit / 10)
        columns = np.histogram(side[1], bins=4, range=(side[1].min(), side[1].max()))[0]
        assert np.abs(columns - limit / 4).max() < 5 * np.sqrt(limit / 4)


def test_a_seed_decides_which():
    image = scene(200, 300)[0].astype(np.float32)
    first, again, other = (sample(image, None, limit=500, seed=s)[0] for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or (first != other).any()


@pytest.mark.threads
@pytest.mark.parametrize("isa", ISAS)
def test_instruction_sets_and_threads_give_the_same_bytes(isa):
    image, mask = scene(150, 400)
    image, mask = as_dtype(image, "uint8"), mask.astype(np.float32)
    expected = sample(image, mask, "lab", limit=5000)
    for count in counts(1, 2, 4):
        with forced(isa), threads(count):
            for got, wanted in zip(sample(image, mask, "lab", limit=5000), expected, strict=True):
                np.testing.assert_array_equal(got, wanted)
