"""harmonia.io.read: every format, depth and colour type, upright, with profile and EXIF."""

import importlib.util
import io
import struct
import sys
import tempfile
from pathlib import Path

import image_files as files
import numpy as np
import pytest
from harmonia import _image_files
from harmonia import io as hio
from harmonia._image_files import sniff
from image_files import DEEP, FLOATS, PIXELS, file_of
from images import bits
from PIL import Image, ImageOps

HAS_TIFFFILE = pytest.mark.skipif(
    importlib.util.find_spec("tifffile") is None, reason="needs tifffile"
)


def image_of(pixels, mode="RGB"):
    return Image.fromarray(pixels).convert(mode)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("WEBP", {"lossless": True}),
    ],
)
@pytest.mark.parametrize("alpha", [False, True])
def test_lossless_files_hold_their_pixels(kind, options, alpha):
    pixels = files.alpha_of(PIXELS) if alpha else PIXELS
    if kind == "WEBP":
        options = {**options, "exact": True}
    picture = hio.read(file_of(Image.fromarray(pixels), kind, **options))
    assert (picture.pixels == pixels).all()
    assert (picture.format, picture.notes) == (kind, ())


def test_jpeg_is_decoded_as_by_pillow():
    data = file_of(image_of(PIXELS), "JPEG", quality=90)
    picture = hio.read(data)
    assert (picture.pixels == np.asarray(Image.open(io.BytesIO(data)))).all()
    assert (picture.format, picture.notes) == ("JPEG", ())


@pytest.mark.skipif(not files.HAS_AVIF, reason="needs a Pillow with AVIF")
def test_avif_is_decoded_as_by_pillow():
    data = file_of(Image.fromarray(files.alpha_of(PIXELS)), "AVIF", quality=90)
    picture = hio.read(data)
    assert (picture.pixels == np.asarray(Image.open(io.BytesIO(data)))).all()
    assert (picture.format, picture.notes) == ("AVIF", ())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "WEBP"])
def test_pixels_are_upright_and_exif_says_so(kind, orientation):
    options = {"lossless": True} if kind == "WEBP" else {}
    exif = b"Exif\0\0" + files.exif_of(orientation)
    data = file_of(image_of(PIXELS), kind, exif=exif, **options)
    tagged = Image.open(io.BytesIO(file_of(image_of(PIXELS), "PNG", exif=exif)))
    stored = Image.fromarray(hio.read(file_of(image_of(PIXELS), kind, **options)).pixels)
    stored.info["exif"] = tagged.info["exif"]
    picture = hio.read(data)
    assert (picture.pixels == np.asarray(ImageOps.exif_transpose(stored))).all()
    assert files.said_by(picture.exif) == files.said_by(files.exif_of())
    said = () if orientation == 1 else (f"orientation {orientation} applied",)
    assert picture.notes == said
    assert picture.pixels.flags.c_contiguous


def test_exif_of_jpeg_is_kept_to_the_byte_but_for_the_orientation():
    assert hio.read(
        file_of(image_of(PIXELS), "JPEG", exif=b"Exif\0\0" + files.exif_of(6))
    ).exif == files.exif_of(1)


def test_a_broken_exif_does_not_cost_the_picture():
    broken = files.exif_of(6)[:12]
    picture = hio.read(file_of(image_of(PIXELS), "WEBP", lossless=True, exif=broken))
    assert (picture.pixels == PIXELS).all()
    assert picture.notes == ()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_the_profile_is_kept_and_the_pixels_are_not_converted(kind):
    plain = hio.read(file_of(image_of(PIXELS), kind))
    picture = hio.read(file_of(image_of(PIXELS), kind, icc_profile=files.display_p3()))
    assert picture.icc == files.display_p3()
    assert (picture.pixels == plain.pixels).all()


def test_a_profile_that_fits_no_rgb_is_left_out_with_a_note():
    for icc in (files.inks(), b"no profile"):
        picture = hio.read(file_of(image_of(PIXELS), "PNG", icc_profile=icc))
        assert picture.icc is None
        assert picture.notes == ("the profile, damaged or of another colour space, left out",)


@pytest.mark.parametrize(
    ("mode", "note", "channels"),
    [
        ("L", "grey to RGB", 3),
        ("1", "1-bit to RGB", 3),
        ("P", "palette to RGB", 3),
        ("LA", "grey to RGB", 4),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_other_colour_types_become_rgb_with_a_note(kind, mode, note, channels):
    image = image_of(files.alpha_of(PIXELS), "RGBA" if mode == "LA" else "RGB").convert(mode)
    picture = hio.read(file_of(image, kind))
    expected = image.convert("RGBA" if channels == 4 else "RGB")
    assert (picture.pixels == np.asarray(expected)).all()
    assert picture.notes == (note,)


def plain_formula(inks):
    """R = (1 - C) (1 - K), in 0..255."""
    inks = inks.astype(np.float64) / 255
    return 255 * (1 - inks[..., :3]) * (1 - inks[..., 3:])


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile_goes_by_the_plain_formula(kind):
    flat = np.zeros((16, 16, 4), np.uint8) + np.uint8([20, 120, 200, 40])
    image = Image.frombytes("CMYK", (16, 16), flat.tobytes())
    options = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}
    picture = hio.read(file_of(image, kind, **options))
    # A code of rounding in each of two places, and in JPEG one more in each of two inks.
    assert np.abs(picture.pixels - plain_formula(flat)).max() <= 4
    assert picture.notes == ("CMYK to RGB by the plain formula",)
    assert picture.icc is None


def test_cmyk_without_the_marker_of_adobe_is_not_inverted():
    flat = np.zeros((16, 16, 4), np.uint8) + np.uint8([20, 120, 200, 40])
    inverted = Image.frombytes("CMYK", (16, 16), (255 - flat).tobytes())
    # Pillow stores 255 - (255 - flat) and says so by the marker.
    data = files.without_segment(file_of(inverted, "JPEG", quality=100, subsampling=0), 0xEE)
    assert np.abs(hio.read(data).pixels - plain_formula(flat)).max() <= 4


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_goes_by_its_profile(kind):
    """The profile makes every ink grey, which the plain formula never would."""
    flat = np.zeros((16, 16, 4), np.uint8) + np.uint8([255, 0, 0, 0])
    image = Image.frombytes("CMYK", (16, 16), flat.tobytes())
    options = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}
    picture = hio.read(file_of(image, kind, icc_profile=files.inks(), **options))
    assert picture.notes == ("CMYK to RGB by the embedded profile",)
    assert picture.icc is None
    assert np.ptp(picture.pixels, axis=2).max() <= 2  # neutral, but for the rounding of Lab
    assert 100 < picture.pixels.mean() < 250


def test_cmyk_with_a_damaged_profile_says_so():
    image = image_of(PIXELS, "CMYK")
    damaged = files.inks()[:200]
    picture = hio.read(file_of(image, "TIFF", icc_profile=damaged))
    said = "CMYK to RGB by the plain formula, as the embedded profile is damaged"
    assert picture.notes == (said,)


@HAS_TIFFFILE
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("pixels", [DEEP, FLOATS, FLOATS.astype(np.float16)], ids=lambda p: p.dtype)
def test_deep_tiff_holds_its_bits(pixels, planes, order):
    import tifffile

    room = io.BytesIO()
    laid = pixels if planes == "contig" else np.moveaxis(pixels, 2, 0)
    tifffile.imwrite(room, laid, byteorder=order, photometric="rgb", planarconfig=planes)
    picture = hio.read(room.getvalue())
    wanted = pixels if pixels.dtype == np.uint16 else pixels.astype(np.float32)
    assert picture.pixels.dtype == wanted.dtype
    assert (bits(picture.pixels) == bits(wanted)).all()
    assert picture.notes == ()


@HAS_TIFFFILE
@pytest.mark.parametrize("orientation", [3, 6])
def test_deep_tiff_is_turned_and_keeps_its_profile(orientation):
    import tifffile

    room = io.BytesIO()
    more = [(274, "H", 1, orientation, True)]
    icc = files.display_p3()
    tifffile.imwrite(room, DEEP, photometric="rgb", iccprofile=icc, extratags=more)
    picture = hio.read(room.getvalue())
    turned = {3: DEEP[::-1, ::-1], 6: np.rot90(DEEP, -1)}[orientation]
    assert (picture.pixels == turned).all()
    assert picture.notes == (f"orientation {orientation} applied",)
    assert picture.icc == icc


@HAS_TIFFFILE
def test_deep_grey_tiff_becomes_rgb_and_white_is_white():
    import tifffile

    for kind, pixels in (("minisblack", DEEP[..., 0]), ("miniswhite", 65535 - DEEP[..., 0])):
        room = io.BytesIO()
        tifffile.imwrite(room, pixels, photometric=kind)
        picture = hio.read(room.getvalue())
        assert (picture.pixels == DEEP[..., :1]).all()
        assert "grey to RGB" in picture.notes


def test_deep_tiff_without_tifffile_names_the_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "tifffile", None)
    data = file_of(Image.fromarray(DEEP[..., 0]), "TIFF")
    with pytest.raises(hio.ImageFileError, match=r"pip install 'harmonia\[tiff\]'"):
        hio.read(data)


def exr_of(**channels) -> bytes:
    library = pytest.importorskip("OpenEXR")
    header = {"compression": library.ZIP_COMPRESSION, "type": library.scanlineimage}
    with tempfile.TemporaryDirectory() as folder:
        library.File(header, channels).write(f"{folder}/a.exr")
        return Path(f"{folder}/a.exr").read_bytes()


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_exr_holds_its_bits(dtype):
    light = (FLOATS * 7 - 2).astype(dtype)  # which has no upper end
    planes = [np.ascontiguousarray(light[..., i]) for i in range(3)]
    picture = hio.read(exr_of(R=planes[0], G=planes[1], B=planes[2], A=planes[0]))
    wanted = light[..., [0, 1, 2, 0]].astype(np.float32)
    assert (bits(picture.pixels) == bits(wanted)).all()
    assert (picture.format, picture.notes) == ("EXR", ())


def test_exr_of_other_channels_is_said():
    plane = np.ascontiguousarray(FLOATS[..., 0])
    picture = hio.read(exr_of(Y=plane, Z=plane))
    assert (picture.pixels == plane[..., None]).all()
    assert picture.notes == ("grey to RGB", "the channels Z left out")
    with pytest.raises(hio.ImageFileError, match="must have the channels R, G and B, or Y, has Z"):
        hio.read(exr_of(Z=plane))
    codes = np.ones((4, 4), np.uint32)
    with pytest.raises(hio.ImageFileError, match=r"must be half or float.*R is uint32"):
        hio.read(exr_of(R=codes, G=codes, B=codes))


def test_a_damaged_exr_is_refused():
    planes = {name: np.ascontiguousarray(FLOATS[..., 0]) for name in "RGB"}
    data = exr_of(**planes)
    with pytest.raises(hio.ImageFileError, match="cannot be decoded as EXR"):
        hio.read(data[:-200])


def test_exr_without_its_library_names_the_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "OpenEXR", None)
    window = b"dataWindow\0box2i\0" + struct.pack("<i4i", 16, 0, 0, 7, 7)
    with pytest.raises(hio.ImageFileError, match=r"pip install 'harmonia\[exr\]'"):
        hio.read(b"\x76\x2f\x31\x01\x02\0\0\0" + window + b"\0")


def test_later_pictures_are_not_dropped_in_silence():
    first, second = image_of(PIXELS), image_of(255 - PIXELS)
    data = file_of(first, "TIFF", save_all=True, append_images=[second])
    picture = hio.read(data)
    assert (picture.pixels == PIXELS).all()
    assert picture.notes == ("the first picture of several",)


def test_paths_bytes_and_open_files_are_the_same(tmp_path):
    data = file_of(image_of(PIXELS), "PNG")
    path = tmp_path / "picture.jpg"  # the bytes say what it is, not the name
    path.write_bytes(data)
    with path.open("rb") as file:
        for source in (path, str(path), data, io.BytesIO(data), file):
            assert (hio.read(source).pixels == PIXELS).all()
    with pytest.raises(TypeError, match=r"read: source must be a path.*got ndarray"):
        hio.read(PIXELS)


def headers(width, height):
    exr = b"dataWindow\0box2i\0" + struct.pack("<i4i", 16, 0, 0, width - 1, height - 1)
    yield "PNG", files.png_header(width, height)
    yield "TIFF", files.tiff_header(width, height)
    yield "EXR", b"\x76\x2f\x31\x01\x02\0\0\0" + exr + b"\0"


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "EXR"])
def test_ten_gigapixels_are_refused_before_a_codec_is_asked(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(_image_files, "codec", None)
    path = tmp_path / "large"
    path.write_bytes(dict(headers(100_000, 100_000))[kind])
    with pytest.raises(hio.ImageFileError, match=r"large: .*100000 x 100000.*HARMONIA_MAX_PIXELS"):
        hio.read(path)


def test_the_limit_is_the_environments(monkeypatch):
    data = file_of(image_of(PIXELS), "PNG")
    pixels = PIXELS.shape[0] * PIXELS.shape[1]
    monkeypatch.setenv("HARMONIA_MAX_PIXELS", str(pixels))
    hio.read(data)
    monkeypatch.setenv("HARMONIA_MAX_PIXELS", str(pixels - 1))
    with pytest.raises(hio.ImageFileError, match=f"the limit is {pixels - 1}"):
        hio.read(data)
    monkeypatch.setenv("HARMONIA_MAX_PIXELS", "many")
    with pytest.raises(ValueError, match="must be a positive integer, got 'many'"):
        hio.read(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_pillows_own_limit_stays_out_of_it(kind, monkeypatch):
    """Warnings are errors here, so that a bomb warning would show. WebP asks it for an error."""
    data = file_of(image_of(PIXELS), kind)
    pixels = PIXELS.shape[0] * PIXELS.shape[1]
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", pixels - 1 if kind == "WEBP" else 1)
    assert hio.read(data).pixels.shape == PIXELS.shape


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("size", [(1, 1), (37, 24), (300, 17)])
def test_the_header_says_what_the_decoder_finds(kind, size):
    if kind == "AVIF" and not files.HAS_AVIF:
        pytest.skip("needs a Pillow with AVIF")
    for mode in ("RGB",) if kind == "JPEG" else ("RGB", "RGBA"):
        for options in ({}, {"lossless": True}) if kind == "WEBP" else ({},):
            found = sniff.sniff(file_of(Image.new(mode, size), kind, **options))
            assert found == (kind, *size, 8)


def test_avif_without_its_codec_names_the_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.AvifImagePlugin", None)
    monkeypatch.delattr("PIL.AvifImagePlugin", raising=False)
    size = b"\0\0\0\x14ispe" + struct.pack(">3I", 0, 7, 7)
    boxes = size
    for kind, skipped in ((b"ipco", b""), (b"iprp", b""), (b"meta", b"\0" * 4)):
        boxes = struct.pack(">I4s", 8 + len(skipped) + len(boxes), kind) + skipped + boxes
    with pytest.raises(hio.ImageFileError, match=r"AVIF needs a Pillow built with it; pip install"):
        hio.read(b"\0\0\0\x14ftypavif\0\0\0\0mif1" + boxes)
