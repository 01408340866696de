"""Xue et al. 2012 against the formulas in float64, the original code, and its defects."""

import re
from dataclasses import astuple

import harmonia
import numpy as np
import originals
import pytest
from harmonia import _core, harmonize
from harmonia.methods import xue
from harmonia.methods.xue import XueTransform
from images import DTYPES, as_dtype, level, scene, unit
from reference import xue as reference

per_dtype = pytest.mark.parametrize("dtype", DTYPES)
per_compat = pytest.mark.parametrize("compat", [False, True])

PROPERTIES = ("luminance", "temperature", "saturation", "contrast")

SHIFTS = [
    {"alpha": 0.42, "threshold": 0.2},
    {"alpha": 0.6, "threshold": 0.7},
    {"luminance": -1.3},
    {"luminance": 0.8},
    {"mired": 45.0},
    {"mired": -160.0},
    {"mired": 400.0},
    {"saturation": -0.7},
    {"saturation": 0.6},
    {"alpha": 0.45, "threshold": 0.3, "luminance": 0.4, "mired": -30.0, "saturation": 0.3},
]

# float32 throughout: 2^-24 relative a step, about 1e-6 in a colour. The temperature divides
# differences of chromaticities by distances between isotherms of at least 0.002, which makes 3e-5
# of it; the slope of the sRGB curve at black is 12.92, but colours here are not black.
ARITHMETIC = 5e-5


def colours():
    """Every hue, saturation and lightness, without pure black."""
    axis = np.linspace(0.02, 1, 13)
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(13, 169, 3)


@per_dtype
@pytest.mark.parametrize("shifts", SHIFTS, ids=str)
def test_adjustments_follow_the_formulas(dtype, shifts):
    image = as_dtype(colours(), dtype)
    out = unit(XueTransform(**shifts).apply(image))
    expected = reference.xue(unit(image), **shifts)
    np.testing.assert_allclose(out, expected, atol=0.5 * level(dtype) + ARITHMETIC, rtol=0)


@pytest.mark.parametrize("shifts", SHIFTS, ids=str)
def test_compat_adjustments_follow_the_formulas_of_the_original(shifts):
    image = colours().astype(np.float32)
    out = XueTransform(**shifts, compat=True).apply(image)
    expected = reference.xue(unit(image), **shifts, compat=True)
    # Of 1001 points of the curve the neighbour may be taken: 0.001 of a luminance below 1, times
    # the slope of the sRGB curve.
    curve = 0.003 if "alpha" in shifts else 0.0005
    np.testing.assert_allclose(out, expected, atol=curve + ARITHMETIC, rtol=0)


@per_dtype
def test_no_shift_changes_nothing(dtype):
    image = as_dtype(colours(), dtype)
    out = XueTransform().apply(image)
    np.testing.assert_allclose(unit(out), unit(image), atol=1e-6, rtol=0)
    if dtype == "uint8":
        np.testing.assert_array_equal(out, image)


def test_a_vanishing_temperature_shift_changes_nothing():
    image = colours().astype(np.float32)
    np.testing.assert_allclose(XueTransform(mired=1e-3).apply(image), image, atol=2e-4, rtol=0)


def test_black_stays_black():
    image = np.zeros((3, 5, 3), np.uint8)
    for shifts in SHIFTS:
        for compat in (False, True):
            assert XueTransform(**shifts, compat=compat).apply(image).max() == 0


def two_boxes(seed=0):
    """A picture with a foreground of two boxes in one part, large enough for polygonal disks."""
    image, _ = scene(110, 150, seed)
    rng = np.random.default_rng(seed)
    image = image * rng.uniform(0.5, 1, (110, 150, 1))
    mask = np.zeros(image.shape[:2], bool)
    mask[31:80, 40:103] = True
    mask[50:60, 90:110] = True
    mask[40:44, 60:63] = False
    return as_dtype(image, "uint8"), mask


def one_box(seed):
    """A foreground whose surroundings end before the picture does."""
    image, _ = two_boxes(seed)
    mask = np.zeros(image.shape[:2], bool)
    mask[41:66, 62:88] = True
    return image, mask


@pytest.mark.parametrize("name", PROPERTIES)
@pytest.mark.parametrize("picture", [two_boxes, one_box])
@pytest.mark.parametrize("seed", range(2))
def test_compat_statistics_follow_the_formulas_of_the_original(name, picture, seed):
    image, mask = picture(seed)
    sides = _core.XueSides(image, mask, None, None, True)
    expected = reference.measured(reference.decode(image / 255), mask, name)
    for (_, got), wanted in zip(
        (sides.foreground(name), sides.target(name)), expected, strict=True
    ):
        np.testing.assert_allclose(got, wanted, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", ["luminance", "saturation", "contrast"])
def test_statistics_are_close_to_those_of_the_original(name):
    image, mask = two_boxes()
    sides = _core.XueSides(image, mask, None, None, False)
    expected = reference.measured(reference.decode(image / 255), mask, name)
    low, high = reference.RANGES[name]
    for (_, got), wanted in zip(
        (sides.foreground(name), sides.target(name)), expected, strict=True
    ):
        # Blur and contrast end at the mask's edge, and the crop is a pixel smaller.
        np.testing.assert_allclose(got[:4], wanted[:4], atol=0.02 * (high - low))


def plain(name, linear, weights):
    """Values that the default measures, and their weights."""
    y = linear @ reference.LUMA
    if name == "luminance":
        return np.log2(np.maximum(y, reference.EPSILON)).ravel(), weights.ravel()
    lit = (y > reference.decode(np.array(60 / 255))) & (y < 0.88)
    if name == "saturation":
        high, low = linear.max(axis=-1), linear.min(axis=-1)
        return np.log2(np.maximum((high - low) / high, reference.EPSILON))[lit], weights[lit]
    mired = reference.mired(linear)
    lit &= ~np.isnan(mired)
    return mired[lit], weights[lit]


@pytest.mark.parametrize("name", PROPERTIES[:3])
def test_soft_masks_weigh_the_statistics(name):
    # Hardly any shape of a box, so that nothing is eroded, and no blur worth mentioning.
    image, _ = scene(6, 300)
    mask = np.linspace(0.51, 1, 6)[:, None] * np.ones((6, 300))
    sides = _core.XueSides(image.astype(np.float32), mask.astype(np.float32), None, None, False)
    values, weights = plain(name, reference.decode(image), mask)
    (total, got), mean = sides.foreground(name), np.average(values, weights=weights)
    away = values - mean
    variance = np.average(away**2, weights=weights)
    assert total == pytest.approx(weights.sum(), rel=1e-5)
    order = np.argsort(values)
    heap = np.cumsum(weights[order])
    # The bins of the median are 4096 to the range; colours are float32.
    width = np.ptp(reference.RANGES[name]) / 4096 + 1e-4
    assert got[2] == pytest.approx(values[order][np.searchsorted(heap, heap[-1] / 2)], abs=width)
    assert got[3] == pytest.approx(mean, rel=1e-4)
    n = len(values)
    assert got[4] == pytest.approx(np.sqrt(variance * n / (n - 1)), rel=1e-3)
    assert got[5] == pytest.approx(np.average(away**3, weights=weights) / variance**1.5, abs=0.01)
    end = heap[-1] * (1 / 1024 + 1 / n)
    part = np.clip(end - (heap - weights[order]), 0, weights[order])
    assert got[1] == pytest.approx(np.average(values[order], weights=part), abs=width)
    assert sum(got[9:]) == pytest.approx(1)


@pytest.mark.parametrize("times", [2, 3])
def test_large_pictures_are_measured_in_averaged_squares(times):
    image, mask = scene(500, 500)
    image = as_dtype(image, "uint8")
    large = np.kron(image, np.ones((times, times, 1), np.uint8))
    large_mask = np.kron(mask, np.ones((times, times)))
    # float32 sums of the same numbers.
    np.testing.assert_allclose(
        astuple(harmonia.fit(large, large_mask, "xue")),
        astuple(harmonia.fit(image, mask, "xue")),
        rtol=1e-4,
        atol=1e-4,
    )


def lit_scene(seed=0):
    """A foreground that is a darker, bluer and paler copy of its background."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:80, 0:60] / 10
    light = 0.4 + 0.2 * np.sin(2 * x + y) * np.cos(3 * y) + 0.05 * rng.uniform(-1, 1, (80, 60))
    tone = np.stack([0 * x + 1, 0.8 + 0.06 * np.sin(x + 2 * y), 0.6 + 0.1 * np.cos(x)], axis=-1)
    half = light[..., None] * tone
    image = np.concatenate([half, half, half], axis=1)
    mask = np.zeros(image.shape[:2], bool)
    mask[:, 60:120] = True
    image[mask] = reference.xue(image[mask], luminance=-0.6, mired=-40.0, saturation=-0.5)
    return image.astype(np.float32), mask


def test_a_changed_copy_of_the_background_gets_its_light_back():
    image, mask = lit_scene()
    look = harmonia.fit(image, mask, "xue")
    assert look.luminance == pytest.approx(0.6, abs=0.15)
    assert look.mired == pytest.approx(40, abs=12)  # paler colours are nearer to white
    assert 0.1 < look.saturation < 0.5  # warmer light has done a part
    wanted = np.abs(image[:, :60] - image[:, 60:120]).mean()
    assert np.abs(image[:, :60] - look.apply(image)[:, 60:120]).mean() < 0.25 * wanted


def test_zones_of_the_result_are_those_of_the_background():
    image, mask = lit_scene()
    out = harmonize(image, mask, "xue")
    sides = _core.XueSides(out, mask, None, None, False)
    for name, zone, tolerance in (
        ("luminance", xue.TOP, 0.1),
        ("temperature", xue.LOW, 15),
        ("saturation", xue.TOP, 0.02),
    ):
        # The last step is exact, and disturbs what the ones before have matched.
        assert sides.foreground(name)[1][zone] == pytest.approx(
            sides.target(name)[1][zone], abs=tolerance
        )


def test_a_reference_is_measured_under_its_mask():
    image, mask = lit_scene()
    before = image.copy()
    before[:, 60:120] = before[:, :60]
    look = harmonia.fit(image, mask, "xue", reference=before, reference_mask=mask)
    assert look.luminance == pytest.approx(0.6, abs=0.1)
    assert look.mired == pytest.approx(40, abs=12)
    same = harmonia.fit(image, mask, "xue", reference=image, reference_mask=mask)
    assert (same.luminance, same.mired, same.saturation) == pytest.approx((0, 0, 0), abs=1e-9)


@pytest.mark.parametrize("scale", [1e-4, 1e-2])
def test_next_to_black_is_brightened_tenfold_at_most(scale):
    image, mask = lit_scene()
    image[mask] *= scale
    look = harmonia.fit(image, mask, "xue")
    assert look.luminance == pytest.approx(np.log2(10))


def test_what_cannot_be_measured_is_left():
    image, mask = lit_scene()
    image[mask] = 0
    look = harmonia.fit(image, mask, "xue")
    assert (look.mired, look.saturation, look.alpha) == (0, 0, 0.5)
    np.testing.assert_array_equal(look.apply(image, mask), image)


def test_a_tiny_foreground_is_measured_up_to_its_edge():
    image, _ = lit_scene()
    mask = np.zeros(image.shape[:2], bool)
    mask[40, 70:74] = True
    sides = _core.XueSides(image, mask, None, None, False)
    weight, _ = sides.foreground("luminance")
    assert weight == 4
    assert sides.target("luminance")[0] > 0


def test_a_thin_foreground_is_not_eroded_away():
    image, _ = lit_scene()
    mask = np.zeros(image.shape[:2], bool)
    mask[np.arange(5, 75), np.arange(60, 130)] = True  # a box of 70 x 70: two pixels off every edge
    assert not reference.eroded(mask, 2).any()
    sides = _core.XueSides(image, mask, None, None, False)
    assert sides.foreground("luminance")[0] == mask.sum()
    thick = np.zeros(image.shape[:2], bool)
    thick[5:75, 60:130] = True
    sides = _core.XueSides(image, thick, None, None, False)
    assert sides.foreground("luminance")[0] == reference.eroded(thick, 2).sum()


def test_options_are_checked():
    image, mask = lit_scene()
    with pytest.raises(ValueError, match="xue: zones must be one of fixed, learned, got 'best'"):
        harmonize(image, mask, "xue", zones="best")
    with pytest.raises(TypeError, match="xue: compat must be True or False, got 1"):
        harmonize(image, mask, "xue", compat=1)


# What the default does better than the published code.


def test_pixels_without_a_colour_temperature_do_not_count_as_the_warmest():
    image, mask = lit_scene()
    image[10:30, 80:100] = [0.3, 0.35, 0.8]  # blue beyond any black body
    assert np.isnan(reference.mired(reference.decode(image[20, 90])))
    default = _core.XueSides(image, mask, None, None, False).foreground("temperature")[1][xue.TOP]
    published = _core.XueSides(image, mask, None, None, True).foreground("temperature")[1][xue.TOP]
    assert published == pytest.approx(1e6 / 1500)
    assert default < 600


def test_all_parts_of_a_mask_count_not_only_the_first():
    image, _ = lit_scene()
    mask = np.zeros(image.shape[:2], bool)
    mask[10:50, 5:45] = True
    mask[20:60, 125:165] = True
    image[mask] *= 0.8
    far = image.copy()
    far[20:60, 125:165] *= 0.3
    looks = [harmonia.fit(picture, mask, "xue") for picture in (image, far)]
    assert looks[0] != looks[1]
    published = [
        _core.XueSides(picture, mask, None, None, True).foreground("luminance")
        for picture in (image, far)
    ]
    assert published[0] == published[1]  # nothing of the second part is seen


def test_entropy_is_not_that_of_saturated_codes():
    image, mask = lit_scene()
    default = _core.XueSides(image, mask, None, None, False).target("luminance")[1][7]
    published = _core.XueSides(image, mask, None, None, True).target("luminance")[1][7]
    assert published < 1e-9
    assert 3 < default < 8


def test_saturation_does_not_exceed_one():
    image = np.array([[[0.6, 0.3, 0.2], [0.5, 0.45, 0.4]]], np.float32)
    sides = reference.decode(image.astype(np.float64))
    wild = reference.change_saturation(sides, 2.0, compat=True)
    assert wild.min() < -0.01  # a channel below zero, cut off at the end: another hue
    held = reference.change_saturation(sides, 2.0, compat=False)
    out = XueTransform(saturation=2.0).apply(image)
    np.testing.assert_allclose(out, reference.encode(held), atol=ARITHMETIC)
    linear = reference.decode(out.astype(np.float64))
    ratio = (linear[0, 0, 0] - linear[0, 0, 1]) / (linear[0, 0, 0] - linear[0, 0, 2])
    before = (sides[0, 0, 0] - sides[0, 0, 1]) / (sides[0, 0, 0] - sides[0, 0, 2])
    assert ratio == pytest.approx(before, abs=1e-3)  # the hue stays


@per_compat
def test_temperature_is_measured_and_adjusted_with_one_table(compat):
    greys = np.array([[[0.5, 0.4, 0.3], [0.55, 0.42, 0.33], [0.6, 0.43, 0.28]]])
    before = reference.mired(reference.decode(greys))
    shift = 325 - before.mean()  # to the isotherm of the misprint
    out = XueTransform(mired=shift, compat=compat).apply(greys.astype(np.float32))
    moved = reference.mired(reference.decode(out.astype(np.float64))) - before
    error = np.abs(moved - shift).max()
    assert error > 0.5 if compat else error < 0.05


def test_few_strong_contrasts_are_not_filled_up():
    image, mask = lit_scene()
    smooth = np.full_like(image, 0.5)
    smooth[40, 88:92] = 0.8
    published = _core.XueSides(smooth, mask, None, None, True).foreground("contrast")
    default = _core.XueSides(smooth, mask, None, None, False).foreground("contrast")
    assert published[0] == 100
    assert default[0] < 50


def test_the_curve_is_chosen_smoothly():
    image, mask = lit_scene()
    alphas = []
    for k in range(12):
        changed = image.copy()
        mean = image[mask].mean(axis=0)
        changed[mask] = mean + (0.9 + 0.02 * k) * (image[mask] - mean)
        alphas.append(harmonia.fit(changed, mask, "xue").alpha)
    assert len(set(alphas)) == len(alphas) or max(alphas) in (0.4, 0.6)
    assert np.abs(np.diff(alphas)).max() < 0.03


def test_compat_leaves_small_foregrounds_alone():
    image, _ = lit_scene()
    mask = np.zeros(image.shape[:2], bool)
    mask[10:32, 70:92] = True  # 484 pixels
    assert harmonia.fit(image, mask, "xue", compat=True) == XueTransform()
    mask[32] = mask[31]  # 506
    assert harmonia.fit(image, mask, "xue", compat=True) != XueTransform()


# The original code.


def original(name):
    """Picture, mask, log and the statistics of the four steps."""
    image = originals.read(f"set/{name}/composite.png")
    mask = originals.read(f"set/{name}/mask.png", "L")
    log = originals.locate(f"set/{name}/xue.log").read_text(encoding="utf-8")
    return image, mask, log, originals.internals(name)


def numbers(pattern, log):
    return [float(found) for found in re.findall(pattern + r"(-?[\d.]+)", log)]


# Where the original's 151 numbers hold what is used here.
PLACES = {"luminance": 0, "contrast": 31, "temperature": 61, "saturation": 90}


@pytest.mark.parametrize("name", originals.NAMES)
def test_statistics_of_every_step_are_those_of_the_original_code(name):
    image, mask, log, arrays = original(name)
    sides = _core.XueSides(image, mask, None, None, True)
    _, stops, mired, _ = numbers("Input offset=", log)
    (alpha,) = numbers("alpBest_F=", log)
    for step in range(1, 5):
        for property_name, place in PLACES.items():
            for k, side in enumerate((sides.foreground, sides.target)):
                expected = arrays[f"xue_feat{step}"][k, place : place + 29]
                # Shifts in the log have six decimals.
                np.testing.assert_allclose(
                    side(property_name)[1], expected, rtol=1e-6, atol=1e-8 if step == 1 else 5e-6
                )
        if step == 1:
            sides.change_contrast(alpha, sides.luminance)
        elif step == 2:
            sides.change_luminance(-stops)
        elif step == 3:
            sides.change_temperature(-mired)


@pytest.mark.parametrize("name", originals.NAMES)
def test_curves_are_tried_as_in_the_original_code(name):
    image, mask, log, _ = original(name)
    sides = _core.XueSides(image, mask, None, None, True)
    expected = numbers("diff_F=", log)[:5]
    changes = sides.contrast_changes(xue.CURVES, sides.luminance)
    np.testing.assert_allclose(changes, expected, atol=1e-6)


@pytest.mark.parametrize("name", originals.NAMES)
def test_output_is_that_of_the_original_code_for_its_zones(name):
    image, mask, log, _ = original(name)
    chosen = [(xue.TOP, xue.LOW, xue.MEAN)[int(k) - 1] for k in re.findall(r"bestOpt = (\d)", log)]
    zones = dict(zip(("luminance", "temperature", "saturation"), chosen, strict=True))
    sides = _core.XueSides(image, mask, None, None, True)
    look = xue.adjusted(sides, lambda name, *_: zones[name], True)
    found = [-look.luminance, -look.mired, -look.saturation]
    np.testing.assert_allclose(found, numbers("Input offset=", log)[1:], atol=1e-5)
    out = look.apply(image, mask > 127).astype(int)
    off = np.abs(out - originals.read(f"set/{name}/xue.png"))[mask > 127]
    assert off.max() <= 1  # float32 against float64, on the edge between two levels
    assert (off > 0).mean() < 1e-3
