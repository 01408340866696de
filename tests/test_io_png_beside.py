"""What a PNG says beside its pixels: kept, or dropped with a note."""

import io
import struct
import zlib

import numpy as np
import pytest
from harmonia._image_files import png
from harmonia._image_files.decoded import Beside
from PIL import Image
from reference import png as reference

RGB = np.random.default_rng(0).integers(0, 256, (6, 7, 3), np.uint8)
GREY = RGB[..., :1]
PALETTE = reference.chunk(b"PLTE", bytes(range(12)))
one = reference.chunk


def read(data):
    return png.read(data, 1 << 20)


def profile(space=b"RGB ", size=600, said=None):
    head = struct.pack(">I", size if said is None else said) + bytes(12) + space + bytes(16)
    return (head + b"acsp").ljust(size, b"x")


EXIF = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x0112, 3, 1, 6, 0)
SAID = {
    "sRGB": (0,),
    "gAMA": (45455,),
    "cHRM": (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000),
    "pHYs": (3780, 3780, 1),
    "cICP": (9, 16, 0, 1),
    "cLLI": (10000000, 4000000),
    "mDCV": (35400, 14600, 8500, 39850, 6550, 2300, 15635, 16450, 10000000, 1),
}


def iccp(content, name=b"name", method=b"\0"):
    return reference.chunk(b"iCCP", name + b"\0" + method + zlib.compress(content))


def test_what_the_file_says_comes_back():
    picture = read(png.write(RGB, Beside(exif=EXIF, ancillary=SAID)))
    assert (picture.icc, picture.exif, picture.notes) == (None, EXIF, ())
    assert picture.ancillary == SAID


def test_a_profile_comes_back_instead_of_srgb():
    picture = read(png.write(RGB, Beside(icc=profile(), ancillary=SAID)))
    assert picture.icc == profile()
    assert picture.notes == ()
    assert picture.ancillary == {kind: said for kind, said in SAID.items() if kind != "sRGB"}


def test_pillow_finds_profile_exif_and_resolution():
    data = png.write(RGB, Beside(icc=profile(), exif=b"Exif\0\0" + EXIF, ancillary=SAID))
    with Image.open(io.BytesIO(data)) as there:
        there.load()
        assert there.info["icc_profile"] == profile()
        assert there.info["exif"].removeprefix(b"Exif\0\0") == EXIF
        assert there.getexif()[0x0112] == 6
        assert there.info["dpi"] == pytest.approx((96, 96), abs=0.02)  # 3780 pixels a metre


def test_what_pillow_says_is_found():
    file = io.BytesIO()
    Image.fromarray(RGB).save(file, "PNG", icc_profile=profile(), exif=EXIF, dpi=(300, 300))
    picture = read(file.getvalue())
    assert (picture.icc, picture.exif, picture.notes) == (profile(), EXIF, ())
    assert picture.ancillary["pHYs"] == (11811, 11811, 1)


TRNS = one(b"tRNS", bytes(6))
DROPPED = {
    "iCCP that is no deflate": (one(b"iCCP", b"a\0\0zzzz"), "iCCP dropped: it does not inflate"),
    "iCCP without a name": (iccp(profile(), b""), "iCCP dropped: expected a name"),
    "iCCP by another method": (iccp(profile(), method=b"\1"), "iCCP dropped: expected a name"),
    "iCCP of nothing": (one(b"iCCP"), "iCCP dropped: expected a name"),
    "iCCP cut": (iccp(profile(said=601)), "the profile, damaged or"),
    "iCCP too short": (
        iccp(profile(size=100)),
        "the profile, damaged or",
    ),
    "iCCP of something": (iccp(b"\0\0\2\0" + bytes(700)), "the profile, damaged or"),
    "iCCP of grey": (iccp(profile(b"GRAY")), "the profile, of grey pixels, left out"),
    "iCCP of CMYK": (iccp(profile(b"CMYK")), "the profile, damaged or of another colour space"),
    "iCCP without end": (iccp(profile(size=1 << 25)), "iCCP dropped: more than 16777216 bytes"),
    "iCCP with a wrong checksum": (one(b"iCCP", b"", 1), "iCCP dropped: a wrong checksum"),
    "eXIf without byte order": (one(b"eXIf", b"12345678"), "eXIf dropped: expected a byte order"),
    "eXIf of nothing": (one(b"eXIf"), "eXIf dropped: expected a byte order"),
    "eXIf twice": (2 * one(b"eXIf", EXIF), "eXIf dropped: there twice"),
    "gAMA too short": (one(b"gAMA", b"abc"), "gAMA dropped: 4 bytes expected, 3 there"),
    "pHYs too long": (one(b"pHYs", bytes(10)), "pHYs dropped: 9 bytes expected, 10 there"),
    "tRNS too short": (one(b"tRNS", b"ab"), "tRNS dropped: 2 bytes, for RGB"),
    "tRNS twice": (TRNS + TRNS, "tRNS dropped: there twice"),
    "an animation": (one(b"acTL", bytes(8)), "animation to its first image"),
}


@pytest.mark.parametrize("case", DROPPED)
def test_what_is_broken_beside_the_pixels_is_dropped_with_a_note(case):
    before, said = DROPPED[case]
    picture = read(reference.encode(RGB, 2, 8, before=before))
    assert np.array_equal(picture.pixels[..., :3], RGB)
    assert [note for note in picture.notes if note.startswith(said)]


def test_a_profile_of_grey_is_not_passed_on_with_rgb():
    data = reference.encode(GREY, 0, 8, before=iccp(profile(b"GRAY")))
    picture = read(data)
    assert picture.icc is None
    assert picture.notes == ("grey to RGB", "the profile, of grey pixels, left out")


def test_order_and_ends_are_said():
    plain = GREY // 64
    swapped = one(b"tRNS", b"\1") + PALETTE + one(b"gAMA", bytes(4))
    picture = read(reference.encode(plain, 3, 2, before=swapped) + b"abc")
    assert picture.notes == (
        "palette to RGB",
        "tRNS dropped: before the palette",
        "gAMA dropped: behind the palette",
        "3 bytes behind the end dropped",
    )
    picture = read(reference.encode(RGB, 2, 8, behind=one(b"eXIf", EXIF) + TRNS))
    assert (picture.exif, picture.notes) == (EXIF, ("tRNS dropped: behind the pixels",))


def test_a_note_stands_once_and_a_whole_chunk_replaces_a_damaged_one():
    before = 3 * one(b"eXIf", EXIF, 1) + one(b"eXIf", EXIF)
    picture = read(reference.encode(RGB, 2, 8, before=before))
    assert (picture.exif, picture.notes) == (EXIF, ("eXIf dropped: a wrong checksum",))


XMP = b"<x:xmpmeta>\xc3\xa4</x:xmpmeta>"


def itxt(content, packed=b"\0", way=b"\0"):
    return one(b"iTXt", b"XML:com.adobe.xmp\0" + packed + way + b"\0\0" + content)


@pytest.mark.parametrize("chunk", [itxt(XMP), itxt(zlib.compress(XMP), b"\1")])
def test_xmp_is_kept_to_the_byte(chunk):
    picture = read(reference.encode(RGB, 2, 8, before=chunk))
    assert (picture.xmp, picture.notes) == (XMP, ())
    assert read(png.write(RGB, Beside(xmp=picture.xmp))).xmp == XMP


@pytest.mark.parametrize(
    ("chunk", "said"),
    [
        (itxt(zlib.compress(bytes(1 << 25)), b"\1"), "XMP dropped: more than 16777216 bytes"),
        (itxt(b"zz", b"\1"), "XMP dropped: it does not inflate"),
        (itxt(XMP, b"\2"), "XMP dropped: expected a text"),
        (itxt(XMP, b"\1", b"\1"), "XMP dropped: expected a text"),
        (one(b"iTXt", b"XML:com.adobe.xmp\0\0\0a"), "XMP dropped: expected a text"),
        (one(b"iTXt", b"XML:com.adobe.xmp\0", 1), "XMP dropped: a wrong checksum"),
    ],
)
def test_broken_xmp_is_dropped_with_a_note(chunk, said):
    picture = read(reference.encode(RGB, 2, 8, before=chunk))
    assert picture.xmp is None
    assert [note for note in picture.notes if note.startswith(said)]


def test_text_and_strange_chunks_are_left_out_with_a_note():
    before = one(b"tEXt", b"a\0b") + one(b"zTXt", b"a\0\0zz") + one(b"abCd", b"z", 5)
    picture = read(reference.encode(RGB, 2, 8, before=before))
    assert picture.notes == ("the chunks abCd, tEXt, zTXt left out",)


def test_resolution_is_that_of_metres():
    assert read(png.write(RGB, Beside(resolution=(300, 72)))).ancillary["pHYs"] == (11811, 2835, 1)
    assert read(png.write(RGB, Beside(ancillary=SAID))).resolution == (3780 * 0.0254, 3780 * 0.0254)
    assert read(png.write(RGB, Beside(ancillary={"pHYs": (2, 1, 0)}))).resolution is None
