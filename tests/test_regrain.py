"""Regrain against the formulas in float64: scales, tiles, masks, and what it leaves alone."""

import numpy as np
import pytest
from harmonia import _core
from images import ALIGNED, DTYPES, as_dtype, level, scene, soft_disc, unit
from isas import ISAS, counts, forced, threads
from reference.moments import blend
from reference.regrain import regrain as expected_regrain

# Sums of a few products of numbers below 1 in float32, relaxed towards each other. Measured: 3e-7.
ARITHMETIC = 2e-6

per_mode = pytest.mark.parametrize("whole", [False, True], ids=["mask", "whole"])


def regrain(image, changed, mask, *, strength=1.0, smoothness=1.0, whole=False):
    out = np.empty_like(image)
    _core.regrain(image, changed, mask, strength, smoothness, whole, out)
    return out


def changed_colors(image, seed=1):
    """Other colours, darker and with grain."""
    noise = np.random.default_rng(seed).normal(0, 0.03, image.shape)
    return (image[..., ::-1] ** 1.5 + noise).astype(np.float32)


def pictures(height, width, seed=0):
    """A photograph, other colours for it, and a soft mask."""
    if min(height, width) > 2:
        image, mask = scene(height, width, seed)
    else:
        image, mask = (
            np.random.default_rng(seed).random((height, width, 3)),
            np.ones((height, width)),
        )
    if not mask.any():
        mask[height // 2, width // 2] = 0.5
    image = image.astype(np.float32)
    return image, changed_colors(image), mask.astype(np.float32)


# Smaller than a level, between two, larger than a tile of 128 and its halo, odd, and very long.
SIZES = [(1, 1), (1, 50), (3, 3), (7, 5), (41, 42), (60, 80), (150, 301), (300, 20), (2, 700)]


@per_mode
@pytest.mark.parametrize("size", SIZES)
def test_every_size_follows_the_formula(size, whole):
    image, changed, mask = pictures(*size)
    expected = expected_regrain(unit(image), unit(changed), mask, whole=whole)
    out = regrain(image, changed, mask, whole=whole)
    expected = blend(np.clip(expected, 0, 1), unit(image), mask)
    np.testing.assert_allclose(unit(out), expected, atol=ARITHMETIC, rtol=0)


@per_mode
@pytest.mark.parametrize("smoothness", [1e-6, 0.1, 3, 1e6])
def test_every_smoothness_follows_the_formula(smoothness, whole):
    image, changed, mask = pictures(60, 80)
    expected = expected_regrain(unit(image), unit(changed), mask, smoothness, whole)
    out = regrain(image, changed, mask, smoothness=smoothness, whole=whole)
    expected = blend(np.clip(expected, 0, 1), unit(image), mask)
    np.testing.assert_allclose(unit(out), expected, atol=ARITHMETIC, rtol=0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", ALIGNED)
def test_every_dtype_and_layout_follows_the_formula(dtype, layout):
    image, changed, mask = pictures(45, 67)
    image = as_dtype(image, dtype)
    expected = expected_regrain(unit(image), unit(changed), mask)
    expected = blend(np.clip(expected, 0, 1), unit(image), 0.6 * mask)
    lay = ALIGNED[layout]
    out = regrain(lay(image), lay(changed), lay(mask), strength=0.6)
    np.testing.assert_allclose(unit(out), expected, atol=0.5 * level(dtype) + ARITHMETIC, rtol=0)


def masks_of_islands():
    """Two regions far apart, one of a single pixel, one that touches the border and has a hole."""
    mask = np.zeros((200, 270), np.float32)
    mask[3, 4] = 1
    mask[140:, 150:] = 1
    mask[160:170, 200:210] = 0
    return mask


@per_mode
def test_islands_and_holes_follow_the_formula(whole):
    image, changed, _ = pictures(200, 270)
    mask = masks_of_islands()
    expected = expected_regrain(unit(image), unit(changed), mask, whole=whole)
    expected = blend(np.clip(expected, 0, 1), unit(image), mask)
    out = regrain(image, changed, mask, whole=whole)
    np.testing.assert_allclose(unit(out), expected, atol=ARITHMETIC, rtol=0)


def test_nothing_outside_the_mask_is_read():
    image, changed, _ = pictures(200, 270)
    mask = masks_of_islands()
    outside = mask == 0
    expected = regrain(image, changed, mask)
    other, torn = image.copy(), changed.copy()
    other[outside] = 1 - other[outside]
    torn[outside] = np.nan
    out = regrain(other, torn, mask)
    np.testing.assert_array_equal(out[~outside], expected[~outside])
    np.testing.assert_array_equal(out[outside], other[outside])


def test_a_picture_that_shall_not_change_does_not():
    # The pyramid of the authors' code blurs a picture more than it can undo.
    image, _, mask = pictures(150, 200)
    np.testing.assert_allclose(regrain(image, image, mask), image, atol=2**-23, rtol=0)
    blurred = regrain(image, image, mask, whole=True)
    assert np.abs(blurred - image).max() > 0.01


@pytest.mark.parametrize("size", [(3, 2), (30, 30), (150, 200)])
def test_an_even_change_arrives_whole_however_small_the_foreground(size):
    # With six scales of the mask's box at most, a small one gets little of its change.
    image, _, _ = pictures(200, 270)
    mask = np.zeros(image.shape[:2], np.float32)
    mask[20 : 20 + size[0], 30 : 30 + size[1]] = 1
    changed = (image - np.float32(0.05)).astype(np.float32)
    out = regrain(image, changed, mask)
    wanted = np.where(mask[..., None] > 0, changed, image)
    np.testing.assert_allclose(out, wanted, atol=ARITHMETIC, rtol=0)


def test_a_flat_foreground_takes_its_new_colour():
    # Without detail psi is zero, and the authors' code starts from no change.
    image = np.full((50, 60, 3), 0.3, np.float32)
    changed = np.full_like(image, 0.6)
    mask = np.zeros((50, 60), bool)
    mask[10:40, 10:50] = True
    np.testing.assert_allclose(regrain(image, changed, mask)[mask], 0.6, atol=ARITHMETIC)


def test_a_black_background_does_not_bleed_in():
    image, _, _ = pictures(120, 120)
    mask = (soft_disc(120, 120) > 0.5).astype(np.float32)
    changed = image + np.float32(0.1)
    inside = mask > 0
    rim = inside & ~np.roll(inside, 3, axis=0)
    wrong = np.abs(regrain(image, changed, mask, whole=True) - changed)[rim].mean()
    assert np.abs(regrain(image, changed, mask) - changed)[rim].max() < ARITHMETIC < 0.01 < wrong


def test_grain_that_the_picture_does_not_have_goes():
    y, x = np.mgrid[0:1:96j, 0:1:128j]
    image = np.stack([0.3 + 0.2 * x, 0.4 + 0.2 * y, 0.5 - 0.2 * x], axis=-1).astype(np.float32)
    mask = np.ones((96, 128), np.float32)
    smooth = (0.7 * image).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 0.05, image.shape)
    out = regrain(image, (smooth + noise).astype(np.float32), mask)
    assert np.abs(out - smooth).std() < 0.2 * noise.std()
    assert np.abs((out - smooth).mean()) < 0.005


@pytest.mark.threads
@per_mode
@pytest.mark.parametrize("isa", ISAS)
def test_instruction_sets_and_threads_give_the_same_bytes(isa, whole):
    image, changed, mask = pictures(163, 391)
    with forced("baseline"), threads(1):
        expected = regrain(image, changed, mask, whole=whole).tobytes()
    for count in counts(1, 2, 4):
        with forced(isa), threads(count):
            assert regrain(image, changed, mask, whole=whole).tobytes() == expected


def test_arrays_that_do_not_fit_are_refused():
    image, changed, mask = pictures(20, 30)
    with pytest.raises(ValueError, match=r"changed must be float32"):
        regrain(image, changed[1:], mask)
    with pytest.raises(ValueError, match=r"changed must be float32"):
        regrain(image, changed.astype(np.float16), mask)
    with pytest.raises(ValueError, match=r"smoothness must be positive"):
        regrain(image, changed, mask, smoothness=0)
