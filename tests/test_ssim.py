"""Structural similarity under a mask, against one window after the other in float64."""

import re

import numpy as np
import pytest
from harmonia import _core
from hypothesis import given
from hypothesis import strategies as st
from images import ALIGNED, DTYPES, as_dtype, scene, soft_disc, with_alpha
from isas import ISAS, counts, forced, threads
from reference.ssim import gaussian, half_size, uniform
from reference.ssim import ssim as reference_ssim

WINDOWS = {
    "gaussian 11": (gaussian(11, 1.5), 1.0),
    "gaussian 7": (gaussian(7, 1.5), 1.0),
    "uniform 7": (uniform(7), 49 / 48),
    "gaussian 3": (gaussian(3, 0.8), 1.0),
    "gaussian 31": (gaussian(31, 5.0), 1.0),
    "one pixel": (np.ones(1), 1.0),
}
PADDINGS = ("valid", "zero")
USUAL = (6.5025, 58.5225)  # (0.01 * 255)^2 and (0.03 * 255)^2
TINY = {"of 0..1": (1e-4, 9e-4), "of -1..1": (4e-4, 3.6e-3)}  # on 0..255, as papers' codes do

# The promise. Floats of 0..1 round by 2^-25 before they are multiplied by 255, which shows as
# noise of 1.5e-5 in 0..255: next to a deviation of TINY's root, 0.03, that is 5e-4, squared.
CLOSE = 1e-6

per_window = pytest.mark.parametrize("window", WINDOWS)
per_padding = pytest.mark.parametrize("padding", PADDINGS)


def kernel(output, target, mask, taps, padding, c1, c2, covariance_scale=1.0):
    return _core.ssim(
        output, target, mask, np.asarray(taps).tolist(), padding, c1, c2, covariance_scale
    )


def check(output, target, mask, window, padding, constants):
    """Every mean within the promise; the mask's sum and the count are exact but for its type."""
    taps, covariance_scale = WINDOWS[window]
    given = (output, target, mask, taps, padding, *constants, covariance_scale)
    ssim, cs, masked, weight, count = kernel(*given)
    expected = reference_ssim(*given)
    assert count == expected[4]
    np.testing.assert_allclose(np.divide(ssim, count), np.divide(expected[0], count), 0, CLOSE)
    np.testing.assert_allclose(np.divide(cs, count), np.divide(expected[1], count), 0, CLOSE)
    # Weights are held in steps of 2^-22 / 255.
    np.testing.assert_allclose(weight, expected[3], rtol=1e-12, atol=2.0**-29 * count)
    if weight:
        wanted = np.divide(expected[2], expected[3])
        np.testing.assert_allclose(np.divide(masked, weight), wanted, 0, CLOSE)


def pair(dtype="uint8", size=(70, 150), seed=0):
    """Two pictures that differ everywhere, and a soft mask; wider than a tile."""
    first, mask = scene(*size, seed)
    second, _ = scene(*size, seed + 1)
    return as_dtype(first, dtype), as_dtype(0.8 * first + 0.2 * second, dtype), mask


MASKS = {
    "none": lambda soft: None,
    "bool": lambda soft: soft > 0.5,
    "uint8": lambda soft: as_dtype(soft, "uint8"),
    "float32": lambda soft: soft.astype(np.float32),
    "empty": lambda soft: np.zeros(soft.shape, bool),
}


@per_window
@per_padding
@pytest.mark.parametrize("mask_kind", MASKS)
def test_sums_are_those_of_every_window(window, padding, mask_kind):
    output, target, soft = pair()
    check(output, target, MASKS[mask_kind](soft), window, padding, USUAL)


@pytest.mark.parametrize("output_type", DTYPES)
@pytest.mark.parametrize("target_type", DTYPES)
def test_the_two_types_may_differ(output_type, target_type):
    output, _, soft = pair(output_type)
    _, target, _ = pair(target_type)
    check(output, target, soft.astype(np.float32), "gaussian 11", "valid", USUAL)


def flat(value, size=(80, 140)):
    return np.full((*size, 3), value, np.uint8)


def noisy(image, most, seed=0):
    noise = np.random.default_rng(seed).integers(-most, most + 1, image.shape)
    return np.clip(image.astype(int) + noise, 0, 255).astype(np.uint8)


def bars(low, high, period, size=(140, 140)):
    bright = (np.arange(size[1]) // period) % 2 == 1
    row = np.where(bright[:, None], high, low)
    return np.broadcast_to(row, (*size, 3)).astype(np.uint8)


def ramp(size=(80, 140)):
    codes = np.linspace(0, 255, size[1]).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(codes[:, None], (*size, 3)))


RANDOM = np.random.default_rng(3).integers(0, 256, (2, 80, 140, 3), np.uint8)
# Of 16 rows of windows three are flat, and none that is a multiple of 8: whether float32 will do is
# asked of those alone.
FLAT = ((np.arange(140) - 2) % 16 < 13)[:, None, None]
SHADES = (20 + 11 * (np.arange(140) // 16))[:, None, None]
NOISE = np.random.default_rng(4).integers(0, 256, (2, 140, 140, 3), np.uint8)
BANDS = tuple(
    np.where(FLAT, shade, NOISE[i]).astype(np.uint8) for i, shade in enumerate((255, SHADES))
)

# What float32 is bad at: flat and bright, flat parts that are far from the mean of a tile, and
# little noise on either.
HARD = {
    "random": (RANDOM[0], RANDOM[1]),
    "noise on white": (flat(255), noisy(flat(255), 1)),
    "white and light grey": (flat(255), flat(250)),
    "white and black": (flat(255), flat(0)),
    "ramp and brighter ramp": (ramp(), noisy(np.minimum(ramp(), 246) + 9, 0)),
    "ramp and its mirror": (ramp(), ramp()[:, ::-1]),
    "bars and grey": (bars(0, 255, 50), flat(77, (140, 140))),
    "bars and their negative": (bars(0, 255, 20), bars(255, 0, 20)),
    "bars and half of one": (bars(0, 255, 45), bars(35, 255, 45)),
    "bars and shifted bars": (bars(0, 46, 30), bars(0, 0, 30)),
    "flat bands": BANDS,
    "bars and slightly weaker bars": (noisy(bars(0, 255, 45), 1), noisy(bars(2, 255, 45), 1, 1)),
    "noise on bars": (bars(0, 254, 45), noisy(bars(0, 254, 45), 1)),
}


@pytest.mark.parametrize("images", HARD)
@per_padding
@pytest.mark.parametrize("window", ["gaussian 11", "uniform 7"])
def test_flat_and_bright_pictures_keep_six_digits(images, padding, window):
    mask = as_dtype(soft_disc(*HARD[images][0].shape[:2]), "uint8")
    check(*HARD[images], mask, window, padding, USUAL)


@pytest.mark.parametrize("images", HARD)
@pytest.mark.parametrize("constants", TINY)
@per_padding
@pytest.mark.parametrize("window", ["gaussian 11", "uniform 7"])
def test_constants_of_another_scale_keep_six_digits(images, constants, padding, window):
    mask = as_dtype(soft_disc(*HARD[images][0].shape[:2]), "uint8")
    check(*HARD[images], mask, window, padding, TINY[constants])


@pytest.mark.parametrize("images", HARD)
@pytest.mark.parametrize("size", [(11, 11), (11, 90), (15, 80), (80, 11)], ids=str)
def test_few_windows_keep_six_digits(images, size):
    """Whether float32 will do is asked of some rows; here these are few."""
    output, target = (image[-size[0] :, -size[1] :] for image in HARD[images])
    check(output, target, None, "gaussian 11", "valid", USUAL)


@given(
    st.integers(0, 255),
    st.integers(0, 255),
    st.integers(0, 255),
    st.integers(0, 255),
    st.integers(5, 70),
    st.integers(0, 2),
)
def test_any_two_levels_keep_six_digits(a, b, c, d, period, noise):
    output = noisy(bars(a, b, period, (40, 140)), noise)
    target = noisy(bars(c, d, period, (40, 140)), noise, seed=1)
    check(output, target, None, "gaussian 11", "valid", USUAL)


@given(st.integers(1, 40), st.integers(1, 300), st.sampled_from(PADDINGS), st.integers(0, 99))
def test_every_size_that_holds_a_window(height, width, padding, seed):
    rng = np.random.default_rng(seed)
    output, target = rng.integers(0, 256, (2, height, width, 3), np.uint8)
    mask = rng.integers(0, 256, (height, width), np.uint8)
    if padding == "valid" and min(height, width) < 7:
        with pytest.raises(ValueError, match="no window of 7 x 7 pixels lies inside an image of "):
            kernel(output, target, mask, uniform(7), padding, *USUAL)
    else:
        check(output, target, mask, "uniform 7", padding, USUAL)


@pytest.mark.parametrize("size", [(128, 128), (129, 257), (138, 139), (300, 11)])
@per_padding
def test_tiles_join_without_a_seam(size, padding):
    rng = np.random.default_rng(size[1])
    output, target = rng.integers(0, 256, (2, *size, 3), np.uint8)
    mask = rng.integers(0, 256, size, np.uint8)
    check(output, target, mask, "gaussian 11", padding, USUAL)


@per_window
@per_padding
@pytest.mark.parametrize("dtype", DTYPES)
def test_equal_pictures_are_exactly_one(window, padding, dtype):
    image, _, soft = pair(dtype)
    taps, covariance_scale = WINDOWS[window]
    mask = as_dtype(soft, "uint8")
    ssim, cs, masked, weight, count = kernel(
        image, image.copy(), mask, taps, padding, *USUAL, covariance_scale
    )
    assert ssim == cs == [count] * 3
    assert masked == [weight] * 3


@per_window
@per_padding
@pytest.mark.parametrize("place", [(0, 0), (75, 130), (149, 299), (64, 140), (20, 299)])
def test_one_other_pixel_shows_in_every_window_that_holds_it(window, padding, place):
    # Elsewhere nothing is filtered, so a window that is passed over too much or too little shows.
    output, _, soft = pair(size=(150, 300))
    target = output.copy()
    target[place] ^= 128
    check(output, target, as_dtype(soft, "uint8"), window, padding, USUAL)


@per_padding
def test_kept_background_gives_the_sums_of_every_window(padding):
    output, other, soft = pair(size=(300, 280))
    target = np.where(soft[..., None] > 0, other, output)
    check(output, target, as_dtype(soft, "uint8"), "gaussian 11", padding, USUAL)


@pytest.mark.parametrize("which", ["output", "target"])
def test_alpha_does_not_count(which):
    output, target, _ = pair()
    expected = kernel(output, target, None, gaussian(11, 1.5), "valid", *USUAL)
    if which == "output":
        output = with_alpha(output)
    else:
        target = with_alpha(target)
    assert kernel(output, target, None, gaussian(11, 1.5), "valid", *USUAL) == expected


@pytest.mark.parametrize("layout", ALIGNED)
@pytest.mark.parametrize("dtype", DTYPES)
def test_memory_layout_does_not_matter(layout, dtype):
    output, target, soft = pair(dtype)
    rest = (gaussian(11, 1.5), "zero", *USUAL)
    for mask_kind in ("bool", "uint8", "float32"):
        mask = MASKS[mask_kind](soft)
        expected = kernel(output, target, mask, *rest)
        lay = ALIGNED[layout]
        assert kernel(lay(output), target, mask, *rest) == expected
        assert kernel(output, lay(target), lay(mask), *rest) == expected


@pytest.mark.threads
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("constants", [USUAL, TINY["of 0..1"]], ids=["usual", "tiny"])
@pytest.mark.parametrize("window", ["gaussian 11", "uniform 7", "gaussian 31"])
def test_instruction_sets_threads_and_repeats_give_equal_bits(dtype, constants, window):
    output, target, soft = pair(dtype, size=(420, 300))
    target[150:300, 100:200] = output[150:300, 100:200]
    output[300:, 50:], target[300:, 50:] = output[0, 0], target[5, 5]  # flat: where double is due
    taps, covariance_scale = WINDOWS[window]
    rest = (soft.astype(np.float32), taps, "zero", *constants, covariance_scale)
    with forced("baseline"), threads(1):
        expected = kernel(output, target, *rest)
    for isa in ISAS:
        for count in counts(1, 2, 4):
            with forced(isa), threads(count):
                assert kernel(output, target, *rest) == expected, f"{isa}, {count} threads"


def test_a_full_mask_gives_the_sums_of_the_map():
    output, target, soft = pair()
    rest = (gaussian(11, 1.5), "valid", *USUAL)
    ssim, _, masked, weight, count = kernel(output, target, None, *rest)
    assert masked == ssim
    assert weight == count
    for full in (np.ones(soft.shape, bool), np.full(soft.shape, 255, np.uint8)):
        _, _, masked, weight, _ = kernel(output, target, full, *rest)
        assert weight == count
        # A product with 255 is rounded to 2^-24, and cut off below 2^-22 / 255.
        np.testing.assert_allclose(masked, ssim, rtol=2.0**-24, atol=2.0**-29 * count)


def test_inputs_are_not_changed():
    output, target, soft = pair()
    before = output.copy(), target.copy(), soft.copy()
    kernel(output, target, soft.astype(np.float32), uniform(7), "zero", *USUAL)
    for now, then in zip((output, target, soft), before, strict=True):
        np.testing.assert_array_equal(now, then)


IMAGE = np.zeros((20, 30, 3), np.uint8)
TAPS = [0.25, 0.5, 0.25]
MISTAKES = {
    "an even number of taps": (
        (IMAGE, IMAGE, None, [0.5, 0.5], "valid", *USUAL, 1.0),
        "ssim: taps must be 1, 3, ... 31 in number, got 2",
    ),
    "too many taps": (
        (IMAGE, IMAGE, None, [1 / 33] * 33, "valid", *USUAL, 1.0),
        "ssim: taps must be 1, 3, ... 31 in number, got 33",
    ),
    "a lopsided window": (
        (IMAGE, IMAGE, None, [0.2, 0.5, 0.3], "valid", *USUAL, 1.0),
        "ssim: taps must be finite and the same from both ends",
    ),
    "taps of another sum": (
        (IMAGE, IMAGE, None, [0.25, 0.25, 0.25], "valid", *USUAL, 1.0),
        "ssim: taps must add up to 1, got 0.750000",
    ),
    "an unknown padding": (
        (IMAGE, IMAGE, None, TAPS, "same", *USUAL, 1.0),
        "ssim: padding must be 'valid' or 'zero', got 'same'",
    ),
    "a constant of zero": (
        (IMAGE, IMAGE, None, TAPS, "valid", 0.0, 1.0, 1.0),
        "ssim: c1, c2 and covariance_scale must be positive",
    ),
    "two sizes": (
        (IMAGE, IMAGE[1:], None, TAPS, "valid", *USUAL, 1.0),
        "target must have the output's height and width (20, 30), got (19, 30)",
    ),
    "an image smaller than the window": (
        (IMAGE[:2], IMAGE[:2], None, TAPS, "valid", *USUAL, 1.0),
        "ssim: no window of 3 x 3 pixels lies inside an image of 30 x 2",
    ),
    "no pixels": (
        (IMAGE[:0], IMAGE[:0], None, TAPS, "zero", *USUAL, 1.0),
        "ssim: no window of 3 x 3 pixels lies inside an image of 30 x 0",
    ),
}


@pytest.mark.parametrize(("given", "sentence"), MISTAKES.values(), ids=list(MISTAKES))
def test_errors_say_what_is_wrong(given, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        _core.ssim(*given)


@pytest.mark.parametrize("dtype", DTYPES)
@given(st.integers(1, 9), st.sampled_from([1, 2, 3, 254, 255, 256, 257, 511, 513, 600]))
def test_half_size_is_the_mean_of_four_pixels(dtype, height, width):
    rng = np.random.default_rng(width)
    image = as_dtype(rng.random((height, width, 3)), dtype)
    found = _core.half_size(image)
    expected = half_size(image)
    assert (found.dtype, found.shape) == (np.float32, expected.shape)
    # A code becomes a float, and three sums are rounded.
    np.testing.assert_allclose(found, expected, rtol=0, atol=4 * 2.0**-24)
    for isa in ISAS:
        for count in counts(1, 4):
            with forced(isa), threads(count):
                assert _core.half_size(image).tobytes() == found.tobytes()


@pytest.mark.parametrize("layout", ALIGNED)
def test_half_size_of_any_layout(layout):
    image, _, _ = pair(size=(31, 45))
    np.testing.assert_array_equal(_core.half_size(ALIGNED[layout](image)), _core.half_size(image))
