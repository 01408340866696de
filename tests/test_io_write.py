"""harmonia.io.write: round trips, what is refused, and files that are whole or not there."""

import io
import os
import subprocess
import sys
from dataclasses import replace

import image_files as files
import numpy as np
import pytest
from harmonia import _atomic
from harmonia import io as hio
from harmonia._image_files import jpeg
from image_files import DEEP, FLOATS, PIXELS
from images import LAYOUTS, bits
from PIL import Image, JpegImagePlugin

LIKE = hio.Picture(PIXELS, "PNG", files.display_p3(), files.exif_of())
WAYS = {"png": {}, "webp": {"quality": 100}, "tiff": {}}


@pytest.mark.parametrize("layout", ["contiguous", "mirrored", "Fortran", "misaligned", "read only"])
@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("suffix", WAYS)
def test_lossless_formats_give_back_every_bit_and_what_stands_beside(
    suffix, alpha, layout, tmp_path
):
    pixels = LAYOUTS[layout](files.alpha_of(PIXELS) if alpha else PIXELS)
    path = tmp_path / f"picture.{suffix}"
    hio.write(path, pixels, like=LIKE, **WAYS[suffix])
    picture = hio.read(path)
    assert (picture.pixels == pixels).all()
    assert picture.icc == LIKE.icc
    assert files.said_by(picture.exif) == files.said_by(LIKE.exif)
    assert picture.notes == ()


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("pixels", [DEEP, FLOATS], ids=lambda pixels: str(pixels.dtype))
def test_deep_tiff_gives_back_every_bit_and_what_stands_beside(pixels, alpha, tmp_path):
    pytest.importorskip("tifffile")
    pixels = files.alpha_of(pixels) if alpha else pixels
    hio.write(tmp_path / "picture.tif", pixels, like=LIKE)
    picture = hio.read(tmp_path / "picture.tif")
    assert (bits(picture.pixels) == bits(pixels)).all()
    assert picture.icc == LIKE.icc
    assert files.said_by(picture.exif) == files.said_by(LIKE.exif)
    assert picture.notes == ()


def test_metadata_is_the_same_after_a_second_trip(tmp_path):
    for suffix, options in WAYS.items():
        hio.write(tmp_path / f"a.{suffix}", PIXELS, like=LIKE, **options)
        first = hio.read(tmp_path / f"a.{suffix}")
        hio.write(tmp_path / f"b.{suffix}", first.pixels, like=first, **options)
        assert hio.read(tmp_path / f"b.{suffix}").exif == first.exif


def test_jpeg_is_of_quality_95_with_whole_colours(tmp_path):
    hio.write(tmp_path / "picture.jpg", PIXELS, like=LIKE)
    with Image.open(tmp_path / "picture.jpg") as image:
        assert JpegImagePlugin.get_sampling(image) == 0  # 4:4:4
        same = Image.open(io.BytesIO(files.file_of(image, "JPEG", quality=95, subsampling=0)))
        assert image.quantization == same.quantization
    picture = hio.read(tmp_path / "picture.jpg")
    assert (picture.icc, picture.exif) == (LIKE.icc, LIKE.exif)


@pytest.mark.skipif(not files.HAS_AVIF, reason="needs a Pillow with AVIF")
def test_avif_keeps_what_stands_beside(tmp_path):
    pixels = files.alpha_of(PIXELS)
    hio.write(tmp_path / "picture.avif", pixels, like=LIKE)
    picture = hio.read(tmp_path / "picture.avif")
    assert picture.icc == LIKE.icc
    assert files.said_by(picture.exif) == files.said_by(LIKE.exif)
    assert picture.pixels.shape == pixels.shape


@pytest.mark.parametrize(
    ("name", "pixels", "said"),
    [
        ("a.jpg", DEEP, r"JPEG holds 8 bits a channel, the pixels are uint16; write a \.tiff or"),
        ("a.webp", DEEP, "WebP holds 8 bits"),
        ("a.avif", DEEP, "AVIF holds 8 bits"),
        ("a.png", FLOATS, "PNG .*float32"),
        ("a.jpg", FLOATS, "round them to uint8 first"),
        ("a.jpg", files.alpha_of(PIXELS), r"JPEG holds no alpha; .*pixels\[\.\.\., :3\]"),
        ("a.gif", PIXELS, r"the name must end in one of \.png, .*got '\.gif'"),
        ("a", PIXELS, "got 'no suffix'"),
    ],
)
def test_what_a_format_would_lose_is_refused(name, pixels, said, tmp_path):
    with pytest.raises(hio.ImageFileError, match=said) as caught:
        hio.write(tmp_path / name, pixels)
    assert str(tmp_path / name) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_exr_refuses_codes_and_metadata(tmp_path):
    pytest.importorskip("OpenEXR")
    with pytest.raises(hio.ImageFileError, match="EXR holds floats in linear light"):
        hio.write(tmp_path / "a.exr", DEEP)
    with pytest.raises(hio.ImageFileError, match="neither a colour profile nor EXIF"):
        hio.write(tmp_path / "a.exr", FLOATS, like=LIKE)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "said"),
    [
        (["a.png", PIXELS.tolist()], {}, TypeError, "must be a NumPy array, got list"),
        (["a.png", PIXELS[..., 0]], {}, ValueError, r"must have shape .*got \(24, 37\)"),
        (["a.png", PIXELS[:0]], {}, ValueError, r"got \(0, 37, 3\)"),
        (["a.png", PIXELS.astype(float)], {}, TypeError, "got float64; convert with"),
        (["a.png", PIXELS], {"like": "b.png"}, TypeError, "like must be a harmonia.io.Picture"),
        (["a.jpg", PIXELS], {"quality": 0}, ValueError, "quality must be an integer of 1..100"),
        (["a.jpg", PIXELS], {"quality": True}, ValueError, "got True"),
        (["a.jpg", PIXELS], {"format": "BMP"}, ValueError, "format must be one of PNG"),
        ([3, PIXELS], {}, TypeError, "target must be a path or an open binary file, got int"),
        ([io.BytesIO(), PIXELS], {}, ValueError, "format must be given for an open file"),
    ],
)
def test_wrong_arguments_are_named(arguments, options, error, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=said):
        hio.write(*arguments, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(tmp_path):
    path = tmp_path / "picture.png"
    hio.write(path, PIXELS)
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match=r"picture\.png is there.*overwrite=True"):
        hio.write(path, 255 - PIXELS)
    assert path.read_bytes() == before
    hio.write(path, 255 - PIXELS, overwrite=True)
    assert (hio.read(path).pixels == 255 - PIXELS).all()


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_a_file_that_comes_meanwhile_stays(links, tmp_path, monkeypatch):
    path = tmp_path / "picture.jpg"
    encode = jpeg.write

    def slow(*arguments, **options):
        path.write_bytes(b"another's")
        return encode(*arguments, **options)

    def refuse(*_):
        raise PermissionError("no links here")

    monkeypatch.setattr(jpeg, "write", slow)
    if not links:
        monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        hio.write(path, PIXELS)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"another's"]


def test_without_links_a_free_name_is_taken(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    hio.write(tmp_path / "picture.png", PIXELS)
    assert [file.name for file in tmp_path.iterdir()] == ["picture.png"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_write_that_fails_leaves_what_was_there(overwrite, tmp_path, monkeypatch):
    path = tmp_path / "picture.png"
    if overwrite:
        path.write_bytes(b"old")

    def full(_):
        raise OSError("no space left")

    monkeypatch.setattr(_atomic.os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        hio.write(path, PIXELS, overwrite=overwrite)
    monkeypatch.undo()
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"] * overwrite


def test_a_file_that_cannot_be_made_is_named_as_it_was_asked_for(tmp_path):
    path = tmp_path / "missing" / "picture.png"
    with pytest.raises(FileNotFoundError) as caught:
        _atomic.write(path, b"")
    assert caught.value.filename == str(path.resolve())


def test_an_open_file_gets_the_same_bytes(tmp_path):
    hio.write(tmp_path / "a.png", PIXELS)
    room = io.BytesIO()
    hio.write(room, PIXELS, format="png")
    assert room.getvalue() == (tmp_path / "a.png").read_bytes()


def test_exif_too_long_for_jpeg_names_the_file(tmp_path):
    like = hio.Picture(PIXELS, "PNG", exif=files.exif_of() + b"\0" * 70_000)
    with pytest.raises(hio.ImageFileError, match=r"a\.jpg: cannot be written as JPEG"):
        hio.write(tmp_path / "a.jpg", PIXELS, like=like)


def test_a_tiff_of_ours_is_read_by_pillow_and_tifffile(tmp_path):
    hio.write(tmp_path / "a.tif", files.alpha_of(PIXELS), like=LIKE)
    with Image.open(tmp_path / "a.tif") as image:
        assert (np.asarray(image) == files.alpha_of(PIXELS)).all()
        assert image.info["icc_profile"] == LIKE.icc
    tifffile = pytest.importorskip("tifffile")
    assert (tifffile.imread(tmp_path / "a.tif") == files.alpha_of(PIXELS)).all()


def test_a_missing_folder_is_an_os_error_that_names_it(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        hio.write(tmp_path / "nowhere" / "a.png", PIXELS)


def test_the_import_knows_no_codec():
    code = "import sys, harmonia.io; print({'PIL', 'imageio', 'tifffile'} & set(sys.modules))"
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_exr_gives_back_every_bit(tmp_path):
    pytest.importorskip("OpenEXR")
    light = files.alpha_of(FLOATS) * np.float32(7)
    hio.write(tmp_path / "a.exr", light)
    assert (bits(hio.read(tmp_path / "a.exr").pixels) == bits(light)).all()


@pytest.mark.parametrize("alpha", [False, True])
def test_sixteen_bit_png_gives_back_every_bit_and_what_stands_beside(alpha, tmp_path):
    pixels = files.alpha_of(DEEP) if alpha else DEEP
    chunks = {"gAMA": (45455,), "pHYs": (2835, 2835, 1)}
    like = hio.Picture(PIXELS, "PNG", files.display_p3(), files.exif_of(), ancillary=chunks)
    hio.write(tmp_path / "picture.png", pixels, like=like)
    picture = hio.read(tmp_path / "picture.png")
    assert (bits(picture.pixels) == bits(pixels)).all()
    assert (picture.icc, picture.exif, dict(picture.ancillary)) == (like.icc, like.exif, chunks)


@pytest.mark.parametrize("suffix", ["jpg", "tiff", "webp"])
def test_colours_that_a_format_cannot_name_are_refused(tmp_path, suffix):
    """Rec. 2100 PQ as a PNG says it; gamma and resolution are no such matter."""
    pixels = np.zeros((4, 5, 3), np.uint8)
    wide = hio.Picture(pixels, "PNG", ancillary={"cICP": (9, 16, 0, 1), "gAMA": (45455,)})
    path = tmp_path / f"picture.{suffix}"
    with pytest.raises(hio.ImageFileError, match=r"no place for cICP.*write a \.png, or leave"):
        hio.write(path, pixels, like=wide)
    assert not path.exists()
    hio.write(path, pixels, like=replace(wide, ancillary={"gAMA": (45455,)}))
    hio.write(tmp_path / "picture.png", pixels, like=wide)
    assert hio.read(tmp_path / "picture.png").ancillary["cICP"] == (9, 16, 0, 1)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*missing to write a.png to; make it"):
        hio.write(tmp_path / "missing" / "a.png", np.zeros((4, 5, 3), np.uint8))
