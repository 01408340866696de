"""Colour spaces against the textbook formulas in float64, and there and back."""

import itertools

import numpy as np
import pytest
from harmonia import _core, color
from images import DTYPES, LAYOUTS, as_dtype, bits, unit
from isas import ISAS, forced, threads
from kinds import needs_torch, torch
from PIL import Image
from reference.color import FROM_LMS, SPACES, TO_LMS, TO_XYZ

NAMES = tuple(SPACES)
LOGARITHMIC = ("log_lms", "lalphabeta")
per_space = pytest.mark.parametrize("space", NAMES)
per_dtype = pytest.mark.parametrize("dtype", DTYPES)

EPSILON = 2.0**-24  # half the step of float32 at 1: the error of one rounding
LIGHT = 3e-7  # the documented error of both directions of the sRGB curve
LOAD = 2 * EPSILON  # an integer code over its maximum: a constant and a product


def entry_tolerance(space, dtype):
    """How far a space may be from the formula, per channel, for codes of a type."""
    load = LOAD if np.issubdtype(dtype, np.integer) else 0
    light = LIGHT + 2.4 * load  # the curve's steepest place is white, where it is its exponent
    # A cube root has a third of the relative error of its argument, and 1e-7 of its own.
    root = 1e-7 + light / 3
    return {
        "rgb": load,
        "linear": light,
        "xyz": 1.09 * (light + 3 * EPSILON),  # no row of the matrix sums to more than 1.09
        "xyy": 2 * light + 6 * EPSILON,  # a quotient of two of these, below one
        # 116 y - 16, where the product and the difference round by up to 2^-18;
        # 500 (x - y) and 200 (y - z) hold the error of two roots.
        "lab": np.array([116 * root + 2**-17, 1000 * root, 400 * root]),
        "lab_d50": np.array([116 * root + 2**-17, 1000 * root, 400 * root]),
        # The logarithm is good to 6e-7, and the value to a step below 16, which is 2^-21.
        "log_lms": 6e-7 + 1.45 * (load + 3 * EPSILON) + 2**-21,
        "lalphabeta": (6e-7 + 1.45 * (load + 3 * EPSILON) + 2**-21) * 0.53,
        "ycbcr": 4 * 2**-17 + 219 * load,  # sums below 256, rounded four times
        "hsv": 4 * EPSILON + 2 * load,
    }[space]


# Leaving XYZ multiplies an error by up to 5.2, the sum of a row of the inverse matrix without its
# signs, and the curve by up to 12.92 in the dark: 67 roundings for one. Measured over 4 million
# colours, there and back: 5.6e-6 for xyz, 7.5e-6 for xyy, 8.6e-6 for lab.
STEEP = 12.92 * np.abs(np.linalg.inv(TO_XYZ)).sum(axis=1).max()

# The matrices of Reinhard et al. have four digits, so there and back is off by what they are.
INEXACT = np.abs(FROM_LMS @ TO_LMS - np.eye(3)).sum(axis=1).max()

# How far RGB may be from the formula after leaving a space.
EXIT = {
    "rgb": 0,
    "linear": LIGHT,
    "xyz": 2 * STEEP * EPSILON,
    "xyy": 2.5 * STEEP * EPSILON,
    "lab": 3 * STEEP * EPSILON,  # a cube triples the error of what it is of
    "lab_d50": 3 * STEEP * EPSILON,
    # 2^x is good to 2e-7, and to 2^-21 ln 2 for the steps of x below 16; leaving LMS takes that
    # times 8.2.
    "log_lms": 8.2 * (2e-7 + 2**-21 * 0.7),
    "lalphabeta": 8.2 * (2e-7 + 3 * 2**-21 * 0.7),
    "ycbcr": 2**-17 * (1 / 219 + 0.0127 * 2),  # rounded at 256 in each of three
    "hsv": 10 * EPSILON,  # six sectors of a hue below 2
}


def colors(dtype="float32", shape=(45, 67), seed=0, darkest=0.0):
    """Every corner of the cube, a dark and a grey part, and colours between."""
    rng = np.random.default_rng(seed)
    image = rng.random((*shape, 3))
    image[1] *= 0.04
    image[2] *= 0.1
    image[3] = image[3, :, :1]
    corners = np.array(list(itertools.product((0.0, 1.0), repeat=3)))
    image[0, : len(corners)] = corners
    return as_dtype(np.maximum(image, darkest), dtype)


def above_black(space):
    return 0.004 if space in LOGARITHMIC else 0.0


def one(*values):
    return np.array([[values]], np.float32)


@per_space
@per_dtype
@pytest.mark.parametrize("seed", range(3))
def test_a_space_is_the_formula(space, dtype, seed):
    image = colors(dtype, seed=seed, darkest=above_black(space))
    out = color.convert(image, "rgb", space)
    assert out.dtype == np.float32
    assert out.shape == image.shape
    expected = SPACES[space][0](unit(image))
    error = np.abs(out - expected).reshape(-1, 3).max(axis=0)
    np.testing.assert_array_less(error, entry_tolerance(space, dtype) + 1e-30)


@per_space
@pytest.mark.parametrize("seed", range(3))
def test_leaving_a_space_is_the_formula(space, seed):
    inside = SPACES[space][0](unit(colors(seed=seed, darkest=above_black(space))))
    inside = inside.astype(np.float32)
    out = color.convert(inside, space, "rgb")
    expected = SPACES[space][1](inside.astype(np.float64))
    np.testing.assert_allclose(out, expected, atol=EXIT[space], rtol=0)


@per_space
@per_dtype
def test_rgb_of_any_dtype_comes_out_rounded_and_clipped(space, dtype):
    inside = SPACES[space][0](unit(colors(darkest=above_black(space)))).astype(np.float32)
    exact = color.convert(inside, space, "rgb")
    out = color.convert(inside, space, "rgb", dtype=dtype)
    assert out.dtype == dtype
    expected = exact if dtype == "float32" else as_dtype(np.clip(exact, 0, 1), dtype)
    if np.issubdtype(dtype, np.integer):  # where float32 and float64 see a tie otherwise
        off = np.abs(out.astype(int) - expected.astype(int))
        assert off.max() <= 1
        assert (off > 0).mean() < 0.002
    else:
        np.testing.assert_array_equal(out, expected)


@per_space
@pytest.mark.parametrize("seed", range(3))
def test_there_and_back(space, seed):
    image = colors(shape=(120, 130), seed=seed, darkest=above_black(space))
    back = color.convert(color.convert(image, "rgb", space), space, "rgb")
    tolerance = EXIT[space] + (INEXACT if space in LOGARITHMIC else LIGHT)
    np.testing.assert_allclose(back, image, atol=tolerance, rtol=0)


def there_and_back(image, space):
    inside = color.convert(image, "rgb", space)
    return color.convert(inside, space, "rgb", dtype=image.dtype)


@per_space
def test_8_bit_codes_survive(space):
    # Every sixteenth code and the last, 17^3 colours, and every grey; black as well.
    steps = np.append(np.arange(0, 256, 16), 255)
    cube = np.array(list(itertools.product(steps, repeat=3)), np.uint8)[None]
    greys = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    for image in (cube, greys):
        np.testing.assert_array_equal(there_and_back(image, space), image)


@pytest.mark.parametrize("space", [name for name in NAMES if name not in LOGARITHMIC])
def test_16_bit_codes_survive(space):
    # Half a code is 7.6e-6. One in a million colours, saturated with one dark channel, is farther
    # off in CIELAB (8.6e-6): float32 holds no more. None of these is.
    greys = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1).repeat(3, axis=2)
    some = np.random.default_rng(5).integers(0, 65536, (400, 500, 3), np.uint16)
    for image in (greys, some):
        np.testing.assert_array_equal(there_and_back(image, space), image)


# Published to four digits, e.g. by colour calculators that use the same white.
ANCHORS = {
    (0, 0, 0): (0, 0, 0),
    (1, 1, 1): (100, 0, 0),
    (1, 0, 0): (53.2408, 80.0925, 67.2032),
    (0, 1, 0): (87.7347, -86.1827, 83.1793),
    (0, 0, 1): (32.2970, 79.1875, -107.8602),
    (1, 1, 0): (97.1393, -21.5537, 94.4780),
    (0, 1, 1): (91.1132, -48.0875, -14.1312),
    (1, 0, 1): (60.3242, 98.2343, -60.8249),
}


@pytest.mark.parametrize("rgb", list(ANCHORS))
def test_cielab_of_the_corners(rgb):
    expected = np.array([[ANCHORS[rgb]]])
    # The digits, and that some calculators round the matrix to seven.
    np.testing.assert_allclose(color.convert(one(*rgb), "rgb", "lab"), expected, atol=3e-4)
    np.testing.assert_allclose(SPACES["lab"][0](np.array([[rgb]], float)), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("space", "white"),
    [
        ("linear", (1, 1, 1)),
        ("xyz", (0.95047, 1, 1.08883)),
        ("lab", (100, 0, 0)),
        ("ycbcr", (235, 128, 128)),
        ("hsv", (0, 0, 1)),
    ],
)
def test_white_is_exact(space, white):
    np.testing.assert_array_equal(color.convert(one(1, 1, 1), "rgb", space), one(*white))
    np.testing.assert_array_equal(color.convert(one(*white), space, "rgb"), one(1, 1, 1))


def test_grey_is_exact():
    grey = np.linspace(0, 1, 3000, dtype=np.float32).reshape(30, 100, 1).repeat(3, axis=2)
    lab = color.convert(grey, "rgb", "lab")
    assert (lab[..., 1:] == 0).all()
    assert (np.diff(lab[..., 0].ravel()) > 0).all()
    ycbcr = color.convert(grey, "rgb", "ycbcr")
    assert (ycbcr[..., 1:] == 128).all()
    hsv = color.convert(grey, "rgb", "hsv")
    assert (hsv[..., :2] == 0).all()
    for inside, space in ((lab, "lab"), (ycbcr, "ycbcr"), (hsv, "hsv")):
        back = color.convert(inside, space, "rgb")
        np.testing.assert_array_equal(back[..., 0], back[..., 1])
        np.testing.assert_array_equal(back[..., 0], back[..., 2])


@pytest.mark.parametrize(
    ("space", "black"),
    [
        ("linear", (0, 0, 0)),
        ("xyz", (0, 0, 0)),
        ("xyy", (0.95047 / 3.0393, 1 / 3.0393, 0)),
        ("lab", (0, 0, 0)),
        ("lab_d50", (0, 0, 0)),
        ("ycbcr", (16, 128, 128)),
        ("hsv", (0, 0, 0)),
        ("log_lms", (-1e6, -1e6, -1e6)),
    ],
)
def test_black_is_defined(space, black):
    inside = color.convert(one(0, 0, 0), "rgb", space)
    np.testing.assert_allclose(inside, one(*black), atol=2 * EPSILON, rtol=0)
    np.testing.assert_array_equal(color.convert(inside, space, "rgb"), one(0, 0, 0))


def test_black_of_lalphabeta_comes_back():
    inside = color.convert(one(0, 0, 0), "rgb", "lalphabeta")
    assert inside[0, 0, 0] < -30
    np.testing.assert_allclose(color.convert(inside, "lalphabeta", "rgb"), 0, atol=1e-30, rtol=0)


def test_a_chromaticity_without_luminance_is_black():
    for x, y in ((0, 0), (0.3, 0), (0.3, 0.3)):
        out = color.convert(one(x, y, 0), "xyy", "rgb")
        np.testing.assert_array_equal(out, one(0, 0, 0))


def test_hue_goes_round():
    hues = np.linspace(-2, 3, 601)
    hsv = np.stack([hues, np.full(601, 0.8), np.full(601, 0.9)], axis=-1)[None]
    out = color.convert(hsv.astype(np.float32), "hsv", "rgb")
    expected = SPACES["hsv"][1](np.concatenate([hsv[..., :1] % 1, hsv[..., 1:]], axis=-1))
    # A hue near 3 has steps of 2^-22, six of them a sector.
    np.testing.assert_allclose(out, expected, atol=6 * 2**-22 + 2 * EPSILON, rtol=0)


# Beyond 0..1 the curves go on, and the formulas with them.
@pytest.mark.parametrize("space", ["linear", "xyz", "lab", "lab_d50", "ycbcr"])
def test_colours_beyond_the_cube_are_the_formula(space):
    wide = (np.random.default_rng(3).random((40, 50, 3)) * 4 - 1.5).astype(np.float32)
    inside = color.convert(wide, "rgb", space)
    expected = SPACES[space][0](wide.astype(np.float64))
    size = np.abs(expected).max()  # errors are relative now
    np.testing.assert_allclose(inside, expected, atol=1e-6 * size, rtol=0)
    back = color.convert(inside, space, "rgb")
    np.testing.assert_allclose(back, wide, atol=10 * EXIT[space], rtol=0)  # light is up to 8 here


def test_half_floats_clip_and_floats_do_not():
    bright = one(110, 40, 90)
    assert color.convert(bright, "lab", "rgb").max() > 1.2
    assert color.convert(bright, "lab", "rgb", dtype="float16").max() == 1
    assert color.convert(bright, "lab", "rgb", dtype="uint16").max() == 65535
    assert color.convert(one(20, 90, 90), "lab", "rgb").min() < 0
    assert color.convert(one(20, 90, 90), "lab", "rgb", dtype="uint8").min() == 0


EXTREMES = np.array(
    [0, 1e-45, 1e-38, 1e-30, 1e-12, 1e-4, 0.04045, 0.5, 1, 1.5, 16, 128, 300, 1e4, 1e6, 3.4e38],
    np.float32,
)
EXTREMES = np.concatenate([-EXTREMES[:0:-1], EXTREMES])
EXTREME_COLORS = np.array(list(itertools.product(EXTREMES, repeat=3)), np.float32)[None]


@per_space
@pytest.mark.parametrize("target", NAMES)
def test_finite_colours_stay_finite(space, target):
    out = color.convert(EXTREME_COLORS, space, target)
    assert np.isfinite(out).all()


@per_space
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16"])
def test_extreme_colours_are_clipped(space, dtype):
    exact = color.convert(EXTREME_COLORS, space, "rgb")
    out = unit(color.convert(EXTREME_COLORS, space, "rgb", dtype=dtype))
    assert (out[exact >= 1] == 1).all()
    assert (out[exact <= 0] == 0).all()
    assert (out >= 0).all()
    assert (out <= 1).all()


@per_space
@per_dtype
def test_every_instruction_set_gives_the_same_bits(space, dtype):
    images = [colors(dtype, (33, 301), darkest=0.0)]
    if dtype == "float32":
        images.append(EXTREME_COLORS)
    for image in images:
        results = []
        for isa in ISAS:
            with forced(isa):
                inside = color.convert(image, "rgb", space)
                results.append((inside, color.convert(inside, space, "rgb", dtype=dtype)))
        for inside, back in results[1:]:
            np.testing.assert_array_equal(bits(inside), bits(results[0][0]))
            np.testing.assert_array_equal(bits(back), bits(results[0][1]))


@per_space
def test_leaving_gives_the_same_bits_on_every_instruction_set(space):
    results = []
    for isa in ISAS:
        with forced(isa):
            results.append(color.convert(EXTREME_COLORS, space, "rgb"))
    for result in results[1:]:
        np.testing.assert_array_equal(bits(result), bits(results[0]))


@pytest.mark.threads
@per_space
def test_threads_do_not_matter(space):
    image = colors("uint8", (300, 301))  # several groups of rows, and a last one that is short
    results = []
    for count in (1, 2, 4):
        with threads(count):
            inside = color.convert(image, "rgb", space)
            results.append((inside, color.convert(inside, space, "rgb")))
    for inside, back in results[1:]:
        np.testing.assert_array_equal(bits(inside), bits(results[0][0]))
        np.testing.assert_array_equal(bits(back), bits(results[0][1]))


@pytest.mark.parametrize("layout", list(LAYOUTS))
@per_dtype
def test_layouts_do_not_matter(layout, dtype):
    image = colors(dtype, (20, 270))
    laid = LAYOUTS[layout](image)
    before = image.copy()
    np.testing.assert_array_equal(
        bits(color.convert(laid, "rgb", "lab")), bits(color.convert(image, "rgb", "lab"))
    )
    np.testing.assert_array_equal(laid, before)
    lab = color.convert(image, "rgb", "lab")
    np.testing.assert_array_equal(
        bits(color.convert(LAYOUTS[layout](lab), "lab", "rgb", dtype=dtype)),
        bits(color.convert(lab, "lab", "rgb", dtype=dtype)),
    )


@pytest.mark.parametrize(
    "layout", [name for name in LAYOUTS if name not in ("misaligned", "read only")]
)
@per_dtype
def test_layouts_of_the_output_do_not_matter(layout, dtype):
    lab = color.convert(colors(shape=(20, 270)), "rgb", "lab")
    out = LAYOUTS[layout](np.zeros(lab.shape, dtype))
    _core.convert(lab, "lab", out, "rgb")
    np.testing.assert_array_equal(bits(out), bits(color.convert(lab, "lab", "rgb", dtype=dtype)))


@per_space
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (1, 300), (300, 1), (3, 257), (2, 16400)])
def test_every_size_is_the_same_pixels(space, shape):
    image = np.random.default_rng(2).random((*shape, 3)).astype(np.float32)
    out = color.convert(image, "rgb", space)
    for y, x in {(0, 0), (shape[0] - 1, shape[1] - 1), (shape[0] // 2, shape[1] // 2)}:
        alone = color.convert(image[y : y + 1, x : x + 1], "rgb", space)
        np.testing.assert_array_equal(bits(out[y, x]), bits(alone[0, 0]))


@per_space
def test_a_space_to_itself_is_a_copy(space):
    image = colors()
    out = color.convert(image, space, space)
    np.testing.assert_array_equal(bits(out), bits(image))
    assert not np.shares_memory(out, image)


@pytest.mark.parametrize(("dtype", "other"), [*itertools.permutations(DTYPES, 2)])
def test_rgb_to_rgb_changes_the_dtype(dtype, other):
    image = colors(dtype)
    out = color.convert(image, "rgb", "rgb", dtype=other)
    step = 1 / 255 if "uint8" in (dtype, other) else 2**-11
    step = 1 / 65535 if {dtype, other} == {"uint16", "float32"} else step
    np.testing.assert_allclose(unit(out), unit(image), atol=0.5 * step + LOAD, rtol=0)


@pytest.mark.parametrize(("source", "target"), [*itertools.permutations(NAMES, 2)])
def test_between_any_two_spaces(source, target):
    image = colors(darkest=0.02)
    inside = SPACES[source][0](unit(image)).astype(np.float32)
    out = color.convert(inside, source, target)
    via = color.convert(color.convert(inside, source, "rgb"), "rgb", target)
    np.testing.assert_array_equal(bits(out), bits(via))


def test_spaces_are_those_of_the_reference():
    assert set(color.spaces()) == set(NAMES)


@pytest.mark.parametrize("dtype", ["uint8", np.uint8, np.dtype("uint8")])
def test_a_dtype_may_be_given_as_numpy_has_it(dtype):
    assert color.convert(colors(), "rgb", "rgb", dtype=dtype).dtype == np.uint8


def test_pil_images_become_arrays():
    image = colors("uint8")
    lab = color.convert(Image.fromarray(image), "rgb", "lab")
    np.testing.assert_array_equal(lab, color.convert(image, "rgb", "lab"))


@needs_torch
@per_dtype
def test_tensors_stay_tensors(dtype):
    image = colors(dtype)
    planes = torch.from_numpy(np.moveaxis(image, -1, 0).copy())
    expected = color.convert(image, "rgb", "lab")
    lab = color.convert(planes, "rgb", "lab")
    assert lab.dtype == torch.float32
    np.testing.assert_array_equal(np.moveaxis(lab.numpy(), 0, -1), expected)
    back = color.convert(lab, "lab", "rgb", dtype=planes.dtype)
    assert back.dtype == planes.dtype
    expected = color.convert(expected, "lab", "rgb", dtype=dtype)
    np.testing.assert_array_equal(np.moveaxis(back.numpy(), 0, -1), expected)


@needs_torch
@pytest.mark.parametrize("layout", ["contiguous_format", "channels_last"])
def test_batches_of_tensors(layout):
    batch = torch.from_numpy(np.moveaxis(np.stack([colors(), colors(seed=1)]), -1, 1).copy())
    batch = batch.to(memory_format=getattr(torch, layout))
    lab = color.convert(batch, "rgb", "lab")
    assert lab.shape == batch.shape
    for out, image in zip(lab, batch, strict=True):
        np.testing.assert_array_equal(out, color.convert(image, "rgb", "lab"))


RGB = np.zeros((4, 5, 3), np.uint8)
LAB = np.zeros((4, 5, 3), np.float32)
LIST = ", ".join(color.spaces())

ERRORS = {
    "not an image": (
        lambda: color.convert([[0, 0, 0]], "rgb", "lab"),
        TypeError,
        "convert: image must be a NumPy array, a PIL image or a torch tensor, got list; "
        "convert with numpy.asarray(...)",
    ),
    "alpha": (
        lambda: color.convert(np.zeros((4, 5, 4), np.uint8), "rgb", "lab"),
        ValueError,
        "convert: image must have 3 channels, got 4, and alpha is no colour; pass image[..., :3]",
    ),
    "alpha of PIL": (
        lambda: color.convert(Image.new("RGBA", (5, 4)), "rgb", "lab"),
        ValueError,
        "convert: image must have 3 channels, got 4, and alpha is no colour; "
        "pass image.convert('RGB')",
    ),
    "double precision": (
        lambda: color.convert(LAB.astype(np.float64), "lab", "rgb"),
        TypeError,
        "convert: image must be uint8, uint16, float16 or float32, got float64; "
        "convert with image.astype('float32')",
    ),
    "NaN": (
        lambda: color.convert(LAB * np.float32("nan"), "lab", "rgb"),
        ValueError,
        "convert: image must be finite, got NaN or infinity; use numpy.nan_to_num(...)",
    ),
    "infinity": (
        lambda: color.convert(LAB + np.float32("inf"), "rgb", "lab"),
        ValueError,
        "convert: image must be finite, got NaN or infinity; use numpy.nan_to_num(...)",
    ),
    "codes of CIELAB": (
        lambda: color.convert(RGB, "lab", "rgb"),
        TypeError,
        "convert: image must be float32 for the source 'lab', got uint8; "
        "codes are of the source 'rgb'",
    ),
    "half floats of CIELAB": (
        lambda: color.convert(LAB.astype(np.float16), "lab", "rgb"),
        TypeError,
        "convert: image must be float32 for the source 'lab', got float16; "
        "convert with image.astype('float32')",
    ),
    "CIELAB as codes": (
        lambda: color.convert(RGB, "rgb", "lab", dtype="uint8"),
        TypeError,
        "convert: dtype must be float32 for the target 'lab', got uint8; "
        "only 'rgb' has codes and half floats",
    ),
    "a dtype that no image has": (
        lambda: color.convert(RGB, "rgb", "lab", dtype="float64"),
        TypeError,
        "convert: dtype must be uint8, uint16, float16 or float32, got 'float64'; "
        "use float32 and convert the result",
    ),
    "an unknown source": (
        lambda: color.convert(RGB, "RGB", "lab"),
        ValueError,
        f"convert: source must be one of {LIST}, got 'RGB'",
    ),
    "an unknown target": (
        lambda: color.convert(RGB, "rgb", "luv"),
        ValueError,
        f"convert: target must be one of {LIST}, got 'luv'",
    ),
    "a target that is no name": (
        lambda: color.convert(RGB, "rgb", None),
        ValueError,
        f"convert: target must be one of {LIST}, got None",
    ),
}


@pytest.mark.parametrize(("call", "kind", "message"), list(ERRORS.values()), ids=list(ERRORS))
def test_errors_say_what_to_do(call, kind, message):
    with pytest.raises(kind) as raised:
        call()
    assert type(raised.value) is kind
    assert str(raised.value) == message


@needs_torch
def test_alpha_of_a_tensor():
    with pytest.raises(ValueError, match=r"pass image\[\.\.\., :3, :, :\]$"):
        color.convert(torch.zeros(2, 4, 3, 5), "rgb", "lab")
