"""Histogram matching against its definition, scikit-image, and its ends."""

import harmonia
import numpy as np
import originals
import pytest
from harmonia import harmonize
from images import DTYPES, as_dtype, level, scene, unit
from reference.histogram_matching import match_values
from reference.moments import blend

per_dtype = pytest.mark.parametrize("dtype", DTYPES)

# A position among 65536 nodes is off by 2^-8 of a step in single precision.
ARITHMETIC = 2.0**-23


def exact(image, mask, target=None, weights=None):
    """The definition, on the values themselves."""
    rgb = unit(image)
    target = rgb if target is None else unit(target)
    weights = 1 - mask.astype(np.float64) if weights is None else weights
    new = [
        match_values(rgb[..., c], mask.astype(np.float64), target[..., c], weights)
        for c in range(3)
    ]
    return blend(np.stack(new, axis=-1), rgb, mask)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("soft", [True, False])
def test_integers_follow_the_definition(dtype, seed, soft):
    image, mask = scene(45, 67, seed)
    image = as_dtype(image, dtype)
    mask = mask.astype(np.float32) if soft else mask > 0.4
    out = harmonize(image, mask, "histogram")
    tolerance = 0.5 * level(dtype) + ARITHMETIC
    np.testing.assert_allclose(unit(out), exact(image, mask), atol=tolerance, rtol=0)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("soft", [True, False])
def test_floats_follow_the_definition_within_their_bins(dtype, soft):
    image, mask = scene(245, 367)
    image = as_dtype(image, dtype)
    mask = mask.astype(np.float32) if soft else mask > 0.4
    change = np.abs(unit(harmonize(image, mask, "histogram")) - exact(image, mask))
    # A pixel shares its bin with others, and all of them go where the last of them belongs. That is
    # a bin or so off; in the tails, where the few values lie far apart, 1/16 of an 8-bit level.
    off = change[mask > 0] - 0.5 * level(dtype)
    assert np.median(off) <= 1 / 65535
    assert np.quantile(off, 0.999) <= 1 / 16 / 255


@per_dtype
@pytest.mark.parametrize("other", DTYPES)
def test_a_reference_of_any_type_follows_the_definition(dtype, other):
    image, mask = scene(45, 67)
    target, weights = scene(20, 30, seed=7)
    # Both hold 8-bit colours, so that bins of floats lose nothing.
    image = as_dtype(unit(as_dtype(image, "uint8")), dtype)
    target = as_dtype(unit(as_dtype(target[..., ::-1], "uint8")), other)
    mask, weights = mask.astype(np.float32), weights.astype(np.float32)
    out = harmonize(image, mask, "histogram", reference=target, reference_mask=weights)
    expected = exact(image, mask, target, weights)
    # A half is off by 2^-12 of itself on either side, and a bin of what it stands for by 1/65535.
    coarse = 0 if "float16" not in (dtype, other) else 4 * 2.0**-12
    tolerance = 0.5 * level(dtype) + 2 / 65535 + coarse
    np.testing.assert_allclose(unit(out), expected, atol=tolerance, rtol=0)


@per_dtype
def test_a_foreground_with_the_colours_of_its_background_stays_identical(dtype):
    half = as_dtype(scene()[0], dtype)
    image = np.concatenate([half, half[::-1, ::-1], half[:, ::-1]], axis=1)
    mask = np.zeros(image.shape[:2], bool)
    mask[:, : half.shape[1]] = True
    out = harmonize(image, mask, "histogram")
    if dtype.startswith("uint"):
        np.testing.assert_array_equal(out, image)
    else:
        np.testing.assert_allclose(unit(out), unit(image), atol=ARITHMETIC, rtol=0)


def test_foreground_gets_the_quantiles_of_a_reference():
    image, mask = scene(120, 160)
    image, mask = as_dtype(image, "uint16"), mask > 0.2
    target = as_dtype(scene(90, 70, seed=3)[0][..., ::-1] ** 2, "uint16")
    out = harmonize(image, mask, "histogram", reference=target)
    # A pixel is one of 3000, and between neighbours there is 0.01 at most.
    for q in (0.05, 0.25, 0.5, 0.75, 0.95):
        got, wanted = np.quantile(unit(out)[mask], q, axis=0), np.quantile(unit(target), q, (0, 1))
        np.testing.assert_allclose(got, wanted, atol=0.01)


@per_dtype
def test_a_foreground_of_one_colour_becomes_the_brightest_of_the_background(dtype):
    image, mask = scene()
    mask = mask > 0.5
    image[mask] = [0.3, 0.5, 0.6]
    image = as_dtype(image, dtype)
    out = unit(harmonize(image, mask, "histogram"))[mask]
    brightest = unit(image)[~mask].max(axis=0)
    tolerance = 0.5 * level(dtype) + 1 / 65535
    np.testing.assert_allclose(out, np.broadcast_to(brightest, out.shape), atol=tolerance)


def test_tables_have_the_codes_of_the_type():
    image, mask = scene()
    for dtype, nodes in (("uint8", 256), ("uint16", 65536), ("float16", 65536), ("float32", 65536)):
        look = harmonia.fit(as_dtype(image, dtype), mask, "histogram")
        assert look.values.shape == (3, nodes)
        assert (np.diff(look.values) >= 0).all()  # colours keep their order
    fine = as_dtype(image, "uint16")
    look = harmonia.fit(as_dtype(image, "uint8"), mask, "histogram", reference=fine)
    assert look.values.shape == (3, 65536)  # those of the finer side


# Worked out by hand. Red: 10, 20, 20, 40 against 100, 130 with shares 1/4, 1: 10 -> 100 exactly;
# 20 at 3/4 -> 100 + 30 * (1/2) / (3/4) = 120; 40 -> 130.
def test_values_worked_out_by_hand():
    red = np.array([[10, 20, 20, 40], [100, 130, 130, 130]], np.uint8)
    image = np.stack([red, red, red], axis=-1)
    mask = np.array([[True] * 4, [False] * 4])
    out = harmonize(image, mask, "histogram")
    np.testing.assert_array_equal(out[0, :, 0], [100, 120, 120, 130])


@pytest.mark.parametrize("name", originals.NAMES)
def test_output_is_that_of_scikit_image(name):
    image = originals.read(f"set/{name}/composite.png")
    mask = originals.read(f"set/{name}/mask.png", "L") == 255
    expected = originals.read(f"set/{name}/other_skimage_match_hist.png")
    out = harmonize(image, mask, "histogram")
    # That picture was rounded; match_histograms itself cuts off, which is a level less at most.
    np.testing.assert_array_equal(out[mask], expected[mask])


def test_output_is_that_of_scikit_image_where_it_is_installed():
    exposure = pytest.importorskip("skimage.exposure")
    image, mask = scene(120, 160)
    image, mask = as_dtype(image, "uint8"), mask > 0.2
    out = harmonize(image, mask, "histogram")
    cut_off = exposure.match_histograms(image[mask], image[~mask], channel_axis=-1)
    assert set(np.unique(out[mask].astype(int) - cut_off)) <= {0, 1}
