"""CIEDE2000: the published pairs, the formula in float64, and sums that no order changes."""

import numpy as np
import pytest
from device import (
    CUDA,
    SIZES,
    STRIDES,
    download,
    make_image,
    make_mask,
    make_scene,
    needs_cuda,
    stream,
    upload,
)
from device import MASKS as DEVICE_MASKS
from harmonia import _core, color
from hypothesis import example, given
from hypothesis import strategies as st
from images import ALIGNED, DTYPES, as_dtype, bits, scene, soft_disc, unit, with_alpha
from isas import ISAS, counts, forced, threads
from kinds import CASES, KINDS, needs_torch, torch
from PIL import Image
from reference.color import to_lab
from reference.delta_e import ciede2000, delta_e

# L a b of two colours and their difference: table 1 of Sharma, Wu and Dalal 2005.
PUBLISHED = np.array(
    [
        [50.0000, 2.6772, -79.7751, 50.0000, 0.0000, -82.7485, 2.0425],
        [50.0000, 3.1571, -77.2803, 50.0000, 0.0000, -82.7485, 2.8615],
        [50.0000, 2.8361, -74.0200, 50.0000, 0.0000, -82.7485, 3.4412],
        [50.0000, -1.3802, -84.2814, 50.0000, 0.0000, -82.7485, 1.0000],
        [50.0000, -1.1848, -84.8006, 50.0000, 0.0000, -82.7485, 1.0000],
        [50.0000, -0.9009, -85.5211, 50.0000, 0.0000, -82.7485, 1.0000],
        [50.0000, 0.0000, 0.0000, 50.0000, -1.0000, 2.0000, 2.3669],
        [50.0000, -1.0000, 2.0000, 50.0000, 0.0000, 0.0000, 2.3669],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0009, 7.1792],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0010, 7.1792],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0011, 7.2195],
        [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0012, 7.2195],
        [50.0000, -0.0010, 2.4900, 50.0000, 0.0009, -2.4900, 4.8045],
        [50.0000, -0.0010, 2.4900, 50.0000, 0.0010, -2.4900, 4.8045],
        [50.0000, -0.0010, 2.4900, 50.0000, 0.0011, -2.4900, 4.7461],
        [50.0000, 2.5000, 0.0000, 50.0000, 0.0000, -2.5000, 4.3065],
        [50.0000, 2.5000, 0.0000, 73.0000, 25.0000, -18.0000, 27.1492],
        [50.0000, 2.5000, 0.0000, 61.0000, -5.0000, 29.0000, 22.8977],
        [50.0000, 2.5000, 0.0000, 56.0000, -27.0000, -3.0000, 31.9030],
        [50.0000, 2.5000, 0.0000, 58.0000, 24.0000, 15.0000, 19.4535],
        [50.0000, 2.5000, 0.0000, 50.0000, 3.1736, 0.5854, 1.0000],
        [50.0000, 2.5000, 0.0000, 50.0000, 3.2972, 0.0000, 1.0000],
        [50.0000, 2.5000, 0.0000, 50.0000, 1.8634, 0.5757, 1.0000],
        [50.0000, 2.5000, 0.0000, 50.0000, 3.2592, 0.3350, 1.0000],
        [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644],
        [63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630],
        [61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731],
        [35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645],
        [22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373],
        [36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146],
        [90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441],
        [90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381],
        [6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377],
        [2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082],
    ]
)
DIGITS = 5e-5  # four digits are printed

# Of Lab in single precision: CIELAB of large chroma has steps of 2^-17, and 20 roundings of a
# difference of 60 are 7e-5.
OF_LAB = 1e-4
# Of sRGB codes. Lab itself is off by up to 2e-4 in a and b (tests/test_color.py), which the formula
# stretches by up to 1.5 near grey, in both colours.
OF_CODES = 1e-3
# What the mean may be off by: errors of 1e-5 or so, of both signs.
OF_MEAN = 1e-5

per_dtype = pytest.mark.parametrize("dtype", DTYPES)
per_space = pytest.mark.parametrize("space", ["rgb", "lab"])


def row(*colors):
    return np.array([colors], np.float32)


def is_stable(lab1, lab2):
    """False where Lab that is off by 5e-4 may be on the other side of the formula's jump, at hues
    that are opposite."""
    (a1, b1), (a2, b2) = np.moveaxis(lab1[..., 1:], -1, 0), np.moveaxis(lab2[..., 1:], -1, 0)
    near_a_line = np.abs(a1 * b2 - a2 * b1) <= 5e-4 * (np.hypot(a1, b1) + np.hypot(a2, b2))
    return ~(near_a_line & (a1 * a2 + b1 * b2 < 0))


def random_pair(dtype, seed=0, size=(67, 301)):
    """Any colours; a row of near ones, of dark ones, of greys, of greys and colours."""
    rng = np.random.default_rng(seed)
    output, target = rng.random((2, *size, 3))
    target[1] = np.clip(output[1] + rng.normal(0, 0.004, output[1].shape), 0, 1)
    output[2], target[2] = output[2] * 0.1, target[2] * 0.1
    output[3], target[3] = output[3, :, :1], target[3, :, :1]
    output[4] = output[4, :, :1]
    output[5, :4], target[5, :4] = 0, [[0, 0, 0], [1, 1, 1], [0, 0, 1], [0.5, 0.5, 0.5]]
    return as_dtype(output, dtype), as_dtype(target, dtype)


def picture_pair(dtype, size=(300, 400)):
    """A picture, and the same with other colours in a soft disc."""
    target, mask = scene(*size)
    changed = np.clip(target**1.2 * [1.1, 1.0, 0.9] + 0.02, 0, 1)
    return as_dtype(target + mask[..., None] * (changed - target), dtype), as_dtype(target, dtype)


def difference_map(output, target, space="rgb"):
    out = np.full(output.shape[:2], np.nan, np.float32)
    _core.delta_e_map(output, target, space, out)
    return out


def test_the_reference_gives_the_published_differences():
    found = ciede2000(PUBLISHED[:, :3], PUBLISHED[:, 3:6])
    np.testing.assert_allclose(found, PUBLISHED[:, 6], atol=DIGITS, rtol=0)


def test_the_published_differences():
    first, second = PUBLISHED[None, :, :3].astype("f4"), PUBLISHED[None, :, 3:6].astype("f4")
    found = color.delta_e(first, second, space="lab")[0]
    np.testing.assert_allclose(found, PUBLISHED[:, 6], atol=1e-4, rtol=0)


@pytest.mark.parametrize("spread", [0.01, 1, 40])
def test_differences_of_lab_are_the_formula(spread):
    rng = np.random.default_rng(1)
    size = (50, 301)
    first = np.stack([rng.uniform(0, 100, size), *rng.uniform(-110, 110, (2, *size))], axis=-1)
    second = (first + rng.normal(0, spread, first.shape)).astype(np.float32)
    first = first.astype(np.float32)
    assert is_stable(first, second).mean() > 0.999
    error = np.abs(color.delta_e(first, second, space="lab") - ciede2000(first, second))
    assert error[is_stable(first, second)].max() < OF_LAB


@per_dtype
@pytest.mark.parametrize("seed", range(3))
def test_differences_of_codes_are_the_formula(dtype, seed):
    output, target = random_pair(dtype, seed)
    stable = is_stable(to_lab(unit(output)), to_lab(unit(target)))
    assert stable.mean() > 0.99
    error = np.abs(color.delta_e(output, target) - delta_e(unit(output), unit(target)))
    assert error[stable].max() < OF_CODES


@per_dtype
@pytest.mark.parametrize("make", [picture_pair, lambda dtype: random_pair(dtype, 7, (300, 400))])
def test_the_mean_is_that_of_the_formula(dtype, make):
    output, target = make(dtype)
    total, _, _, pixels, largest = _core.delta_e(output, target, None)
    expected = delta_e(unit(output), unit(target))
    assert pixels == expected.size
    assert total / pixels == pytest.approx(expected.mean(), abs=OF_MEAN)
    assert largest == pytest.approx(expected.max(), abs=OF_CODES)


lab_colors = st.tuples(
    st.floats(0, 100, width=32), st.floats(-128, 128, width=32), st.floats(-128, 128, width=32)
)


@given(lab_colors, lab_colors)
def test_the_order_of_two_colors_leaves_no_trace(first, second):
    there = color.delta_e(row(first), row(second), space="lab")
    back = color.delta_e(row(second), row(first), space="lab")
    np.testing.assert_array_equal(bits(there), bits(back))
    assert there >= 0


def test_the_order_of_colors_of_one_chroma_leaves_no_trace():
    """Near grey a is stretched by 1.5, so that these are on a circle, and many to the last bit."""
    angles = np.random.default_rng(8).uniform(0, 2 * np.pi, (2, 1, 20_000))
    first, second = (
        np.stack([0 * angle + 50, 0.2 * np.cos(angle) / 1.5, 0.2 * np.sin(angle)], axis=-1).astype(
            np.float32
        )
        for angle in angles
    )
    there, back = difference_map(first, second, "lab"), difference_map(second, first, "lab")
    np.testing.assert_array_equal(bits(there), bits(back))


@given(lab_colors, lab_colors)
@example((0.0, 0.0, -(2.0**-17)), (0.0, 40.0, -9.0))
def test_any_two_colors_are_the_formula(first, second):
    one, other = row(first), row(second)
    if is_stable(one, other).all():
        found = color.delta_e(one, other, space="lab")
        np.testing.assert_allclose(found, ciede2000(one, other), atol=OF_LAB, rtol=0)


@per_dtype
def test_equal_colors_differ_by_nothing(dtype):
    image = random_pair(dtype)[0]
    for isa in ISAS:
        with forced(isa):
            assert (difference_map(image, image) == 0).all()
            # Rows of another layout are compared as colours, not as bytes.
            assert (difference_map(image, np.asfortranarray(image)) == 0).all()
            assert _core.delta_e(image, image.copy(), None) == (
                0,
                0,
                image[..., 0].size,
                67 * 301,
                0,
            )


@pytest.mark.parametrize("scale", [1e-30, 1e-20, 1e-10, 1e-6])
def test_colors_too_dark_for_a_hue(scale):
    output, target = (v * np.float32(scale) for v in random_pair("float32"))
    found = color.delta_e(output, target)
    np.testing.assert_allclose(found, delta_e(output, target), atol=2e-5, rtol=0)


def test_grey_has_no_hue():
    """Of two greys only lightness differs; of grey and a colour there is no difference of hue."""
    greys = row((20, 0, 0), (50, 0, 0), (80, 0, 0))
    colors = row((70, 0, 0), (50, 30, 40), (80, -3, 4))
    found = color.delta_e(greys, colors, space="lab")
    np.testing.assert_allclose(found, ciede2000(greys, colors), atol=1e-5, rtol=0)
    middle = (45 - 50) ** 2
    expected = 50 / (1 + 0.015 * middle / np.sqrt(20 + middle))
    assert found[0, 0] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("lab", [(60, 30, 0), (60, 0, 30)])
def test_opposite_hues_have_the_mean_of_their_angles(lab):
    """On the axes the angles are exact: 0 and 180 have 90, 90 and 270 have 180, in both orders."""
    other = (60, -lab[1], -lab[2])
    expected = ciede2000(lab, other)
    for first, second in ((lab, other), (other, lab)):
        found = color.delta_e(row(first), row(second), space="lab")
        assert found[0, 0] == pytest.approx(expected, abs=1e-5)
        assert ciede2000(first, second) == pytest.approx(expected, abs=1e-9)
        turned = row((second[0], second[1] + 0.01 * lab[2], second[2] - 0.01 * lab[1]))
        assert abs(color.delta_e(row(first), turned, space="lab")[0, 0] - expected) > 0.5


def test_hues_past_360_are_not_near_275():
    """The bell around 275 ends at 360. Going on, it would change a difference by 2e-4 where the
    mean hue is just above 0; single precision is ten times better."""
    rng = np.random.default_rng(0)
    mean, apart = np.radians(rng.uniform([[0], [0]], [[6], [120]], (2, 20000)))
    low, high = rng.uniform([[0], [20]], [[40], [128]], (2, 20000))

    def colors(chroma, hue):
        lab = np.stack([50 + 0 * hue, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1)
        return lab[None].astype(np.float32)

    first, second = colors(low, mean - apart / 2), colors(high, mean + apart / 2)
    found = color.delta_e(first, second, space="lab")
    np.testing.assert_allclose(found, ciede2000(first, second), atol=5e-5, rtol=0)


def test_colors_far_beyond_any_picture_have_a_difference():
    far = np.float32([[[1e38, -1e38, 0], [0, 1e38, -1e38], [1e38, 0, 1e38], [-1e38, 0, 0]]])
    for other in (far[:, ::-1], -far, 0 * far):
        found = difference_map(far, other)
        assert np.isfinite(found).all()
        assert (found > 10).all()


@per_dtype
@pytest.mark.parametrize("layout", ALIGNED)
@pytest.mark.parametrize("channel", range(3))
def test_a_change_of_one_channel_is_seen(dtype, layout, channel):
    target = picture_pair(dtype, (5, 40))[1]
    output = target.copy()
    output[..., channel] = target[..., channel][::-1, ::-1]
    changed = (output != target).any(axis=-1)
    lay = ALIGNED[layout]
    np.testing.assert_array_equal(difference_map(lay(output), lay(target)) > 0, changed)


@pytest.mark.parametrize("channel", range(3))
@pytest.mark.parametrize("x", [0, 17, 127, 128, 255, 256, 299])
def test_a_change_of_a_single_pixel_of_grey_is_seen(channel, x):
    """All other pixels and channels are of one code, wherever they are in memory."""
    grey = np.full((1, 300, 3), 100, np.uint8)
    output = grey.copy()
    output[0, x, channel] += 1
    assert np.flatnonzero(difference_map(output, grey)).tolist() == [x]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("other", DTYPES)
def test_the_two_types_may_differ(dtype, other):
    output, target = random_pair(dtype, 1)[0], random_pair(other, 1)[1]
    stable = is_stable(to_lab(unit(output)), to_lab(unit(target)))
    error = np.abs(difference_map(output, target) - delta_e(unit(output), unit(target)))
    assert error[stable].max() < OF_CODES


@per_space
@pytest.mark.parametrize("seed", range(4))
def test_pixels_that_are_equal_change_nothing_about_the_others(space, seed):
    """Groups of 16 pixels without a difference are left out: every pattern of them."""
    rng = np.random.default_rng(seed)
    output, target = random_pair("float32", seed)
    if space == "lab":
        output, target = to_lab(output).astype(np.float32), to_lab(target).astype(np.float32)
    changed = np.repeat(rng.random((67, 19)) < (seed + 0.5) / 4, 16, axis=1)[:, :301]
    changed &= rng.random((67, 301)) < 0.5
    mixed = np.where(changed[..., None], output, target)
    full = difference_map(output, target, space)
    np.testing.assert_array_equal(
        bits(difference_map(mixed, target, space)), bits(np.where(changed, full, np.float32(0)))
    )


def masks():
    soft = soft_disc(67, 301)
    return {
        "none": None,
        "bool": soft > 0.5,
        "uint8": as_dtype(soft, "uint8"),
        "float32": soft.astype(np.float32),
        "empty": np.zeros((67, 301), np.uint8),
        "full": np.ones((67, 301), bool),
    }


@pytest.mark.parametrize("name", masks())
@pytest.mark.parametrize("make", [random_pair, lambda dtype: picture_pair(dtype, (67, 301))])
def test_the_sums_are_those_of_the_map(name, make):
    output, target = make("uint8")
    mask = masks()[name]
    total, weighted, weight, pixels, largest = _core.delta_e(output, target, mask)
    differences = difference_map(output, target).astype(np.float64)
    m = np.ones((67, 301)) if mask is None else mask.astype(np.float64)
    m = m / 255 if name in ("uint8", "empty") else m
    step, unit_of_m = 2.0**-20, 2.0**-24 if name == "float32" else 0
    assert pixels == 67 * 301
    assert largest == differences.max()
    assert total == pytest.approx(differences.sum(), abs=pixels * step / 2)
    assert weight == pytest.approx(m.sum(), rel=1e-15, abs=pixels * unit_of_m / 2)
    rounding = m.sum() * step / 2 + differences.sum() * unit_of_m / 2
    assert weighted == pytest.approx((m * differences).sum(), rel=1e-12, abs=rounding)
    # To nearest: of many the mean is better than of one by far.
    assert total / pixels == pytest.approx(differences.mean(), abs=step / 30)


@pytest.mark.parametrize("m", [1, 1 - 2.0**-24, 0.5])
def test_sums_beyond_64_bits(m):
    """Colours that no picture has count 2047, of which 2^20 times 2^24 parts do not fit."""
    output = np.full((67, 301, 3), 1e38, np.float32)
    target = np.full_like(output, -1.04e5)  # as far below a lightness of 50
    mask = np.full((67, 301), m, np.float32)
    mask[0, 0] = 0.5
    total, weighted, weight, pixels, largest = _core.delta_e(output, target, mask)
    assert total == 2047 * pixels
    assert weight == m * (pixels - 1) + 0.5
    assert weighted == 2047 * weight
    assert 2047 < largest < np.inf
    assert np.isfinite(difference_map(output, -output)).all()


@pytest.mark.threads
@per_dtype
@pytest.mark.parametrize("other", DTYPES)
def test_instruction_sets_and_threads_give_equal_bits(dtype, other):
    output, target = random_pair(dtype)[0], random_pair(other, 1)[1]
    found, maps = set(), set()
    for isa in ISAS:
        for count in counts(1, 3):
            with forced(isa), threads(count):
                found.add(tuple(_core.delta_e(output, target, mask) for mask in masks().values()))
                maps.add(difference_map(output, target).tobytes())
    assert len(found) == 1
    assert len(maps) == 1


@pytest.mark.parametrize("isa", ISAS)
def test_instruction_sets_give_equal_bits_of_lab(isa):
    labs = [to_lab(unit(image)).astype(np.float32) for image in random_pair("float32")]
    expected = difference_map(*labs, "lab")
    with forced(isa):
        np.testing.assert_array_equal(bits(difference_map(*labs, "lab")), bits(expected))


@per_dtype
@pytest.mark.parametrize("layout", ALIGNED)
def test_the_layout_leaves_no_trace(dtype, layout):
    output, target = picture_pair(dtype, (67, 301))
    mask = masks()["uint8"]
    lay = ALIGNED[layout]
    expected = difference_map(output, target)
    sums = _core.delta_e(output, target, mask)
    for a, b in ((lay(output), target), (output, lay(target)), (lay(output), lay(target))):
        np.testing.assert_array_equal(bits(difference_map(a, b)), bits(expected))
        assert _core.delta_e(a, b, lay(mask)) == sums
    room = np.full((134, 602), np.nan, np.float32)
    _core.delta_e_map(output, target, "rgb", room[::2, ::-2])
    np.testing.assert_array_equal(bits(room[::2, ::-2]), bits(expected))
    assert np.isnan(room[1::2]).all()
    assert np.isnan(room[:, ::2]).all()


def test_alpha_does_not_count():
    output, target = random_pair("uint8")
    opaque = with_alpha(output)
    other = with_alpha(target)
    other[..., 3] = 9
    np.testing.assert_array_equal(color.delta_e(opaque, other), color.delta_e(output, target))
    expected = _core.delta_e(output, target, None)
    assert _core.delta_e(opaque, target, None) == expected
    same = opaque.copy()
    same[..., 3] = 9
    assert _core.delta_e(opaque, same, None)[0] == 0


@pytest.mark.parametrize(("kind", "dtype"), CASES)
def test_every_kind_of_image(kind, dtype):
    output, target = (with_alpha(v)[..., : kind.channels] for v in random_pair(dtype))
    expected = difference_map(output, target)
    ours, theirs = kind.make(output), kind.make(target)
    found = color.delta_e(ours, theirs)
    np.testing.assert_array_equal(np.asarray(found).reshape(-1, *expected.shape)[0], expected)
    assert str(found.dtype).removeprefix("torch.") == "float32"
    assert type(found) is (type(ours) if not isinstance(ours, Image.Image) else np.ndarray)
    np.testing.assert_array_equal(bits(kind.back(ours)), bits(output))
    # Another kind of target gives the same.
    if not hasattr(ours, "ndim") or ours.ndim == 3:
        np.testing.assert_array_equal(np.asarray(color.delta_e(ours, target)), expected)


@needs_torch
def test_a_batch_is_its_images():
    batch = torch.stack([KINDS["torch"].make(v) for v in random_pair("float32")])
    found = color.delta_e(batch, batch.flip(0))
    assert found.shape == (2, 67, 301)
    np.testing.assert_array_equal(found[0], color.delta_e(batch[0], batch[1]))
    np.testing.assert_array_equal(found[1], found[0])


RGB, LAB = np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5, 3), np.float32)

ERRORS = {
    "another size": (
        lambda: color.delta_e(RGB, RGB[:3]),
        ValueError,
        "delta_e: target must have output's height and width (4, 5), got (3, 5)",
    ),
    "no image": (
        lambda: color.delta_e(RGB, None),
        TypeError,
        "delta_e: target must be a NumPy array, a PIL image or a torch tensor, got NoneType; "
        "convert with numpy.asarray(...)",
    ),
    "values of bytes in floats": (
        lambda: color.delta_e(LAB + 255, LAB),
        ValueError,
        "delta_e: output of type float32 must be within 0..1, got 255..255; divide by 255",
    ),
    "NaN": (
        lambda: color.delta_e(LAB, LAB * np.float32("nan"), space="lab"),
        ValueError,
        "delta_e: target must be finite, got NaN or infinity; use numpy.nan_to_num(...)",
    ),
    "codes as Lab": (
        lambda: color.delta_e(LAB, RGB, space="lab"),
        TypeError,
        "delta_e: target must be float32 for the space 'lab', got uint8; "
        "codes are of the space 'rgb'",
    ),
    "another space": (
        lambda: color.delta_e(LAB, LAB, space="hsv"),
        ValueError,
        "delta_e: space must be 'rgb' or 'lab', got 'hsv'",
    ),
    "the kernel, another size": (
        lambda: _core.delta_e(RGB, RGB[:, :4], None),
        ValueError,
        "target must have the output's height and width (4, 5), got (4, 4)",
    ),
    "the kernel, a map of another size": (
        lambda: _core.delta_e_map(RGB, RGB, "rgb", np.zeros((5, 4), np.float32)),
        ValueError,
        "out must have the height and width of output",
    ),
    "the kernel, a map of doubles": (
        lambda: _core.delta_e_map(RGB, RGB, "rgb", np.zeros((4, 5))),
        TypeError,
        "out must be float32",
    ),
}


@pytest.mark.parametrize(("call", "kind", "message"), list(ERRORS.values()), ids=list(ERRORS))
def test_errors_say_what_to_do(call, kind, message):
    with pytest.raises(kind) as raised:
        call()
    assert type(raised.value) is kind
    assert str(raised.value) == message


@needs_torch
def test_a_batch_beside_an_image_is_refused():
    with pytest.raises(ValueError, match=r"must hold as many images as output, 2, got 1$"):
        color.delta_e(torch.zeros(2, 3, 4, 5), torch.zeros(3, 4, 5))


def cuda_map(output, target, space):
    out = upload(np.full(output.shape[:2], np.nan, np.float32))
    CUDA.delta_e_map(upload(output), upload(target), space, out, stream())
    return download(out)


@needs_cuda
@pytest.mark.parametrize("size", SIZES)
@per_dtype
@pytest.mark.parametrize("other", ["uint8", "float32"])
def test_cuda_gives_the_bits_of_the_cpu(size, dtype, other):
    output, target = make_image(size, dtype, 0), make_image(size, other, 1)
    target[: size[0] // 2] = make_image(size, other, 0)[: size[0] // 2]
    np.testing.assert_array_equal(
        bits(cuda_map(output, target, "rgb")), bits(difference_map(output, target))
    )
    for kind in DEVICE_MASKS:
        mask = make_mask(make_scene(size)[1], kind)
        weights = None if mask is None else upload(mask)
        found = CUDA.delta_e(upload(output), upload(target), weights, stream())
        assert found == _core.delta_e(output, target, mask)


@needs_cuda
@pytest.mark.parametrize("layout", STRIDES)
def test_cuda_takes_any_layout(layout):
    output, target = make_image((40, 56), "float32", 0), make_image((40, 56), "float32", 1)
    lay = ALIGNED[layout]
    for space in ("rgb", "lab"):
        np.testing.assert_array_equal(
            bits(cuda_map(lay(output), lay(target), space)),
            bits(difference_map(output, target, space)),
        )
    found = color.delta_e(upload(output).movedim(-1, 0), upload(target).movedim(-1, 0))
    assert found.is_cuda
    np.testing.assert_array_equal(download(found), color.delta_e(output, target))
