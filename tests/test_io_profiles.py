"""harmonia.io.to_srgb and profiles_differ: against littleCMS, and every kind of curve."""

import io
import struct
from dataclasses import replace

import image_files as files
import numpy as np
import pytest
from harmonia import io as hio
from harmonia._image_files import icc
from image_files import DEEP, FLOATS, PIXELS
from PIL import Image, ImageCms

CODES = np.random.default_rng(5).integers(0, 256, (64, 61, 3), np.uint8)
EDGES = np.stack(np.meshgrid(*[[0, 1, 2, 9, 127, 128, 254, 255]] * 3), axis=-1).reshape(-1, 8, 3)

SRGB = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
# XYZ of red, green and blue under D50, as the profiles of these names have them.
MATRICES = {
    name: tuple(numbers[at : at + 3] for at in (0, 3, 6))
    for name, numbers in {
        "Display P3": (0.5151, 0.2412, -0.0011, 0.292, 0.6922, 0.0419, 0.1571, 0.0666, 0.7841),
        "Adobe RGB": (0.6097, 0.3111, 0.0195, 0.2053, 0.6257, 0.0609, 0.1492, 0.0632, 0.7446),
        "ProPhoto": (0.7977, 0.28804, 0.0, 0.13519, 0.71188, 0.0, 0.03135, 0.00009, 0.82491),
        "sRGB": (0.43607, 0.22249, 0.01392, 0.38515, 0.71687, 0.09708, 0.14307, 0.06061, 0.7141),
    }.items()
}


def para(kind, *numbers):
    return b"para" + struct.pack(">IHH", 0, kind, 0) + files._fixed(*numbers)


def curv(*nodes):
    return b"curv" + struct.pack(f">II{len(nodes)}H", 0, len(nodes), *nodes)


def table_of(size):
    """The curve of sRGB in nodes."""
    x = np.linspace(0, 1, size)
    light = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    return curv(*np.rint(light * 65535).astype(int).tolist())


CURVES = {
    "type 0": para(0, 1.8),
    "type 1": para(1, 2.2, 1.1, -0.1),
    "type 2": para(2, 2.2, 0.9, 0.05, 0.01),
    "type 3": para(3, *SRGB),
    "type 4": para(4, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0.0, 0.0),
    "identity": curv(),
    "gamma": curv(round(2.2 * 256)),
    "table of 1024": table_of(1024),
    "table of 17": table_of(17),
}


def profile_of(matrix="Display P3", curve=CURVES["type 3"], name=b"a name", **more):
    tags = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), MATRICES[matrix], strict=True))
    tags = {tag: b"XYZ \0\0\0\0" + files._fixed(*value) for tag, value in tags.items()}
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + files._fixed(0.9642, 1.0, 0.8249)
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    tags |= {b"desc": files._described(name), b"cprt": b"text\0\0\0\0none\0"}
    tags |= {tag.encode(): said for tag, said in more.items()}
    return files._profile(b"RGB ", b"XYZ ", b"mntr", tags)


def picture_of(pixels, profile):
    return hio.Picture(pixels, "PNG", profile)


def by_littlecms(pixels, profile):
    return np.asarray(
        ImageCms.profileToProfile(
            Image.fromarray(pixels),
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=1,
            outputMode="RGB",
            flags=0x0100,  # each pixel through curves and matrix, no table of the whole
        )
    )


def linear(codes, top):
    x = codes.astype(np.float64) / top
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("matrix", ["Display P3", "Adobe RGB", "ProPhoto"])
@pytest.mark.parametrize("curve", CURVES)
def test_deep_pixels_come_out_as_from_littlecms(matrix, curve):
    """Both round to 8 bits: where they differ, by one code, and ours was near the middle of two.

    littleCMS holds curves as tables of 16 bits and sRGB inverted as one of 4096 nodes; its light
    is right to about 2^-16, which is 12.92 * 255 / 65536 = 0.05 codes where sRGB is steepest.
    """
    profile = profile_of(matrix, CURVES[curve])
    for pixels in (CODES, EDGES.astype(np.uint8)):
        deep = hio.to_srgb(picture_of(pixels.astype(np.uint16) * 257, profile)).pixels / 257
        floats = hio.to_srgb(picture_of((pixels / 255).astype(np.float32), profile)).pixels * 255
        assert np.abs(deep - floats).max() <= 0.5 / 257 + 0.001
        expected = by_littlecms(pixels, profile)
        assert np.abs(deep - expected).max() <= 0.5 + 0.1


def test_sixteen_bits_come_out_as_from_littlecms_at_sixteen_bits():
    imagecodecs = pytest.importorskip("imagecodecs")
    codes = np.random.default_rng(6).integers(0, 65536, (64, 61, 3), np.uint16)
    for matrix in ("Display P3", "Adobe RGB", "ProPhoto"):
        profile = profile_of(matrix)
        expected = imagecodecs.cms_transform(
            codes, profile, icc.srgb(), colorspace="rgb", outcolorspace="rgb", intent=1, flags=0x100
        )
        ours = hio.to_srgb(picture_of(codes, profile)).pixels
        # A matrix in steps of 2^-16 on either side, three products a channel with an inverse
        # whose rows sum to at most 5.3 in absolute value, and curves of 16 bits.
        light = np.abs(linear(ours, 65535) - linear(expected, 65535))
        assert light.max() <= 5.3 * 3 * 2**-16


@pytest.mark.parametrize("matrix", ["Display P3", "Adobe RGB", "ProPhoto"])
def test_eight_bits_go_through_littlecms_and_agree_with_the_formula(matrix):
    profile = profile_of(matrix)
    pixels = files.alpha_of(CODES)
    shallow = hio.to_srgb(picture_of(pixels, profile))
    deep = hio.to_srgb(picture_of(pixels.astype(np.uint16) * 257, profile))
    # Its fast way for 8 bits holds light in 14 bits: 3 / 2^15 * 12.92 * 255 = 0.3 codes, rounded.
    assert np.abs(shallow.pixels[..., :3] - deep.pixels[..., :3] / 257).max() <= 0.5 + 0.3 + 0.1
    assert (shallow.pixels[..., 3] == pixels[..., 3]).all()
    assert (deep.pixels[..., 3] == pixels[..., 3].astype(np.uint16) * 257).all()


def test_grey_stays_grey_and_white_white():
    ramp = np.repeat(np.arange(65536, dtype=np.uint16).reshape(256, 256, 1), 3, axis=2)
    for matrix in ("Display P3", "Adobe RGB", "ProPhoto"):
        out = hio.to_srgb(picture_of(ramp, profile_of(matrix)))
        assert np.ptp(out.pixels.astype(int), axis=2).max() <= 16  # the matrix has 16 bits
        assert out.pixels[0, 0].tolist() == [0, 0, 0]
        assert out.pixels[-1, -1].min() >= 65535 - 4
        assert out.notes == ("converted to sRGB",)


def test_what_came_of_it_is_said_and_can_be_written(tmp_path):
    wide = np.zeros((10, 10, 3), np.uint16)
    wide[:1, :, 1] = 65535  # a green that sRGB has not
    chunks = {"gAMA": (45455,), "pHYs": (1, 1, 1)}
    before = hio.Picture(wide, "PNG", profile_of(), files.exif_of(), ("note",), chunks, b"<x/>")
    out = hio.to_srgb(before)
    assert out.notes == ("note", "converted to sRGB", "10 % of the pixels, outside sRGB, clipped")
    assert (out.exif, out.xmp, dict(out.ancillary)) == (
        files.exif_of(),
        b"<x/>",
        {"pHYs": (1, 1, 1)},
    )
    assert before.pixels[0, 0].tolist() == [0, 65535, 0]
    hio.write(tmp_path / "a.png", out.pixels, like=out)
    again = hio.read(tmp_path / "a.png")
    assert again.icc == out.icc == icc.srgb()
    assert hio.to_srgb(again) is again


def test_our_profile_of_srgb_is_one_to_littlecms():
    opened = ImageCms.getOpenProfile(io.BytesIO(icc.srgb()))
    assert ImageCms.getProfileDescription(opened).strip() == "sRGB"
    assert np.abs(by_littlecms(CODES, icc.srgb()).astype(int) - CODES).max() == 0


def test_the_matrix_of_srgb_is_that_of_its_primaries():
    def xyz(x, y):
        return np.array([x / y, 1, (1 - x - y) / y])

    columns = np.stack([xyz(0.64, 0.33), xyz(0.3, 0.6), xyz(0.15, 0.06)], axis=1)
    white, d50 = xyz(0.3127, 0.329), np.array(icc.D50)
    bradford = np.array(
        [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    )
    adapt = np.linalg.inv(bradford) @ np.diag((bradford @ d50) / (bradford @ white)) @ bradford
    made = adapt @ (columns * np.linalg.solve(columns, white))
    assert np.abs(made - icc.SRGB_TO_XYZ).max() < 1e-9
    assert np.abs(np.linalg.inv(made) - icc.XYZ_TO_SRGB).max() < 1e-8
    assert np.abs(adapt - icc.D65_TO_D50).max() < 1e-6


@pytest.mark.parametrize("curve", ["type 3", "type 4", "table of 1024"])
@pytest.mark.parametrize("pixels", [PIXELS, DEEP, FLOATS], ids=lambda p: str(p.dtype))
def test_a_picture_in_srgb_keeps_every_bit(pixels, curve):
    for profile in (None, files.srgb(), profile_of("sRGB", CURVES[curve])):
        picture = picture_of(pixels, profile)
        assert hio.to_srgb(picture) is picture


TABLES = {"A2B0": b"mft2" + bytes(100)}


@pytest.mark.parametrize(
    ("profile", "pixels", "said"),
    [
        (profile_of(**TABLES), DEEP, r"a profile of tables and uint16 .*round it to uint8 first"),
        (profile_of(**TABLES), FLOATS, "a profile of tables and float32"),
        (profile_of(curve=para(5, *SRGB)), DEEP, "a curve of the type 5"),
        (profile_of(curve=b"abcd" + bytes(20)), DEEP, "a curve of the kind b'abcd'"),
        (profile_of(curve=curv(0)), DEEP, "a curve of the exponent 0"),
        (profile_of(curve=para(0, -1)), DEEP, "a curve of the exponent -1"),
        (profile_of(curve=para(1, 2.2, 0, 1)), DEEP, "the profile is damaged"),
        (profile_of(curve=b"curv" + struct.pack(">II", 0, 1 << 31)), DEEP, "2147483648 nodes"),
        (profile_of(curve=b"curv" + struct.pack(">II", 0, 4096)), DEEP, "the profile is damaged"),
        (profile_of(curve=b"para"), DEEP, "the profile is damaged"),
        (profile_of()[:300], DEEP, "the tag .* lies outside it"),
        (profile_of()[:140], PIXELS, "the profile is damaged"),
        (profile_of()[:128] + b"\xff" * 40, PIXELS, "the profile is damaged"),
        (b"no profile" * 20, PIXELS, "the profile is damaged"),
    ],
)
def test_what_cannot_be_converted_is_an_error_with_the_cure(profile, pixels, said):
    with pytest.raises(hio.ProfileError, match=f"^to_srgb: picture.*{said}"):
        hio.to_srgb(picture_of(pixels, profile))


def test_colours_said_in_other_ways_are_refused():
    plain = hio.Picture(DEEP, "PNG")
    for wide in (
        replace(plain, format="EXR"),
        replace(plain, ancillary={"cICP": (9, 16, 0, 1)}),
        replace(plain, ancillary={"gAMA": (100000,)}),
    ):
        with pytest.raises(hio.ProfileError, match=r"has no profile but .*embed a profile"):
            hio.to_srgb(wide)
        assert hio.profiles_differ(wide, plain)
        assert not hio.profiles_differ(wide, wide)
    for same in ({"cICP": (1, 13, 0, 1)}, {"gAMA": (45455,)}, {"sRGB": (0,), "gAMA": (1,)}):
        assert not hio.profiles_differ(plain, replace(plain, ancillary=same))
    with pytest.raises(TypeError, match=r"to_srgb: picture must be a harmonia\.io\.Picture"):
        hio.to_srgb(DEEP)


def test_profiles_differ_where_colours_do():
    def differ(one, two):
        return {
            hio.profiles_differ(picture_of(PIXELS, a), picture_of(PIXELS, b))
            for a, b in ((one, two), (two, one))
        }

    p3 = profile_of()
    assert differ(p3, profile_of(curve=CURVES["table of 1024"], name=b"another")) == {False}
    assert differ(None, files.srgb()) == {False}
    assert differ(p3, None) == {True}
    assert differ(p3, profile_of(curve=CURVES["gamma"])) == {True}
    assert differ(p3, profile_of("Adobe RGB")) == {True}
    tables = profile_of(**TABLES)
    assert differ(tables, profile_of(name=b"another", **TABLES)) == {False}
    assert differ(tables, profile_of(A2B0=b"mft2" + bytes(99) + b"x")) == {True}
    assert differ(tables, p3) == {True}
    assert differ(b"damaged", b"damaged") == {False}
    assert differ(b"damaged", b"otherwise") == {True}


def test_floats_beyond_0_and_1_are_clipped_and_huge_formulas_are_finite():
    light = np.array([[[-1.0, 0.5, 9.0]]], np.float32)
    for curve in (CURVES["type 3"], para(1, 32767, 32767, 1)):
        out = hio.to_srgb(picture_of(light, profile_of(curve=curve))).pixels
        assert ((out >= 0) & (out <= 1)).all()
