"""Mean shift against its one-line formula, and at the ends of the range."""

import harmonia
import numpy as np
import originals
import pytest
from harmonia import harmonize
from images import DTYPES, as_dtype, level, scene, unit
from reference.moments import blend, moments

per_dtype = pytest.mark.parametrize("dtype", DTYPES)

# One addition in float32, and means off by 2^-24 of the colours.
ARITHMETIC = 1e-6


def shifted(rgb, mask, target, weights):
    return blend(rgb + moments(target, weights)[0] - moments(rgb, mask)[0], rgb, mask)


@per_dtype
@pytest.mark.parametrize("seed", range(3))
def test_output_follows_the_formula(dtype, seed):
    image, mask = scene(45, 67, seed)
    image, mask = as_dtype(image, dtype), mask.astype(np.float32)
    expected = shifted(unit(image), mask, unit(image), 1 - mask)
    out = harmonize(image, mask, "mean_shift")
    tolerance = 0.5 * level(dtype) + ARITHMETIC
    np.testing.assert_allclose(unit(out), expected, atol=tolerance, rtol=0)


def test_a_reference_follows_the_formula():
    image, mask = scene(45, 67)
    image, mask = image.astype(np.float32), mask.astype(np.float32)
    reference, weights = scene(20, 31, seed=4)
    reference, weights = reference.astype(np.float32), weights.astype(np.float32)
    out = harmonize(image, mask, "mean_shift", reference=reference, reference_mask=weights)
    expected = shifted(unit(image), mask, unit(reference), weights)
    np.testing.assert_allclose(unit(out), expected, atol=ARITHMETIC, rtol=0)


def test_nothing_but_the_mean_changes():
    image, mask = scene()
    image = image.astype(np.float32)
    look = harmonia.fit(image, mask, "mean_shift")
    assert look.matrix == (1, 0, 0, 0, 1, 0, 0, 0, 1)
    change = look.apply(image, mask > 0)[mask > 0] - image[mask > 0]
    np.testing.assert_allclose(change, np.broadcast_to(change[0], change.shape), atol=ARITHMETIC)


@per_dtype
def test_colours_beyond_the_range_are_held_at_its_ends(dtype):
    image, mask = scene()
    mask = mask > 0.5
    image[mask] = [0.05, 0.5, 0.95]
    image[mask.nonzero()[0][0], mask.nonzero()[1][0]] = [1, 0, 0]
    image[~mask] = [0.9, 0.5, 0.1]
    out = unit(harmonize(as_dtype(image, dtype), mask, "mean_shift"))[mask]
    assert out[0, 0] == 1
    assert out[0, 2] == 0


@pytest.mark.parametrize("name", ["a0002_1_4"])
def test_output_on_a_photograph_is_that_of_others(name):
    image = originals.read(f"set/{name}/composite.png")
    mask = originals.read(f"set/{name}/mask.png", "L") == 255
    out = harmonize(image, mask, "mean_shift")
    expected = originals.read(f"set/{name}/other_meanshift_rgb.png")
    assert np.abs(out.astype(int) - expected)[mask].max() <= 1
