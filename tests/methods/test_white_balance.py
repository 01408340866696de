"""White balance against its formula in linear light, and its guards."""

import harmonia
import numpy as np
import pytest
from harmonia import harmonize
from images import DTYPES, as_dtype, level, scene, unit
from reference.color import decode, encode
from reference.moments import blend, moments

per_dtype = pytest.mark.parametrize("dtype", DTYPES)

# The sRGB curve there and back in float32, 3e-7 each way by its documentation. The dark end is
# steep: 12.92 times 3e-7.
ARITHMETIC = 5e-6

LEAST = 0.5 / 255 / 12.92


def gains_of(look):
    matrix = np.reshape(look.matrix, (3, 3))
    np.testing.assert_array_equal(matrix, np.diag(np.diag(matrix)))
    assert (look.space, look.offset) == ("linear", (0, 0, 0))
    return np.diag(matrix)


@per_dtype
@pytest.mark.parametrize("seed", range(3))
def test_output_follows_the_formula(dtype, seed):
    image, mask = scene(45, 67, seed)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    linear = decode(unit(image))
    gains = moments(linear, 1 - mask)[0] / moments(linear, mask)[0]
    expected = blend(encode(gains * linear), unit(image), mask)
    out = harmonize(image, mask, "white_balance")
    tolerance = 0.5 * level(dtype) + ARITHMETIC
    np.testing.assert_allclose(unit(out), expected, atol=tolerance, rtol=0)


def test_foreground_gets_the_mean_of_the_background_in_linear_light():
    image, mask = scene(60, 80)
    image = (0.7 * image).astype(np.float32)
    new = harmonia.fit(image, mask, "white_balance").apply(image)
    assert new[mask > 0].max() < 1  # nothing was clamped
    got = moments(decode(unit(new)), mask)[0]
    wanted = moments(decode(unit(image)), 1 - mask)[0]
    np.testing.assert_allclose(got, wanted, atol=ARITHMETIC, rtol=0)


@pytest.mark.parametrize("exposure", [0.5, 2.0])
def test_exposure_and_tint_are_undone(exposure):
    # Two equal halves, one lit otherwise: the gains are those of the light.
    light = exposure * np.array([1.2, 1.0, 0.7])
    half = 0.6 * scene(40, 30)[0]
    image = np.concatenate([encode(light * decode(half)), half], axis=1).astype(np.float32)
    mask = np.zeros(image.shape[:2], bool)
    mask[:, :30] = True
    np.testing.assert_allclose(
        gains_of(harmonia.fit(image, mask, "white_balance")), 1 / light, rtol=1e-5
    )
    np.testing.assert_allclose(
        harmonize(image, mask, "white_balance")[mask], half.reshape(-1, 3), atol=ARITHMETIC
    )


def test_a_black_channel_is_not_stretched_more_than_tenfold():
    image, mask = scene()
    mask = mask > 0.5
    image[mask, 2] = 0
    image[mask, 1] = 0.001
    gains = gains_of(harmonia.fit(image.astype(np.float32), mask, "white_balance"))
    assert gains[0] < 10
    np.testing.assert_array_equal(gains[1:], [10, 10])
    out = harmonize(image.astype(np.float32), mask, "white_balance")[mask]
    assert (out[:, 2] == 0).all()  # black stays black


def test_what_is_darker_than_a_level_on_both_sides_stays():
    image, mask = scene()
    image[..., 1] = np.where(mask > 0, 0.0001, 0.0005)
    gains = gains_of(harmonia.fit(image.astype(np.float32), mask, "white_balance"))
    assert gains[1] == 1
    # The floor is half an 8-bit level; above it the ratio counts.
    image[..., 1] = np.where(mask > 0, 0.0001, 1 / 255)
    gains = gains_of(harmonia.fit(image.astype(np.float32), mask > 0, "white_balance"))
    assert gains[1] == pytest.approx(1 / 255 / 12.92 / LEAST, rel=1e-5)


@per_dtype
def test_a_black_background_turns_the_foreground_all_but_black(dtype):
    image, mask = scene()
    image[mask == 0] = 0
    out = unit(harmonize(as_dtype(image, dtype), mask > 0, "white_balance"))
    # The mean of the foreground becomes half a level in linear light.
    mean = decode(out)[mask > 0].mean(axis=0)
    assert (mean <= LEAST + decode(0.5 * level(dtype)) + ARITHMETIC).all()
