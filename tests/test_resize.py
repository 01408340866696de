"""Resizes against slow references everywhere, and against Pillow and OpenCV where they are."""

import numpy as np
import pytest
from harmonia import _core
from harmonia._resize import antialiased_resize, cv2_resize, pil_dither, pil_grey, pil_resize
from hypothesis import given
from hypothesis import strategies as st
from images import ALIGNED, DTYPES, LAYOUTS, as_dtype, bits, scene, unit
from isas import ISAS, counts, forced, threads
from parts import examples
from reference import resize as reference

EPS = 2.0**-24  # float32 rounds by this much, relatively

PIL_FILTERS = ["box", "bilinear", "bicubic", "lanczos"]
CV2_FILTERS = ["linear", "cubic", "area", "lanczos4"]
SHAPES = {"grey": (), "rgb": (3,), "rgba": (4,)}

per_pil_filter = pytest.mark.parametrize("filter", PIL_FILTERS)
per_cv2_filter = pytest.mark.parametrize("filter", CV2_FILTERS)
per_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


def contents(rng, height, width, channels=(3,)):
    """uint8: noise, only the ends of the range, or a picture."""
    size = (height, width, *channels)
    kind = rng.integers(3)
    if kind == 0:
        return rng.integers(0, 256, size, dtype=np.uint8)
    if kind == 1:
        return (rng.integers(0, 2, size) * 255).astype(np.uint8)
    walk = 128 + rng.normal(0, 30, size).cumsum(axis=1) / 3
    return np.clip(walk, 0, 255).astype(np.uint8)


def case(rng, old=200, new=300):
    """Sizes before and after: up and down, one pixel wide or high, whole and odd ratios."""
    height, width = rng.integers(1, old + 1, 2)
    to_height, to_width = rng.integers(1, new + 1, 2)
    kind = rng.integers(8)
    if kind == 0:
        height, to_width = 1, 1
    elif kind == 1:
        width = 1
    elif kind == 2:
        to_height, to_width = rng.integers(1, old // 6 + 2, 2)
        height, width = (to_height, to_width) * rng.integers(1, 7, 2)
    elif kind == 3:
        to_height, to_width = max(height // 2, 1), max(width // 2, 1)
        height, width = 2 * to_height, 2 * to_width
    elif kind == 4:
        to_height, to_width = rng.integers(1, height + 1), rng.integers(1, width + 1)
    return int(height), int(width), (int(to_height), int(to_width))


def part_of(rng, height, width):
    """A box with fractions that float32 holds."""
    x, y = (np.sort(rng.random(2) * size).astype(np.float32) for size in (width, height))
    return tuple(float(edge) for edge in (x[0], y[0], x[1], y[1]))


def floats(rng, height, width, channels=(3,)):
    return rng.random((height, width, *channels)).astype(np.float32)


seeds = st.integers(0, 2**32 - 1)
few = examples(40)


# References, everywhere.


@per_pil_filter
@per_shape
@few
@given(seed=seeds, boxed=st.booleans())
def test_uint8_is_pil_arithmetic(filter, shape, seed, boxed):
    rng = np.random.default_rng(seed)
    height, width, size = case(rng, 40, 60)
    image = contents(rng, height, width, shape)
    part = part_of(rng, height, width) if boxed else None
    expected = reference.pil_rgba if shape == (4,) else reference.pil_u8
    if size == image.shape[:2] and part is None:
        expected = reference.pil_u8  # not even alpha is looked at
    found = pil_resize(image, size, filter, box=part)
    np.testing.assert_array_equal(found, expected(image, *size, filter, part))


@per_pil_filter
@per_shape
@few
@given(seed=seeds)
def test_float32_is_pil_mode_f(filter, shape, seed):
    rng = np.random.default_rng(seed)
    height, width, size = case(rng, 40, 60)
    image = floats(rng, height, width, shape)
    found = pil_resize(image, size, filter)
    np.testing.assert_array_equal(bits(found), bits(reference.pil_f32(image, *size, filter)))


@per_pil_filter
@pytest.mark.parametrize("size", [(9, 30), (9, 31), (21, 40), (22, 40), (60, 9), (41, 20)])
def test_version_13_takes_rows_first_where_the_height_loses_most(filter, size):
    image = contents(np.random.default_rng(4), 41, 46)
    found = pil_resize(image, size, filter, version_13=True)
    before = reference.pil_u8(image, *size, filter)
    if reference.rows_first(image, *size):
        expected = reference.turned(reference.pil_u8, image, *size, filter, None)
        np.testing.assert_array_equal(found, expected)
    else:
        np.testing.assert_array_equal(found, before)


def test_version_13_turns_where_the_losses_are_two_to_one():
    image = contents(np.random.default_rng(4), 41, 46)
    assert not reference.rows_first(image, 9, 30)  # 32 rows and 16 columns
    assert reference.rows_first(image, 9, 31)
    found = pil_resize(image, (9, 31), "lanczos", version_13=True)
    assert (found != pil_resize(image, (9, 31), "lanczos")).any()


@few
@given(seed=seeds, boxed=st.booleans(), dtype=st.sampled_from([*DTYPES, "bool"]))
def test_nearest_takes_the_pixels_that_pil_takes(seed, boxed, dtype):
    rng = np.random.default_rng(seed)
    height, width, size = case(rng)
    image = floats(rng, height, width)
    image = image > 0.5 if dtype == "bool" else as_dtype(image, dtype)
    part = part_of(rng, height, width) if boxed else None
    found = pil_resize(image, size, "nearest", box=part)
    np.testing.assert_array_equal(found, reference.pil_nearest(image, *size, part))
    assert found.dtype == image.dtype


@per_pil_filter
def test_bool_is_mode_1_and_resized_by_nearest(filter):
    mask = np.random.default_rng(1).random((37, 53)) < 0.5
    found = pil_resize(mask, (20, 71), filter)
    assert found.dtype == bool
    np.testing.assert_array_equal(found, reference.pil_nearest(mask, 20, 71))


@given(seed=seeds, shape=st.sampled_from(list(SHAPES.values())))
def test_dither_spreads_the_error_as_pil_does(seed, shape):
    rng = np.random.default_rng(seed)
    image = contents(rng, *rng.integers(1, 30, 2), shape)
    found = pil_dither(image)
    assert found.dtype == bool
    np.testing.assert_array_equal(found, reference.pil_dither(image))


@given(seed=seeds, channels=st.sampled_from([3, 4]))
def test_grey_is_luma_in_16_bits(seed, channels):
    rng = np.random.default_rng(seed)
    image = contents(rng, *rng.integers(1, 30, 2), (channels,))
    np.testing.assert_array_equal(pil_grey(image), reference.pil_grey(image))


@per_cv2_filter
@per_shape
@few
@given(seed=seeds)
def test_uint8_is_opencv_arithmetic(filter, shape, seed):
    rng = np.random.default_rng(seed)
    height, width, size = case(rng, 40, 60)
    image = contents(rng, height, width, shape)
    np.testing.assert_array_equal(cv2_resize(image, size, filter), by_cv2(image, size, filter))


@per_cv2_filter
@per_shape
@few
@given(seed=seeds)
def test_float32_is_opencv_arithmetic(filter, shape, seed):
    rng = np.random.default_rng(seed)
    height, width, size = case(rng, 40, 60)
    image = floats(rng, height, width, shape)
    found = cv2_resize(image, size, filter)
    np.testing.assert_array_equal(found, by_cv2(image, size, filter))


def by_cv2(image, size, filter):
    if filter == "area":
        return reference.cv2_area(image, *size)
    resize = reference.cv2_u8 if image.dtype == np.uint8 else reference.cv2_f32
    return resize(image, *size, filter)


@few
@given(seed=seeds, dtype=st.sampled_from([*DTYPES, "bool"]))
def test_nearest_takes_the_pixels_that_opencv_takes(seed, dtype):
    rng = np.random.default_rng(seed)
    height, width, size = case(rng)
    image = floats(rng, height, width)
    image = image > 0.5 if dtype == "bool" else as_dtype(image, dtype)
    found = cv2_resize(image, size, "nearest")
    np.testing.assert_array_equal(found, reference.cv2_nearest(image, *size))
    assert found.dtype == image.dtype


# Of codes the float is off by a rounding and a half, bicubic weights sum to at most 1.25 in size on
# either axis, and both passes round.
ANTIALIASED_ERROR = 1.25**2 * (1.5 + 1) * EPS + 1.25 * EPS


@pytest.mark.parametrize("dtype", [*DTYPES, "bool"])
@per_shape
@few
@given(seed=seeds)
def test_antialiased_is_bicubic_of_any_dtype_without_rounding(dtype, shape, seed):
    rng = np.random.default_rng(seed)
    height, width, size = case(rng, 60, 90)
    image = floats(rng, height, width, shape)
    image = image > 0.5 if dtype == "bool" else as_dtype(image, dtype)
    found = antialiased_resize(image, size)
    assert (found.dtype, found.shape) == (np.float32, (*size, *shape))
    expected = unit(image)
    if width != size[1]:
        expected = reference.columns(expected, reference.pil_weights("bicubic", width, size[1]))
    if height != size[0]:
        expected = reference.rows(expected, reference.pil_weights("bicubic", height, size[0]))
    np.testing.assert_allclose(found, expected, rtol=0, atol=ANTIALIASED_ERROR)


def test_antialiased_float32_is_mode_f_bit_for_bit():
    image = floats(np.random.default_rng(3), 91, 77)
    found = antialiased_resize(image, (40, 101))
    np.testing.assert_array_equal(bits(found), bits(pil_resize(image, (40, 101), "bicubic")))


def test_antialiased_overshoots_at_edges():
    image = np.zeros((8, 40), np.float32)
    image[:, 20:] = 1
    found = antialiased_resize(image, (8, 80))
    assert found.min() < -0.01
    assert found.max() > 1.01


# What holds whoever is right.

CALLS = {
    **{f"pil {f}": lambda i, s, f=f: pil_resize(i, s, f) for f in PIL_FILTERS},
    "pil 13": lambda i, s: pil_resize(i, s, "bicubic", version_13=True),
    "pil nearest": lambda i, s: pil_resize(i, s, "nearest"),
    **{f"cv2 {f}": lambda i, s, f=f: cv2_resize(i, s, f) for f in CV2_FILTERS},
    "cv2 nearest": lambda i, s: cv2_resize(i, s, "nearest"),
    "antialiased": antialiased_resize,
}

per_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
PICTURE, SOFT = scene(119, 301)


@per_call
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("size", [(31, 77), (150, 200), (119, 400)])
def test_equal_bits_on_every_isa_and_thread_count(call, dtype, size):
    images = [as_dtype(PICTURE, dtype), as_dtype(SOFT, dtype)]
    for image in images:
        with forced("baseline"), threads(1):
            expected = call(image, size)
        for isa in ISAS:
            for count in counts(1, 2, 5):
                with forced(isa), threads(count):
                    np.testing.assert_array_equal(bits(call(image, size)), bits(expected))


@per_call
@pytest.mark.parametrize("layout", LAYOUTS)
def test_equal_bits_however_an_array_lies(call, layout):
    for image in (as_dtype(PICTURE, "uint8"), as_dtype(SOFT, "uint8")):
        found = call(LAYOUTS[layout](image), (40, 333))
        np.testing.assert_array_equal(bits(found), bits(call(image, (40, 333))))


@pytest.mark.parametrize("layout", ALIGNED)
def test_kernels_write_any_layout(layout):
    image = as_dtype(PICTURE, "uint8")
    expected = pil_resize(image, (40, 33), "bicubic")
    out = ALIGNED[layout](np.zeros((40, 33, 3), np.uint8))
    if not out.flags.writeable:
        pytest.skip("cannot be written")
    _core.pil_resize(image, "bicubic", (0, 0, 301, 119), False, out)
    np.testing.assert_array_equal(out, expected)


@per_call
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_a_size_that_stays_leaves_every_bit(call, dtype):
    image = as_dtype(PICTURE, dtype)
    expected = antialiased_resize(image, image.shape[:2]) if call is antialiased_resize else image
    found = call(image, image.shape[:2])
    np.testing.assert_array_equal(bits(found), bits(expected))
    assert not np.shares_memory(found, image)


def test_rgba_whose_size_stays_keeps_the_colours_under_alpha():
    image = contents(np.random.default_rng(2), 30, 40, (4,))
    np.testing.assert_array_equal(pil_resize(image, (30, 40), "bicubic"), image)
    cut = pil_resize(image, (30, 40), "bicubic", box=(0, 0, 40, 29.5))
    assert (cut[..., :3] == 0)[cut[..., 3] == 0].all()


@per_call
@pytest.mark.parametrize("value", [0, 1, 127, 254, 255])
def test_a_constant_image_stays_constant(call, value):
    found = call(np.full((57, 91, 3), value, np.uint8), (100, 23))
    level = value / 255 if found.dtype == np.float32 else value
    np.testing.assert_allclose(found, level, rtol=4 * EPS, atol=0)


def test_a_window_of_four_pixels_by_hand():
    image = np.array([[0, 10, 20, 255]], np.uint8)
    # 2048 / 4 a weight: halves go up in cells of 2 x 2, elsewhere to even.
    assert cv2_resize(image.repeat(2, axis=0), (1, 2), "area").tolist() == [[5, 138]]
    assert cv2_resize(image, (1, 2), "area").tolist() == [[5, 138]]
    assert cv2_resize(np.array([[0, 1, 2, 3]], np.uint8), (1, 2), "area").tolist() == [[0, 2]]
    assert pil_resize(image, (1, 2), "box").tolist() == [[5, 138]]
    assert pil_resize(image, (1, 2), "nearest").tolist() == [[10, 255]]
    assert cv2_resize(image, (1, 2), "nearest").tolist() == [[0, 20]]


# Pillow.


def pillow(image, size, filter, box=None):
    image_module = pytest.importorskip("PIL.Image")
    method = getattr(image_module.Resampling, filter.upper())
    height, width = size
    return np.asarray(image_module.fromarray(image).resize((width, height), method, box=box))


def is_version_13():
    return int(pytest.importorskip("PIL").__version__.partition(".")[0]) >= 13


@pytest.mark.parametrize("filter", ["nearest", *PIL_FILTERS])
def test_uint8_equals_pillow_in_a_thousand_cases(filter):
    rng = np.random.default_rng(PIL_FILTERS.index(filter) if filter in PIL_FILTERS else 9)
    later = is_version_13()
    for _ in range(250):
        height, width, size = case(rng)
        shape = list(SHAPES.values())[rng.integers(3)]
        image = contents(rng, height, width, shape)
        part = part_of(rng, height, width) if rng.integers(3) == 0 else None
        found = pil_resize(image, size, filter, box=part, version_13=later)
        np.testing.assert_array_equal(found, pillow(image, size, filter, part))


@pytest.mark.parametrize("filter", ["nearest", *PIL_FILTERS])
def test_mode_f_equals_pillow(filter):
    """Pillow's compiler may fuse a product and a sum of doubles: one step of float32 at most."""
    rng = np.random.default_rng(5)
    later = is_version_13()
    for _ in range(60):
        height, width, size = case(rng)
        image = floats(rng, height, width, ())
        found = pil_resize(image, size, filter, version_13=later)
        np.testing.assert_allclose(found, pillow(image, size, filter), rtol=0, atol=4 * EPS)


def test_dithered_masks_equal_pillow():
    image_module = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(6)
    for _ in range(60):
        height, width, size = case(rng)
        colour = contents(rng, height, width)
        rgb, grey = image_module.fromarray(colour), image_module.fromarray(colour[..., 1])
        np.testing.assert_array_equal(pil_grey(colour), np.asarray(rgb.convert("L")))
        np.testing.assert_array_equal(pil_dither(colour), np.asarray(rgb.convert("1")))
        mask = grey.convert("1")
        np.testing.assert_array_equal(pil_dither(colour[..., 1]), np.asarray(mask))
        small = np.asarray(mask.resize(size[::-1], image_module.Resampling.BICUBIC))
        np.testing.assert_array_equal(pil_resize(np.asarray(mask), size, "bicubic"), small)


# OpenCV.


def opencv(image, size, filter):
    cv2 = pytest.importorskip("cv2")
    method = getattr(cv2, f"INTER_{filter.upper()}")
    return cv2.resize(image, size[::-1], interpolation=method)


@pytest.mark.parametrize("filter", ["nearest", "linear", "area", "lanczos4"])
def test_uint8_equals_opencv_in_a_thousand_cases(filter):
    rng = np.random.default_rng(len(filter))
    for _ in range(250):
        height, width, size = case(rng)
        image = contents(rng, height, width, list(SHAPES.values())[rng.integers(3)])
        np.testing.assert_array_equal(cv2_resize(image, size, filter), opencv(image, size, filter))


def test_uint8_cubic_is_within_a_level_of_opencv():
    """Its vector code and IPP sum in float32, which decides some halves otherwise."""
    rng = np.random.default_rng(7)
    for _ in range(100):
        height, width, size = case(rng)
        image = contents(rng, height, width, list(SHAPES.values())[rng.integers(3)])
        found = cv2_resize(image, size, "cubic").astype(np.int64)
        assert abs(found - opencv(image, size, "cubic")).max() <= 1


# How far a place may be off, times how fast a value of 0..1 changes with it, on either axis: IPP
# keeps places as float32. The sums of the slopes of Keys' weights are below 4.
SLOPES = {"linear": 1, "cubic": 4, "area": 0, "lanczos4": 0}


@per_cv2_filter
def test_float32_is_within_roundings_of_opencv(filter):
    rng = np.random.default_rng(8)
    for _ in range(100):
        height, width, size = case(rng)
        image = floats(rng, height, width, list(SHAPES.values())[rng.integers(3)])
        places = SLOPES[filter] * (height + width) * 2 * EPS
        # At most 8 terms a pass, or those of a cell in another order, of sizes that sum to 2.6.
        sums = 2.6 * 18 * EPS
        found = cv2_resize(image, size, filter)
        np.testing.assert_allclose(found, opencv(image, size, filter), rtol=0, atol=places + sums)


# Refusals.


def test_what_cannot_be_resized_is_refused():
    image = np.zeros((4, 5, 3), np.uint8)
    with pytest.raises(TypeError, match=r"pil_resize: image must be a NumPy array, got list"):
        pil_resize([[1]], (2, 2), "box")
    with pytest.raises(TypeError, match=r"must be bool, uint8 or float32 in native .* got uint16"):
        pil_resize(image.astype(np.uint16), (2, 2), "box")
    with pytest.raises(TypeError, match=r"cv2_resize: image must be uint8 or float32 .* got bool"):
        cv2_resize(image[..., 0] > 0, (2, 2), "linear")
    with pytest.raises(TypeError, match=r"got float64; convert with image.astype\('float32'\)"):
        antialiased_resize(image.astype(np.float64), (2, 2))
    with pytest.raises(TypeError, match=r"native byte order, got >f4"):
        antialiased_resize(image.astype(">f4"), (2, 2))
    with pytest.raises(ValueError, match=r"must have shape \(H, W\), .* got \(4, 5, 2\)"):
        pil_resize(image[..., :2], (2, 2), "box")
    with pytest.raises(ValueError, match="1 to 2\\^24 rows and columns"):
        pil_resize(image[:0], (2, 2), "box")
    with pytest.raises(ValueError, match=r"pil_grey: image must have shape \(H, W, 3\)"):
        pil_grey(image[..., 0])


@pytest.mark.parametrize("size", [(0, 3), (3, -1), (3,), (2.0, 3), 4, (1 << 25, 1)])
def test_a_size_that_is_none_is_refused(size):
    for call in (pil_resize, cv2_resize):
        with pytest.raises(ValueError, match=r"size must be \(height, width\)"):
            call(np.zeros((4, 5), np.uint8), size, "nearest")


@pytest.mark.parametrize("box", [(-1, 0, 5, 4), (0, 0, 5.5, 4), (2, 0, 2, 4), (0, 3, 5, 1)])
def test_a_box_beyond_the_image_is_refused(box):
    with pytest.raises(ValueError, match=r"within the image's 5 columns and 4 rows"):
        pil_resize(np.zeros((4, 5), np.uint8), (2, 2), "box", box=box)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3), (4, 5, 4)])
def test_what_is_not_finite_is_refused(value, shape):
    for dtype in ("float16", "float32"):
        image = np.zeros(shape, dtype)
        image[(2, 3, -1)[: len(shape)]] = value
        with pytest.raises(ValueError, match="must be finite"):
            antialiased_resize(image, (2, 2))


def test_an_unknown_filter_lists_those_there_are():
    image = np.zeros((4, 5), np.uint8)
    with pytest.raises(ValueError, match="nearest, box, bilinear, bicubic, lanczos, got 'cubic'"):
        pil_resize(image, (2, 2), "cubic")
    with pytest.raises(ValueError, match="nearest, linear, cubic, area, lanczos4, got 'bicubic'"):
        cv2_resize(image, (2, 2), "bicubic")
