"""Xiao & Ma 2006 against the formula in float64, the original code, and what it gets wrong."""

import itertools

import harmonia
import numpy as np
import originals
import pytest
from harmonia import _core, harmonize
from harmonia.transform import AffineTransform
from images import DTYPES, as_dtype, level, scene, unit
from reference.moments import blend, moments
from reference.xiao import matched_matrix, ranked_matrix, xiao_matrix

per_dtype = pytest.mark.parametrize("dtype", DTYPES)

# As for mkl: a 3 x 3 product in float32, and moments off by 2^-24 of the colours.
ARITHMETIC = 2e-6

# The documented floor of a spread: that of rounding to 8 bits.
LEAST = np.sqrt(1 / 12) / 255


def tolerance(dtype):
    return 0.5 * level(dtype) + ARITHMETIC


def matrix_of(look):
    return np.reshape(look.matrix, (3, 3))


def covariance_with(axes, spreads):
    return (axes * np.square(spreads)) @ axes.T


def tuple_of(covariance, mean=(0.4, 0.5, 0.6), weight=1000.0):
    """Moments as the kernels exchange them: weight, mean, products (xx, xy, xz, yy, ...)."""
    return weight, list(mean), list((weight - 1) * covariance[np.triu_indices(3)])


def fitted(source, target):
    return np.reshape(_core.xiao(tuple_of(source), tuple_of(target))[1], (3, 3))


def turn(degrees, axis=2):
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.roll([[c, -s, 0], [s, c, 0], [0, 0, 1]], (axis + 1, axis + 1), (0, 1))


def random_axes(rng):
    return np.linalg.qr(rng.normal(size=(3, 3)))[0]


@per_dtype
@pytest.mark.parametrize("soft", [True, False])
@pytest.mark.parametrize("compat", [False, True])
def test_output_follows_the_formula(dtype, soft, compat):
    image, mask = scene(45, 67)
    image = as_dtype(image, dtype)
    mask = mask.astype(np.float32) if soft else (mask > 0.4).astype(np.float32)
    mean, source = moments(unit(image), mask)
    wanted, target = moments(unit(image), 1 - mask)
    matrix = (ranked_matrix if compat else matched_matrix)(source, target)
    expected = blend((unit(image) - mean) @ matrix.T + wanted, unit(image), mask)
    out = harmonize(image, mask, "xiao", compat=compat)
    np.testing.assert_allclose(unit(out), expected, atol=tolerance(dtype), rtol=0)


def test_foreground_gets_the_mean_and_covariance_of_a_reference():
    image, mask = scene(60, 80)
    image = image.astype(np.float32)
    reference = 0.5 + 0.5 * (scene(33, 41, seed=3)[0][..., ::-1].astype(np.float32) - 0.5)
    new = harmonia.fit(image, mask, "xiao", reference=reference).apply(image)
    assert new[mask > 0].min() > 0  # nothing was clamped, so the statistics say it all
    assert new[mask > 0].max() < 1
    mean, covariance = moments(unit(new), mask)
    wanted_mean, wanted_covariance = moments(unit(reference), np.ones(reference.shape[:2]))
    np.testing.assert_allclose(mean, wanted_mean, atol=ARITHMETIC, rtol=0)
    # A deviation of 0.3 that is off by ARITHMETIC puts 2 * 0.3 * ARITHMETIC into a product at most.
    np.testing.assert_allclose(covariance, wanted_covariance, atol=0.6 * ARITHMETIC, rtol=0)


@per_dtype
def test_its_own_foreground_as_reference_is_the_identity(dtype):
    image, mask = scene()
    image = as_dtype(image, dtype)
    for compat in (False, True):
        out = harmonize(image, mask, "xiao", reference=image, reference_mask=mask, compat=compat)
        np.testing.assert_allclose(unit(out), unit(image), atol=ARITHMETIC, rtol=0)


def test_flipped_axes():
    """An eigenvector has no sign: the published code mirrors axes at random."""
    rng = np.random.default_rng(1)
    for _ in range(200):
        source_axes = random_axes(rng)
        target_axes = turn(rng.uniform(-40, 40), rng.integers(3)) @ source_axes
        source = covariance_with(source_axes, [0.05, 0.1, 0.2])
        target = covariance_with(target_axes, [0.04, 0.15, 0.3])
        matrix = fitted(source, target)
        expected = xiao_matrix(source, target, source_axes, target_axes)  # turned, never mirrored
        # Both work in float64; eigenvectors lose digits where values are as close as 1 to 4.
        np.testing.assert_allclose(matrix, expected, rtol=0, atol=1e-9)
        assert np.linalg.det(matrix) > 0


def test_swapped_axes():
    """Ranked by variance, axes of close variance change places: here nothing has turned at all."""
    axes = random_axes(np.random.default_rng(2))
    source = covariance_with(axes, [0.100, 0.104, 0.2])
    target = covariance_with(axes, [0.104, 0.100, 0.2])
    wrong = ranked_matrix(source, target)
    assert np.abs(wrong - np.eye(3)).max() > 0.3
    expected = covariance_with(axes, np.sqrt([1.04, 1 / 1.04, 1]))
    np.testing.assert_allclose(fitted(source, target), expected, rtol=0, atol=1e-9)


def test_axes_are_paired_by_the_smallest_turn_among_all():
    rng = np.random.default_rng(3)
    for _ in range(200):
        source = covariance_with(random_axes(rng), rng.uniform(0.05, 0.3, 3))
        target = covariance_with(random_axes(rng), rng.uniform(0.05, 0.3, 3))
        expected = matched_matrix(source, target)
        np.testing.assert_allclose(fitted(source, target), expected, rtol=0, atol=1e-7)


@per_dtype
@pytest.mark.parametrize("compat", [False, True])
def test_complex_eigenvalue_roots(dtype, compat):
    """A grey foreground has variances of zero, which rounding makes negative: no root of those."""
    image, mask = scene()
    mask = mask > 0.5
    image[mask] = 0.3 + 0.3 * image[mask].mean(axis=1, keepdims=True)
    image = as_dtype(image, dtype)
    look = harmonia.fit(image, mask, "xiao", compat=compat)
    assert np.isfinite(matrix_of(look)).all()
    if compat:
        return
    assert np.linalg.svd(matrix_of(look))[1].max() <= 10 + 1e-9
    out = unit(look.apply(image, mask))
    mean, _ = moments(unit(image), ~mask)
    got, covariance = moments(out, mask)
    np.testing.assert_allclose(got, mean, atol=tolerance(dtype), rtol=0)
    # A line of colours stays a line: nothing but rounding was stretched into the other directions.
    assert np.sqrt(np.linalg.eigvalsh(covariance)[1]) <= 10 * level(dtype)


@per_dtype
@pytest.mark.parametrize("compat", [False, True])
def test_constant_foreground(dtype, compat):
    """Divided by its spread of zero it turned black: it takes the mean of the background."""
    image, mask = scene()
    mask = mask > 0.5
    image[mask] = [0.3, 0.5, 0.6]
    image = as_dtype(image, dtype)
    out = unit(harmonize(image, mask, "xiao", compat=compat))[mask]
    mean, _ = moments(unit(image), ~mask)
    np.testing.assert_allclose(out, np.broadcast_to(mean, out.shape), atol=tolerance(dtype))


def test_nothing_is_stretched_more_than_tenfold():
    axes = random_axes(np.random.default_rng(4))
    source = covariance_with(axes, [0.004, 0.01, 0.02])
    matrix = fitted(source, covariance_with(axes, [0.08, 0.09, 0.3]))
    np.testing.assert_allclose(matrix, covariance_with(axes, np.sqrt([10, 9, 10])), atol=1e-9)


def test_what_is_below_rounding_is_not_stretched():
    axes = random_axes(np.random.default_rng(5))
    source = covariance_with(axes, np.multiply(LEAST, [0.05, 0.1, 2]))
    target = covariance_with(axes, np.multiply(LEAST, [0.9, 1.5, 3]))
    expected = covariance_with(axes, np.sqrt([1, 1.5, 1.5]))
    np.testing.assert_allclose(fitted(source, target), expected, rtol=0, atol=1e-9)


def test_the_plain_formula_leaves_an_axis_without_spread_as_it_is():
    axes = random_axes(np.random.default_rng(7))
    source = covariance_with(axes, [0, 0.1, 0.2])
    target = covariance_with(axes, [0.05, 0.2, 0.3])
    _, matrix, _ = _core.xiao_plain(tuple_of(source), tuple_of(target))
    expected = covariance_with(axes, np.sqrt([1, 2, 1.5]))
    np.testing.assert_allclose(np.reshape(matrix, (3, 3)), expected, rtol=0, atol=1e-9)


def along(source, target, source_axes, target_axes):
    axes = source_axes.ravel().tolist(), target_axes.ravel().tolist()
    return AffineTransform.of(_core.xiao_along(source, target, *axes))


def assert_same_as_the_original(out, expected, mask):
    """Equal but for values on the edge between two levels, where float64 rounds the other way."""
    off = np.abs(out.astype(int) - expected)[mask]
    assert off.max() <= 1
    # ARITHMETIC is 5e-4 of a level to both sides of an edge.
    assert (off > 0).mean() <= 0.001


@pytest.mark.parametrize("name", originals.NAMES)
def test_along_its_eigenvectors_the_output_is_that_of_the_original_code(name):
    image = originals.read(f"set/{name}/composite.png")
    mask = originals.read(f"set/{name}/mask.png", "L") == 255
    expected = originals.read(f"set/{name}/gct_rgb_rawsigns.png")
    internals = originals.internals(name)
    source, target = _core.masked_moments(image, mask, "rgb")
    # There the foreground is called the target and the background the source.
    look = along(source, target, internals["gct_rgb_U_tgt"], internals["gct_rgb_U_src"])
    assert_same_as_the_original(look.apply(image, mask), expected, mask)


def test_published_output_for_a_reference_has_one_set_of_signs():
    image = originals.read("pair_c35030/target.png")
    mask = originals.read("pair_c35030/mask_target.png", "L") == 255
    reference = originals.read("pair_c35030/reference.png")
    reference_mask = originals.read("pair_c35030/mask_reference.png", "L") == 255
    expected = originals.read("pair_c35030/gct_rgb.png")
    source, _ = _core.masked_moments(image, mask, "rgb")
    target, _ = _core.masked_moments(reference, reference_mask, "rgb")

    def axes_of(measured):
        return np.linalg.eigh(np.reshape(_core.covariance(measured), (3, 3)))[1]

    outputs = [
        along(source, target, axes_of(source), axes_of(target) * signs).apply(image, mask)
        for signs in itertools.product([1, -1], repeat=3)
    ]
    errors = [np.abs(out.astype(int) - expected)[mask].mean() for out in outputs]
    assert_same_as_the_original(outputs[int(np.argmin(errors))], expected, mask)
    assert np.partition(errors, 1)[1] > 1  # the others are far off


def test_kernels_along_axes_are_the_formula():
    rng = np.random.default_rng(6)
    for _ in range(50):
        source_axes, target_axes = random_axes(rng), random_axes(rng)
        source = covariance_with(source_axes, rng.uniform(0.01, 0.3, 3))
        target = covariance_with(target_axes, rng.uniform(0.01, 0.3, 3))
        look = along(tuple_of(source), tuple_of(target, (0.2, 0.3, 0.7)), source_axes, target_axes)
        expected = xiao_matrix(source, target, source_axes, target_axes)
        np.testing.assert_allclose(matrix_of(look), expected, rtol=0, atol=1e-9)
        moved = matrix_of(look) @ [0.4, 0.5, 0.6] + look.offset
        np.testing.assert_allclose(moved, [0.2, 0.3, 0.7], rtol=0, atol=1e-12)
