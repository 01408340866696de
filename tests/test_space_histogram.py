"""Histograms in any colour space, against counting in NumPy."""

import numpy as np
import pytest
from harmonia import _core
from images import ALIGNED, DTYPES, as_dtype, scene, soft_disc, unit, with_alpha
from isas import ISAS, counts, forced, threads
from reference import color

RANGES = {
    "rgb": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    "ycbcr": ((16.0, 16.0, 16.0), (240.0, 240.0, 240.0)),
    "lab": ((0.0, -80.0, -70.0), (100.0, 80.0, 90.0)),
}
TO = {
    "rgb": lambda rgb: rgb,
    "ycbcr": lambda rgb: rgb @ color.TO_YCBCR.T + color.YCBCR_BLACK,
    "lab": color.to_lab,
}
MASKS = ("none", "bool", "uint8", "float32")

# float32 arithmetic moves a position by 2^-24 of the range of 300 times a dozen operations.
NEAR = 2e-3


def make_mask(soft, kind):
    if kind == "none":
        return None
    return soft > 0.5 if kind == "bool" else as_dtype(soft, kind)


def positions(image, space, bins):
    low, high = RANGES[space]
    return (TO[space](unit(image)) - low) / np.subtract(high, low) * (bins - 1)


def clear_of_edges(image, space, bins):
    """The image with pixels near an edge between two bins replaced by one that is near none."""
    image = image.copy()
    where = positions(image, space, bins)
    near = (np.abs(where - np.floor(where) - 0.5) < NEAR).any(axis=-1)
    image[near] = image[~near][0]
    return image


def count(image, mask, space, bins):
    weights = np.ones(image.shape[:2]) if mask is None else unit(np.asarray(mask, None))
    weights = weights.astype(np.float64)
    where = np.clip(np.floor(positions(image, space, bins) + 0.5), 0, bins - 1).astype(int)
    return [
        np.array([np.bincount(where[..., c].ravel(), w.ravel(), bins) for c in range(3)])
        for w in (weights, 1 - weights)
    ]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("space", TO)
@pytest.mark.parametrize("bins", [1, 17, 225, 300])
def test_weights_are_those_of_the_nearest_bins(space, bins, dtype):
    image, soft = scene(61, 301)
    image = clear_of_edges(as_dtype(image, dtype), space, bins)
    for kind in MASKS:
        mask = make_mask(soft, kind)
        found = _core.space_histogram(image, mask, space, *RANGES[space], bins)
        for got, expected in zip(found, count(image, mask, space, bins), strict=True):
            # Sums of 18361 weights, each rounded in the reference or in the division by 255.
            np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-9)
            if kind in ("none", "bool"):
                np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("bins", [256, 65536])
def test_bins_of_codes_are_exact(dtype, bins):
    rng = np.random.default_rng(0)
    top = np.iinfo(dtype).max
    image = rng.integers(0, top, (90, 200, 3), dtype=dtype, endpoint=True)
    if bins == 256 and dtype == "uint16":
        image = (image >> 8) * 257
    weights = rng.integers(0, 256, image.shape[:2], dtype=np.uint8)
    weights[0, 0] = 255
    inside, outside = _core.space_histogram(image, weights, "rgb", *RANGES["rgb"], bins)
    codes = image.astype(np.int64) * (bins - 1) // top
    for c in range(3):
        for got, w in ((inside, weights), (outside, 255 - weights)):
            sums = np.bincount(codes[..., c].ravel(), w.ravel().astype(np.float64), bins)
            np.testing.assert_array_equal(got[c], sums / 255)


def test_values_beyond_the_range_fall_into_the_end_bins():
    image = as_dtype(scene()[0], "float32")
    inside, _ = _core.space_histogram(image, None, "rgb", (0.4,) * 3, (0.5,) * 3, 11)
    below, above = (image < 0.405).sum(axis=(0, 1)), (image >= 0.495).sum(axis=(0, 1))
    np.testing.assert_array_equal(inside[:, 0], below)
    np.testing.assert_array_equal(inside[:, -1], above)
    assert inside.sum() == image.size


@pytest.mark.parametrize("dtype", DTYPES)
def test_memory_layout_and_alpha_do_not_matter(dtype):
    image, soft = scene(37, 301)
    image, mask = as_dtype(image, dtype), as_dtype(soft, "uint8")
    expected = _core.space_histogram(image, mask, "ycbcr", *RANGES["ycbcr"], 225)
    for name, lay in ALIGNED.items():
        for given in (image, with_alpha(image)):
            laid = lay(given)
            found = _core.space_histogram(laid, lay(mask), "ycbcr", *RANGES["ycbcr"], 225)
            np.testing.assert_array_equal(found, expected, err_msg=name)


@pytest.mark.threads
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("mask_kind", ["uint8", "float32"])
@pytest.mark.parametrize("bins", [225, 65536])
def test_instruction_sets_threads_and_repeats_give_equal_bits(dtype, mask_kind, bins):
    # Large enough for several parts of the largest table.
    wide, _ = scene(90, 130)
    image = np.ascontiguousarray(np.tile(as_dtype(wide, dtype), (10, 12, 1)))
    mask = as_dtype(soft_disc(*image.shape[:2]), mask_kind)
    space = "ycbcr" if bins == 225 else "rgb"

    def histogram():
        return np.array(_core.space_histogram(image, mask, space, *RANGES[space], bins)).tobytes()

    with forced("baseline"), threads(1):
        expected = histogram()
    for isa in ISAS:
        for number in counts(1, 2, 4):
            with forced(isa), threads(number):
                assert histogram() == expected, f"{isa}, {number} threads"


@pytest.mark.parametrize("bins", [0, 65537])
def test_a_number_of_bins_that_makes_no_histogram_is_refused(bins):
    image = np.zeros((2, 2, 3), np.uint8)
    with pytest.raises(ValueError, match="bins must be from 1 to 65536"):
        _core.space_histogram(image, None, "rgb", *RANGES["rgb"], bins)
