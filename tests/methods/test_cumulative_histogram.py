"""Fecker et al. 2008: the published mapping pixel by pixel, and what the default mends in it."""

import harmonia
import numpy as np
import originals
import pytest
from harmonia import harmonize
from harmonia.methods.cumulative_histogram import LAST, published_map
from images import DTYPES, as_dtype, level, scene, unit
from reference import cumulative_histogram as reference
from reference.color import from_ycbcr, to_ycbcr
from reference.histogram_matching import match_bins
from reference.moments import blend

per_dtype = pytest.mark.parametrize("dtype", DTYPES)

METHOD = "cumulative_histogram"

# YCbCr is 8-bit codes in float32: off by 2^-16 there, times a slope of the curves of up to 4 and
# the row sums of the way back, 4 over 255.
ARITHMETIC = 4 * 4 / 255 * 2.0**-16

# Closer to an edge between two codes than this, single precision cannot tell their side.
EDGE = 2.0**-15


def counts(ycbcr, weights):
    bins = np.clip(np.floor(ycbcr + 0.5), 16, 240).astype(int) - 16
    return [np.bincount(bins[..., c].ravel(), weights.ravel(), 225) for c in range(3)]


def expected_of(rgb, mask, target, weights):
    ycbcr = to_ycbcr(rgb)
    curves = zip(counts(ycbcr, mask), counts(to_ycbcr(target), weights), strict=True)
    new = np.stack(
        [
            np.interp(ycbcr[..., c], np.arange(16, 241), 16 + match_bins(*sides, middle=True))
            for c, sides in enumerate(curves)
        ],
        axis=-1,
    )
    return blend(from_ycbcr(new), rgb, mask)


def clear_of_edges(image):
    """The picture, its ambiguous pixels replaced by one that rounds alike in any precision."""
    near = reference.edge_distance(255 * unit(image)) < 1e-3
    image = image.copy()
    image[near] = image[~near][0]
    return image


@per_dtype
@pytest.mark.parametrize("seed", range(3))
def test_soft_masks_follow_the_definition(dtype, seed):
    image, mask = scene(45, 67, seed)
    image, mask = clear_of_edges(as_dtype(image, dtype)), mask.astype(np.float32)
    rgb, weights = unit(image), mask.astype(np.float64)
    out = harmonize(image, mask, METHOD)
    expected = expected_of(rgb, weights, rgb, 1 - weights)
    tolerance = 0.5 * level(dtype) + ARITHMETIC
    np.testing.assert_allclose(unit(out), expected, atol=tolerance, rtol=0)


@per_dtype
def test_a_reference_follows_the_definition(dtype):
    image, mask = scene(45, 67)
    target, target_mask = scene(20, 30, seed=7)
    image = clear_of_edges(as_dtype(image, dtype))
    target = clear_of_edges(as_dtype(target[..., ::-1], dtype))
    mask, target_mask = mask > 0.5, target_mask > 0.5
    out = harmonize(image, mask, METHOD, reference=target, reference_mask=target_mask)
    weights = mask.astype(np.float64), target_mask.astype(np.float64)
    expected = expected_of(unit(image), weights[0], unit(target), weights[1])
    tolerance = 0.5 * level(dtype) + ARITHMETIC
    np.testing.assert_allclose(unit(out), expected, atol=tolerance, rtol=0)


@per_dtype
def test_equal_sides_change_nothing(dtype):
    half = as_dtype(scene()[0], dtype)
    image = np.concatenate([half, half[::-1, ::-1], half[:, ::-1]], axis=1)
    mask = np.zeros(image.shape[:2], bool)
    mask[:, : half.shape[1]] = True
    out = harmonize(image, mask, METHOD)
    np.testing.assert_allclose(unit(out), unit(image), atol=ARITHMETIC, rtol=0)
    if dtype.startswith("uint"):
        np.testing.assert_array_equal(out, image)


def test_nan_pixels():
    """The mean of an empty last bin was stored as 0: black, green and pink dots."""
    image, mask = scene(60, 80)
    image, mask = as_dtype(image, "uint8"), mask > 0.5
    dots = reference.published(image, mask, image, ~mask)[mask].astype(int)
    background = to_ycbcr(image[~mask] / 255)
    low, high = background.min(axis=0) - 1, background.max(axis=0) + 1

    def outside(rgb):
        ycbcr = to_ycbcr(np.array(rgb) / 255)
        return ((ycbcr < low) | (ycbcr > high)).any(axis=-1)

    assert outside(dots).sum() > 0
    look = harmonia.fit(image, mask, METHOD)
    assert np.isfinite(look.values).all()
    ends = np.array([look.values[c, codes] for c, codes in enumerate(occupied(image[mask]))])
    assert (ends[:, 0] >= low).all()  # the darkest and the brightest stay among the background's
    assert (ends[:, 1] <= high).all()


def occupied(rgb):
    """First and last bin of each channel."""
    bins = reference.codes_of(rgb) - 16
    return np.stack([bins.min(axis=0), bins.max(axis=0)], axis=1)


def luma_curve(inside, outside, **options):
    """Where codes of luma go, for sides that hold these and nothing of chroma."""
    codes = np.concatenate([np.resize(inside, 4000), np.resize(outside, 4000)]).reshape(80, 100)
    image = np.repeat((codes[..., None] - 16) / 219, 3, axis=2).astype(np.float32)
    mask = np.broadcast_to(np.arange(80)[:, None] < 40, codes.shape)
    curve = harmonia.fit(image, mask, METHOD, **options).values[0]
    return lambda code: curve[np.asarray(code) - 16]


def test_one_step_bias():
    """The largest code below a share lies a step below the quantile."""
    rng = np.random.default_rng(0)
    inside, outside = rng.integers(80, 120, (2, 4000))

    def bias(**options):
        return luma_curve(inside, outside, **options)(inside).mean() - outside.mean()

    assert bias(compat=True) < -0.4
    # A histogram of 4000 draws over 40 codes is off by 40 / sqrt(12 * 4000) of a code on average;
    # what the ends hold in excess is clamped.
    assert abs(bias()) < 0.2


def test_plateau():
    """Where no background has a luma, the published map goes to the far end of the gap."""
    published = luma_curve([60, 140], [70, 200], compat=True)
    assert published(60) == 199
    assert np.isin(published(140), (0, 235))
    default = luma_curve([60, 140], [70, 200])
    assert default(60) == 70
    assert default(140) == 200
    # A little more of the foreground is dark than of the background: that is no reason to leap.
    default = luma_curve([60] * 52 + [140] * 48, [70] * 50 + [200] * 50)
    assert 70 <= default(60) < 74


@pytest.mark.parametrize("compat", [False, True])
def test_background_shift(compat):
    """YCbCr and back changed the background, too."""
    image, mask = scene(60, 80)
    image, mask = as_dtype(image, "uint8"), mask > 0.5
    out = harmonize(image, mask, METHOD, compat=compat)
    np.testing.assert_array_equal(out[~mask], image[~mask])
    shifted = reference.published(image, mask, image, ~mask)
    assert (shifted[~mask] != image[~mask]).any()


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_fine_gradients_show_no_bands(dtype):
    # A ramp over a hundred codes in 20000 steps: each one is a step of the output as well. The
    # chroma wavers, as it does in a photograph.
    ramp = np.linspace(0.2, 0.6, 20000).reshape(20, 1000)
    tint = 1 + 0.1 * np.sin(np.arange(40 * 1000)).reshape(40, 1000, 1) * [1, 0, -1]
    image = as_dtype(np.concatenate([ramp, ramp**2 + 0.2])[..., None] * tint, dtype)
    mask = np.broadcast_to(np.arange(40)[:, None] < 20, image.shape[:2])

    def largest_step(**options):
        look = harmonia.fit(image, mask, METHOD, **options)
        greys = as_dtype(np.repeat(ramp[..., None], 3, axis=2), dtype)
        return np.abs(np.diff(unit(look.apply(greys)).reshape(-1, 3), axis=0)).max()

    # The curve is as steep as 2, and steps are 2e-5; bands are steps of 1/219.
    assert largest_step() < 1e-4
    assert largest_step(compat=True) > 3e-3


@per_dtype
def test_a_foreground_of_one_colour_goes_to_the_median(dtype):
    image, mask = scene()
    mask = mask > 0.5
    image[mask] = [0.3, 0.5, 0.6]
    image = as_dtype(image, dtype)
    out = to_ycbcr(unit(harmonize(image, mask, METHOD)))[mask]
    median = np.median(to_ycbcr(unit(image))[~mask], axis=0)
    # Bins are a code wide, its own half of one and the median's; rounding of RGB moves 1.5 levels.
    assert np.abs(out - median).max() <= 1.01 + 1.5 * 255 * 0.5 * level(dtype)


@pytest.mark.parametrize("seed", range(4))
def test_compat_is_the_published_mapping(seed):
    image, mask = scene(60, 80, seed)
    image, mask = as_dtype(image, "uint8"), mask > 0.5
    near = reference.edge_distance(image) < EDGE
    image[near] = image[~near][0]
    expected = reference.published(image, mask, image, ~mask)
    out = harmonize(image, mask, METHOD, compat=True)
    assert_same_as_the_original(out, expected, mask, image)
    target = as_dtype(scene(50, 70, seed + 9)[0][..., ::-1], "uint8")
    near = reference.edge_distance(target) < EDGE
    target[near] = target[~near][0]
    expected = reference.published(image, mask, target, np.ones(target.shape[:2], bool))
    out = harmonize(image, mask, METHOD, reference=target, compat=True)
    assert_same_as_the_original(out, expected, mask, image)


@pytest.mark.parametrize("name", originals.NAMES)
def test_compat_is_the_original_code(name):
    image = originals.read(f"set/{name}/composite.png")
    mask = originals.read(f"set/{name}/mask.png", "L") == 255
    expected = originals.read(f"set/{name}/hgm.png")
    out = harmonize(image, mask, METHOD, compat=True)
    assert_same_as_the_original(out, expected, mask, image)


@pytest.mark.parametrize("name", originals.NAMES)
def test_compat_has_the_maps_of_the_original_code(name):
    image = originals.read(f"set/{name}/composite.png")
    mask = originals.read(f"set/{name}/mask.png", "L") == 255
    codes = reference.codes_of(image)
    stored = originals.internals(name)
    for c, channel in enumerate(("y", "cb", "cr")):
        sides = [
            np.bincount(codes[side][:, c] - 16, minlength=LAST[c] - 15).astype(np.float64)
            for side in (mask, ~mask)
        ]
        expected = stored[f"hgm_map_{channel}"]
        np.testing.assert_array_equal(published_map(*sides), expected)


def test_compat_with_a_reference_is_the_original_code():
    image = originals.read("pair_c35030/target.png")
    mask = originals.read("pair_c35030/mask_target.png", "L") == 255
    out = harmonize(
        image,
        mask,
        METHOD,
        reference=originals.read("pair_c35030/reference.png"),
        reference_mask=originals.read("pair_c35030/mask_reference.png", "L") == 255,
        compat=True,
    )
    assert_same_as_the_original(out, originals.read("pair_c35030/hgm.png"), mask, image)


def assert_same_as_the_original(out, expected, mask, image):
    """Within a level, but for colours on the edge between two codes of YCbCr."""
    off = np.abs(out.astype(int) - expected).max(axis=-1)
    clear = reference.edge_distance(image) > EDGE
    assert off[mask & clear].max() <= 1
    assert (off[mask] > 0).mean() <= 0.001
