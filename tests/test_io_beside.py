"""What stands beside the pixels, from format to format: XMP, resolution, and what has no place."""

import io
import struct
import warnings
from dataclasses import replace

import image_files as files
import numpy as np
import pytest
from harmonia import io as hio
from harmonia._image_files import exif
from image_files import FLOATS, PIXELS, file_of
from PIL import Image

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="1"/>\xc3\xa4</x:xmpmeta>'
LIKE = hio.Picture(PIXELS, "PNG", files.display_p3(), files.exif_of(), xmp=XMP)
FORMATS = ["PNG", "JPEG", "WEBP", "TIFF"] + ["AVIF"] * files.HAS_AVIF


def written(kind, like, pixels=PIXELS, **options):
    room = io.BytesIO()
    hio.write(room, pixels, like=like, format=kind, **options)
    return room.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
def test_xmp_is_kept_to_the_byte_beside_profile_and_exif(kind):
    picture = hio.read(written(kind, LIKE))
    assert picture.xmp == XMP
    assert picture.icc == LIKE.icc
    assert files.said_by(picture.exif) == files.said_by(LIKE.exif)
    assert picture.notes == ()


@pytest.mark.parametrize("kind", FORMATS)
def test_xmp_stands_where_pillow_looks_for_it(kind):
    with Image.open(io.BytesIO(written(kind, LIKE))) as image:
        image.load()
        if kind == "TIFF":
            found = image.tag_v2[700]
        elif kind == "JPEG":  # older ones tell the segments alone
            found = next(said for _, said in image.applist if XMP in said).partition(b"\0")[2]
        else:
            found = image.info.get("xmp") or image.info["XML:com.adobe.xmp"].encode()
    assert found == XMP


@pytest.mark.parametrize("kind", ["WEBP", "TIFF"])
def test_xmp_of_pillow_is_found(kind):
    options = {"xmp": XMP} if kind == "WEBP" else {"tiffinfo": {700: XMP}}
    assert hio.read(file_of(Image.fromarray(PIXELS), kind, **options)).xmp == XMP


def test_deep_tiff_keeps_xmp():
    pytest.importorskip("tifffile")
    picture = hio.read(written("TIFF", LIKE, FLOATS))
    assert (picture.xmp, picture.notes) == (XMP, ())


def test_xmp_too_long_for_jpeg_names_the_cure():
    written("JPEG", replace(LIKE, xmp=b"x" * 65504))
    with pytest.raises(hio.ImageFileError, match=r"holds 65504 bytes of XMP, there are 65505; wri"):
        written("JPEG", replace(LIKE, xmp=b"x" * 65505))
    assert hio.read(written("PNG", replace(LIKE, xmp=b"x" * 65505))).xmp == b"x" * 65505


def test_the_orientation_that_xmp_repeats_is_that_of_the_upright_pixels():
    forms = (b'tiff:Orientation="6"', b"tiff:Orientation = '6'", b"<tiff:Orientation>6</")
    for form in forms:
        assert exif.upright_xmp(form + b" b='6'") == form.replace(b"6", b"1") + b" b='6'"
    turned = replace(LIKE, exif=files.exif_of(6), xmp=XMP.replace(b'"1"', b'"6"'))
    assert hio.read(written("WEBP", turned, quality=100)).xmp == XMP
    upright = replace(turned, exif=files.exif_of(1))  # then it is not what made the pixels turn
    assert hio.read(written("WEBP", upright, quality=100)).xmp == turned.xmp


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("stored", [None, files.exif_of()], ids=["no EXIF", "EXIF"])
def test_resolution_comes_back_or_its_loss_is_said(kind, stored):
    like = hio.Picture(PIXELS, "JPEG", exif=stored, resolution=(300.0, 72.0))
    if stored and kind in ("WEBP", "AVIF"):
        with pytest.warns(hio.LossWarning, match=f"<file>: {kind} has no place for the resolution"):
            data = written(kind, like)
        assert hio.read(data).resolution is None
        return
    # PNG counts whole pixels a metre, of which half a one is 0.0127 of an inch.
    assert hio.read(written(kind, like)).resolution == pytest.approx((300, 72), abs=0.0127)


def test_resolution_goes_from_every_format_to_every_format_and_back():
    for first in FORMATS:
        for second in FORMATS:
            like = hio.Picture(PIXELS, first, resolution=(300.0, 72.0))
            there = hio.read(written(first, like))
            back = hio.read(written(first, hio.read(written(second, there))))
            assert back.resolution == pytest.approx(there.resolution, abs=0.0127), (first, second)


def test_jpeg_in_centimetres_and_turned_pixels_keep_their_resolution():
    data = bytearray(file_of(Image.fromarray(PIXELS), "JPEG", exif=b"Exif\0\0" + files.exif_of(6)))
    jfif = data.index(b"JFIF\0")
    struct.pack_into(">BHH", data, jfif + 7, 2, 100, 50)
    assert hio.read(bytes(data)).resolution == (127, 254)  # upright, across is what was down
    struct.pack_into(">BHH", data, jfif + 7, 0, 1, 1)
    assert hio.read(bytes(data)).resolution is None


@pytest.mark.parametrize(
    ("ancillary", "said"),
    [
        ({"gAMA": (100000,)}, "gAMA, which say"),
        ({"cHRM": (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)}, "cHRM, which say"),
        ({"pHYs": (2, 1, 0)}, "pHYs, which says that pixels are not square"),
    ],
)
def test_what_only_a_png_says_is_not_lost_in_silence(ancillary, said):
    like = hio.Picture(PIXELS, "PNG", ancillary=ancillary)
    with pytest.warns(hio.LossWarning, match=f"<file>: TIFF has no place for {said}") as caught:
        written("TIFF", like)
    assert [warning.filename for warning in caught] == [__file__]
    written("PNG", like)


def test_what_says_no_more_than_srgb_is_no_loss():
    said = {"gAMA": (45455,), "cHRM": (31269, 32899, 63999, 33001, 30000, 60000, 15000, 5999)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        written("JPEG", hio.Picture(PIXELS, "PNG", ancillary=said))
        written("JPEG", hio.Picture(PIXELS, "PNG", ancillary={"gAMA": (100000,), "sRGB": (0,)}))
        icc = files.display_p3()
        written("JPEG", hio.Picture(PIXELS, "PNG", icc, ancillary={"gAMA": (100000,)}))


def test_segments_and_tags_that_are_not_carried_are_said():
    data = file_of(Image.fromarray(PIXELS), "JPEG", comment=b"hello")
    irb = b"\xff\xed\0\x10Photoshop 3.0\0"
    assert hio.read(data[:2] + irb + data[2:]).notes == (
        "its comment left out",
        "the segment APP13 left out",
    )
    tiff = file_of(Image.fromarray(PIXELS), "TIFF", tiffinfo={33723: b"IPTC", 269: "a name"})
    assert hio.read(tiff).notes == ("the tags 269, 33723 left out",)


def test_xmp_that_is_no_bytes_is_dropped_with_a_note():
    pytest.importorskip("tifffile")
    data = bytearray(written("TIFF", LIKE, FLOATS))
    at = data.index(struct.pack("<HHI", 700, 1, len(XMP)))
    struct.pack_into("<H", data, at + 2, 2)  # ASCII
    picture = hio.read(bytes(data))
    assert (picture.xmp, picture.notes) == (None, ("XMP dropped: it is damaged",))
    assert (picture.pixels == FLOATS).all()


def test_exr_says_that_it_holds_no_resolution():
    pytest.importorskip("OpenEXR")
    light = FLOATS.astype(np.float32)
    with pytest.warns(hio.LossWarning, match="EXR has no place for the resolution"):
        written("EXR", hio.Picture(PIXELS, "PNG", resolution=(72, 72)), light)
    with pytest.raises(hio.ImageFileError, match="nor EXIF nor XMP"):
        written("EXR", hio.Picture(PIXELS, "PNG", xmp=XMP), light)
