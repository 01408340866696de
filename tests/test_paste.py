"""A cut-out over a background: every pixel, every depth, every place."""

import harmonia
import numpy as np
import pytest
from harmonia._resize import antialiased_resize
from harmonia.composite import paste
from hypothesis import given
from hypothesis import strategies as st
from images import as_dtype, bits, level, scene, soft_disc, unit, with_alpha
from reference import paste as reference

DTYPES = ("uint8", "uint16", "float32")
per_dtype = pytest.mark.parametrize("dtype", DTYPES)
BACKGROUND, _ = scene(23, 31)
CUTOUT = np.dstack([scene(11, 9, seed=1)[0], soft_disc(11, 9)])


def cutout(dtype):
    return as_dtype(CUTOUT, dtype)


@per_dtype
@pytest.mark.parametrize("at", [(4, 6), (-3, -5), (27, 17), (-2, 15)])
@pytest.mark.parametrize("alpha", [False, True], ids=["opaque", "with alpha"])
def test_every_pixel_is_the_foreground_over_the_background(dtype, at, alpha):
    below = as_dtype(BACKGROUND, dtype)
    below = with_alpha(below) if alpha else below
    out, mask = paste(cutout(dtype), below, at=at)
    expected, share = reference.paste(unit(cutout(dtype)), unit(below), *at)
    assert (out.shape, out.dtype) == (below.shape, below.dtype)
    assert mask.dtype == ("uint8" if dtype == "uint8" and not alpha else "float32")
    # As for `composite`: two products and a sum in float32, and one rounding to the type.
    tolerance = 0.5 * level(dtype) + 8 * 2**-24
    np.testing.assert_allclose(unit(out), expected, atol=tolerance, rtol=0)
    np.testing.assert_allclose(unit(mask), share, atol=2**-24, rtol=0)


@per_dtype
@pytest.mark.parametrize("alpha", [False, True], ids=["opaque", "with alpha"])
def test_bits_are_the_backgrounds_where_nothing_is_pasted(dtype, alpha):
    below = as_dtype(BACKGROUND, dtype)
    below = with_alpha(below) if alpha else below
    below[5, 5] = -0.0 if dtype == "float32" else 0  # which a sum would make 0.0
    out, mask = paste(cutout(dtype), below, at=(5, 5))
    assert (mask == 0).any()
    np.testing.assert_array_equal(bits(out)[mask == 0], bits(below)[mask == 0])


@per_dtype
def test_bits_are_the_foregrounds_where_it_is_opaque(dtype):
    above = cutout(dtype)
    out, _ = paste(above, as_dtype(BACKGROUND, dtype), at=(7, 3))
    opaque = unit(above[..., 3]) == 1
    assert opaque.any()
    there = out[3:14, 7:16]
    np.testing.assert_array_equal(bits(there[opaque]), bits(above[..., :3][opaque]))


def test_a_background_without_any_alpha_shows_the_foregrounds_colour():
    below = np.dstack([as_dtype(BACKGROUND, "uint8"), np.zeros(BACKGROUND.shape[:2], np.uint8)])
    out, mask = paste(cutout("uint8"), below, at=(0, 0))
    seen = cutout("uint8")[..., 3] > 0
    np.testing.assert_array_equal(out[:11, :9][seen], cutout("uint8")[seen])
    assert (mask[:11, :9][seen] == 1).all()


def test_the_middle_is_where_it_goes_unless_told():
    below = as_dtype(BACKGROUND, "uint8")
    centred, mask = paste(cutout("uint8"), below)
    told, _ = paste(cutout("uint8"), below, at=((31 - 9) // 2, (23 - 11) // 2))
    np.testing.assert_array_equal(centred, told)
    np.testing.assert_array_equal(mask[6:17, 11:20], cutout("uint8")[..., 3])


def test_what_is_larger_than_the_background_is_cropped_around_its_middle():
    large = np.pad(cutout("uint8"), ((20, 20), (30, 30), (0, 0)))
    below = as_dtype(BACKGROUND, "uint8")
    for got, wanted in zip(paste(large, below), paste(cutout("uint8"), below), strict=True):
        np.testing.assert_array_equal(got, wanted)


@per_dtype
def test_shrinking_averages_light_and_leaves_no_rim(dtype):
    # Every colour is one, and the transparent pixels hide a glaring other: it must not show.
    red, glare = np.array([0.8, 0.2, 0.1]), np.array([0.0, 1.0, 0.0])
    alpha = soft_disc(48, 48)
    picture = np.dstack([np.where(alpha[..., None] > 0, red, glare), alpha])
    above = as_dtype(picture, dtype)
    black = as_dtype(np.zeros((24, 24, 3)), dtype)
    out, mask = paste(above, black, scale=0.25)
    placed = unit(mask)[6:18, 6:18]
    # Bicubic and the mean of 4 x 4 pixels are both averages: of a ramp they are near each other.
    expected = reference.scaled(unit(above), 4)
    np.testing.assert_allclose(placed, expected[..., 3], atol=0.06)
    thick = placed > 0.05
    colour = unit(out)[6:18, 6:18][thick] / placed[thick][:, None]
    # Each of three roundings to a code, of the colour twice, over a weight of at least 0.05.
    np.testing.assert_allclose(
        colour, np.broadcast_to(red, colour.shape), atol=1.5 * level(dtype) / 0.05
    )


@per_dtype
@pytest.mark.parametrize("scale", [0.4, 2.5])
def test_an_opaque_cut_out_is_resized_as_a_picture_is(dtype, scale):
    picture = as_dtype(scene(20, 30, seed=4)[0], dtype)
    above = np.dstack([picture, as_dtype(np.ones((20, 30)), dtype)])
    size = round(20 * scale), round(30 * scale)
    out, mask = paste(above, np.zeros((*size, 3), dtype), scale=scale)
    assert (unit(mask) == 1).all()
    expected = np.clip(antialiased_resize(picture, size), 0, 1)
    # Rounded to the nearest code; the alpha of sums of weights is 1 but for their roundings.
    tolerance = 2**-20 + (0 if dtype == "float32" else 0.5 * level(dtype))
    np.testing.assert_allclose(unit(out), expected, atol=tolerance, rtol=0)


@pytest.mark.parametrize("options", [{}, {"scale": 1}, {"scale": 1.0}], ids=str)
def test_a_scale_of_one_keeps_every_bit(options):
    """Also of colours under faint alphas, by which they are not multiplied and divided again."""
    above = cutout("float32")
    transparent = np.zeros((*above.shape[:2], 4), np.float32)
    out, _ = paste(above, transparent, **options)
    seen = above[..., 3] > 0
    np.testing.assert_array_equal(bits(out[seen]), bits(above[seen]))


@given(
    st.integers(-40, 40),
    st.integers(-40, 40),
    st.sampled_from([0.01, 0.4, 1, 2.7]),
    st.sampled_from(DTYPES),
)
def test_any_place_gives_a_picture_or_says_that_it_is_outside(left, top, scale, dtype):
    below = as_dtype(BACKGROUND, dtype)
    height, width = max(1, round(11 * scale)), max(1, round(9 * scale))
    inside = -width < left < 31 and -height < top < 23
    if not inside:
        with pytest.raises(ValueError, match="paste: at must let the foreground"):
            paste(cutout(dtype), below, at=(left, top), scale=scale)
        return
    out, mask = paste(cutout(dtype), below, at=(left, top), scale=scale)
    np.testing.assert_array_equal(bits(out)[mask == 0], bits(below)[mask == 0])
    harmonia.harmonize(out, mask, "mkl")  # the mask is what it takes


def test_inputs_are_left_alone_and_may_be_read_only():
    above, below = cutout("uint8"), as_dtype(BACKGROUND, "uint8")
    kept = above.copy(), below.copy()
    above.flags.writeable = below.flags.writeable = False
    out, _ = paste(above[:, ::-1], below[::-1], scale=0.7)
    np.testing.assert_array_equal(above, kept[0])
    np.testing.assert_array_equal(below, kept[1])
    assert not np.shares_memory(out, below)


WRONG = {
    "no alpha": (cutout("uint8")[..., :3], {}, ValueError, r"foreground must have .* \(H, W, 4\)"),
    "a list": ([[1]], {}, TypeError, "foreground must be a NumPy array"),
    "empty": (cutout("uint8")[:0], {}, ValueError, "foreground must have shape"),
    "float64": (CUTOUT, {}, TypeError, "foreground must be uint8, uint16 or float32"),
    "another depth": (
        cutout("uint16"),
        {},
        TypeError,
        "foreground must be uint8 like the background",
    ),
    "floats for a place": (cutout("uint8"), {"at": (1.5, 2)}, ValueError, "at must be"),
    "one number for a place": (cutout("uint8"), {"at": 3}, ValueError, "at must be"),
    "no size": (cutout("uint8"), {"scale": 0}, ValueError, "scale must be"),
    "beyond all": (cutout("uint8"), {"scale": float("inf")}, ValueError, "scale must be"),
    "a truth for a size": (cutout("uint8"), {"scale": True}, ValueError, "scale must be"),
    "a truth for a place": (cutout("uint8"), {"at": (True, 2)}, ValueError, "at must be"),
    "three numbers for a place": (cutout("uint8"), {"at": (1, 2, 3)}, ValueError, "at must be"),
    "a grey cut-out": (cutout("uint8")[..., 0], {}, ValueError, "foreground must have shape"),
    "no number": (cutout("uint8"), {"scale": float("nan")}, ValueError, "scale must be"),
    "a text": (cutout("uint8"), {"scale": "2"}, ValueError, "scale must be"),
    "too large": (
        cutout("uint8"),
        {"scale": 1e5},
        ValueError,
        f"scale must leave the foreground at most {2**28} pixels, got 900000 x 1100000",
    ),
    "outside": (cutout("uint8"), {"at": (31, 0)}, ValueError, "at must let"),
}


def test_the_largest_that_is_pasted(monkeypatch):
    monkeypatch.setattr("harmonia.composite._MOST_PIXELS", 22 * 18)
    below = as_dtype(BACKGROUND, "uint8")
    _, mask = paste(cutout("uint8"), below, scale=2)
    assert mask.any()
    with pytest.raises(ValueError, match=r"at most 396 pixels, got 19 x 23 by 2\.1"):
        paste(cutout("uint8"), below, scale=2.1)


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(case):
    above, options, kind, said = WRONG[case]
    with pytest.raises(kind, match=f"^paste: {said}"):
        paste(above, as_dtype(BACKGROUND, "uint8"), **options)


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.5, 1.5])
def test_floats_lie_within_0_and_1(value):
    above, below = cutout("float32"), as_dtype(BACKGROUND, "float32")
    above[2, 3, 3] = value
    with pytest.raises(ValueError, match=r"^paste: foreground of floats must be within 0\.\.1"):
        paste(above, below)
    below[2, 3, 1] = value
    with pytest.raises(ValueError, match=r"^paste: background of floats must be within 0\.\.1"):
        paste(cutout("float32"), below)
