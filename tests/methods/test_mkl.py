"""Pitie & Kokaram 2007 against the formula in float64, its properties, and its weak spots."""

import harmonia
import numpy as np
import originals
import pytest
from harmonia import _core, harmonize
from images import DTYPES, TWELVE, TWELVE_MASK, as_dtype, level, scene, unit
from reference.mkl import mkl, mkl_matrix, power
from reference.moments import blend, moments

per_dtype = pytest.mark.parametrize("dtype", DTYPES)

# A 3 x 3 product in float32 with entries up to about 3, and moments off by 2^-24 of the colours.
ARITHMETIC = 2e-6

# The documented floor of a spread: that of rounding to 8 bits.
LEAST = np.sqrt(1 / 12) / 255


def tolerance(dtype):
    return 0.5 * level(dtype) + ARITHMETIC


def assert_is_the_formula(out, image, mask, **target):
    expected = blend(mkl(unit(image), mask, **target), unit(image), mask)
    np.testing.assert_allclose(unit(out), expected, atol=tolerance(image.dtype), rtol=0)


def matrix_of(look):
    return np.reshape(look.matrix, (3, 3))


@per_dtype
@pytest.mark.parametrize("seed", range(3))
def test_soft_masks_follow_the_formula(dtype, seed):
    image, mask = scene(45, 67, seed)
    image = as_dtype(image, dtype)
    out = harmonize(image, mask, "mkl")
    assert_is_the_formula(out, image, mask.astype(np.float32))


@per_dtype
def test_hard_masks_follow_the_formula(dtype):
    image, mask = scene(45, 67)
    image, mask = as_dtype(image, dtype), mask > 0.4
    assert_is_the_formula(harmonize(image, mask, "mkl"), image, mask)


@per_dtype
def test_a_reference_follows_the_formula(dtype):
    image, mask = scene(45, 67)
    target, target_mask = scene(20, 30, seed=7)
    image, target = as_dtype(image, dtype), as_dtype(target[..., ::-1], dtype)
    weights = mask.astype(np.float32)
    out = harmonize(image, mask, "mkl", reference=target)
    assert_is_the_formula(out, image, weights, target=unit(target))
    out = harmonize(image, mask, "mkl", reference=target, reference_mask=target_mask)
    weights_there = target_mask.astype(np.float32)
    assert_is_the_formula(out, image, weights, target=unit(target), target_mask=weights_there)


def test_foreground_gets_the_mean_and_covariance_of_the_background():
    image, mask = scene(60, 80)
    image = image.astype(np.float32)
    new = harmonia.fit(image, mask, "mkl").apply(image)
    inside = mask > 0
    assert new[inside].min() > 0  # nothing was clamped, so the statistics say it all
    assert new[inside].max() < 1
    mean, covariance = moments(unit(new), mask)
    wanted_mean, wanted_covariance = moments(unit(image), 1 - mask)
    np.testing.assert_allclose(mean, wanted_mean, atol=ARITHMETIC, rtol=0)
    # A deviation of 0.3 that is off by ARITHMETIC puts 2 * 0.3 * ARITHMETIC into a product at most.
    np.testing.assert_allclose(covariance, wanted_covariance, atol=0.6 * ARITHMETIC, rtol=0)
    before, _ = moments(unit(image), mask)
    assert np.abs(before - wanted_mean).max() > 0.1  # there was something to do


@per_dtype
def test_its_own_foreground_as_reference_is_the_identity(dtype):
    image, mask = scene()
    image = as_dtype(image, dtype)
    out = harmonize(image, mask, "mkl", reference=image, reference_mask=mask)
    np.testing.assert_allclose(unit(out), unit(image), atol=ARITHMETIC, rtol=0)
    if dtype == "uint8":
        np.testing.assert_array_equal(out, image)


@pytest.mark.parametrize("seed", range(5))
def test_the_matrix_is_symmetric_and_positive(seed):
    image, mask = scene(seed=seed)
    matrix = matrix_of(harmonia.fit(as_dtype(image, "uint8"), mask, "mkl"))
    np.testing.assert_allclose(matrix, matrix.T, rtol=0, atol=1e-12)
    assert np.linalg.eigvalsh(matrix).min() > 0  # so that no axis comes out flipped


def random_covariances(count):
    """Of all shapes: round, flat, long, with equal axes, with correlations near one."""
    rng = np.random.default_rng(1)
    for _ in range(count):
        axes, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        spreads = 10 ** rng.uniform(-2.4, -0.7, 3)
        if rng.random() < 0.3:
            spreads[:2] = spreads[2]
        if rng.random() < 0.2:
            axes = np.eye(3)[rng.permutation(3)]
        yield (axes * spreads**2) @ axes.T


def test_the_matrix_is_that_of_the_formula_for_covariances_of_every_shape():
    some = list(random_covariances(200))
    within = 0
    for source, target in zip(some, some[::-1], strict=True):
        expected = mkl_matrix(source, target)
        space, matrix, offset = _core.mkl(
            tuple_of(source, [0.3, 0.4, 0.5]), tuple_of(target, [0.6, 0.5, 0.2])
        )
        matrix = np.reshape(matrix, (3, 3))
        assert space == "rgb"
        values, vectors = np.linalg.eigh(expected)
        within += values.max() < 10
        expected = vectors * np.minimum(values, 10) @ vectors.T  # the documented guard
        # Both work in float64. Conditions of up to 10^3.4 cost that much of 2^-53, squared.
        np.testing.assert_allclose(matrix, expected, rtol=0, atol=1e-8)
        moved = expected @ [0.3, 0.4, 0.5] + offset
        np.testing.assert_allclose(moved, [0.6, 0.5, 0.2], rtol=0, atol=1e-8)
    assert 50 < within < 190  # both sides of the guard were seen


def tuple_of(covariance, mean, weight=1000.0):
    """Moments as the kernels exchange them: weight, mean, products (xx, xy, xz, yy, ...)."""
    products = (weight - 1) * covariance[np.triu_indices(3)]
    return weight, list(mean), list(products)


# The reference gave these; they stay, so that no change of both goes unnoticed.
VALUES = [
    [[101, 91, 105], [181, 125, 69], [232, 185, 142]],
    [[116, 78, 50], [207, 188, 149], [95, 79, 101]],
]


def test_values_worked_out_once():
    image, mask = TWELVE, TWELVE_MASK
    expected = image.copy()
    expected[:2, :3] = VALUES
    np.testing.assert_array_equal(harmonize(image, mask, "mkl"), expected)
    exact = blend(mkl(image / 255, mask / 255), image / 255, mask / 255)
    np.testing.assert_array_equal(np.rint(exact * 255), expected)


@per_dtype
def test_constant_foreground_takes_the_mean_of_the_background(dtype):
    image, mask = scene()
    mask = mask > 0.5
    image[mask] = [0.3, 0.5, 0.6]
    image = as_dtype(image, dtype)
    out = unit(harmonize(image, mask, "mkl"))[mask]
    mean, _ = moments(unit(image), ~mask)
    np.testing.assert_allclose(out, np.broadcast_to(mean, out.shape), atol=tolerance(dtype))


@per_dtype
def test_one_pixel_takes_the_mean_of_the_background(dtype):
    image = as_dtype(scene()[0], dtype)
    mask = np.zeros(image.shape[:2], bool)
    mask[3, 50] = True
    out = unit(harmonize(image, mask, "mkl"))[mask]
    mean, _ = moments(unit(image), ~mask)
    np.testing.assert_allclose(out, mean[None], atol=tolerance(dtype))


@per_dtype
def test_grey_foreground_does_not_explode(dtype):
    image, mask = scene()
    mask = mask > 0.5
    image[mask] = 0.3 + 0.3 * image[mask].mean(axis=1, keepdims=True)
    image = as_dtype(image, dtype)
    look = harmonia.fit(image, mask, "mkl")
    values, _ = np.linalg.eigh(matrix_of(look))
    assert values.max() <= 10 + 1e-9
    out = unit(look.apply(image, mask))
    mean, _ = moments(unit(image), ~mask)
    got, covariance = moments(out, mask)
    np.testing.assert_allclose(got, mean, atol=tolerance(dtype), rtol=0)
    # A line of colours stays a line: nothing but rounding was stretched into the other directions.
    assert np.sqrt(np.linalg.eigvalsh(covariance)[1]) <= 10 * level(dtype)


def test_constant_background_draws_the_foreground_to_its_colour():
    image, mask = scene()
    mask = mask > 0.5
    image[~mask] = [0.6, 0.5, 0.3]
    look = harmonia.fit(image.astype(np.float32), mask, "mkl")
    _, covariance = moments(image, mask)
    # The target is as round as the floor makes it: T = LEAST * covariance^-1/2.
    np.testing.assert_allclose(matrix_of(look), LEAST * power(covariance, -0.5), rtol=1e-4)
    out = harmonize(as_dtype(image, "uint8"), mask, "mkl").astype(int)
    # Four times LEAST and the rounding itself stay within two levels.
    assert np.abs(out[mask] - as_dtype(image[~mask][0], "uint8")).max() <= 2


def test_what_is_below_rounding_is_not_stretched():
    image, mask = scene()
    mask = mask > 0.5
    noise = np.random.default_rng(0).normal(size=image.shape)
    image[mask] = 0.4 + 0.05 * LEAST * noise[mask]
    image[~mask] = 0.6 + 0.5 * LEAST * noise[~mask]
    look = harmonia.fit(image.astype(np.float32), mask, "mkl")
    np.testing.assert_allclose(matrix_of(look), np.eye(3), atol=1e-12)


def test_nothing_is_stretched_more_than_tenfold():
    image, mask = scene()
    mask = mask > 0.5
    mean = image[mask].mean(axis=0)
    image[mask] = mean + 0.05 * (image[mask] - mean)
    image = image.astype(np.float32)
    plain = mkl_matrix(moments(unit(image), mask)[1], moments(unit(image), ~mask)[1])
    assert np.linalg.eigvalsh(plain).max() > 15
    values = np.linalg.eigvalsh(matrix_of(harmonia.fit(image, mask, "mkl")))
    assert values.max() == pytest.approx(10)


def test_two_pixels_lie_on_a_line_and_do_not_explode():
    image = scene()[0].astype(np.float32)
    mask = np.zeros(image.shape[:2], bool)
    mask[3, 50] = mask[30, 4] = True
    image[3, 50], image[30, 4] = [0.3, 0.4, 0.5], [0.5, 0.45, 0.4]
    look = harmonia.fit(image, mask, "mkl")
    assert np.linalg.eigvalsh(matrix_of(look)).max() <= 10 + 1e-9
    new = unit(look.apply(image))[mask]
    mean, _ = moments(unit(image), ~mask)
    np.testing.assert_allclose(new.mean(axis=0), mean, atol=ARITHMETIC, rtol=0)


def test_a_faint_mask_has_no_covariance():
    image = scene()[0].astype(np.float32)
    mask = np.zeros(image.shape[:2], np.float32)
    mask[10, 10:14] = 0.2  # weighs less than a pixel, so there is no variance over weight - 1
    look = harmonia.fit(image, mask, "mkl")
    # The floor of the spread is below a tenth of the background's, so that every gain is ten.
    np.testing.assert_allclose(matrix_of(look), 10 * np.eye(3), atol=1e-9)


@pytest.mark.parametrize("name", originals.NAMES)
def test_output_is_that_of_the_plain_formula_on_photographs(name):
    image = originals.read(f"set/{name}/composite.png")
    mask = originals.read(f"set/{name}/mask.png", "L") == 255
    out = harmonize(image, mask, "mkl")
    assert_is_the_formula(out, image, mask)
