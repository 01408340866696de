"""Damaged image files: every one is read, or refused by harmonia's own error that names it."""

import functools
import importlib.util
import io
import random
import struct
import warnings
import zlib

import image_files as files
import numpy as np
import pytest
from harmonia import io as hio
from harmonia._image_files.directory import first_directory
from image_files import DEEP, FLOATS, PIXELS, file_of
from malformed import cut, flip_bits, repeat_a_part
from PIL import Image


@functools.cache
def whole_files():
    """Small files of every format with all that may stand beside the pixels."""
    beside = {"exif": b"Exif\0\0" + files.exif_of(6), "icc_profile": files.display_p3()}
    rgb, rgba = Image.fromarray(PIXELS), Image.fromarray(files.alpha_of(PIXELS))
    inks = rgb.convert("CMYK")
    made = {
        "png": file_of(rgba, "PNG", **beside),
        "deep png": _file_of(DEEP, "PNG"),
        "palette png": file_of(rgb.convert("P"), "PNG", **beside),
        "jpeg": file_of(rgb, "JPEG", **beside),
        "progressive jpeg": file_of(rgb, "JPEG", progressive=True, **beside),
        "cmyk jpeg": file_of(inks, "JPEG", icc_profile=files.inks()),
        "webp": file_of(rgba, "WEBP", **beside),
        "lossless webp": file_of(rgba, "WEBP", lossless=True, **beside),
        "tiff": file_of(rgb, "TIFF", **beside),
        "lzw tiff": file_of(rgba, "TIFF", compression="tiff_lzw"),
        "deep tiff": _file_of(DEEP, "TIFF"),
        "float tiff": _file_of(FLOATS, "TIFF"),
    }
    if files.HAS_AVIF:
        made["avif"] = file_of(rgba, "AVIF", **beside)
    return made


def _file_of(pixels, kind):
    room = io.BytesIO()
    like = hio.Picture(pixels, kind, files.display_p3(), files.exif_of(6))
    hio.write(room, pixels, like=like, format=kind)
    return room.getvalue()


def lie_in_the_header(data, chance):
    """Numbers of four bytes near the start become 0, small or enormous."""
    changed = bytearray(data)
    order = chance.choice("<>")
    for _ in range(chance.choice([1, 2, 4])):
        value = chance.choice([0, 1, 65535, 65536, 2**31 - 1, 2**32 - 1])
        struct.pack_into(f"{order}I", changed, chance.randrange(min(len(data) - 4, 400)), value)
    return bytes(changed)


def append_noise(data, chance):
    return data[: chance.randrange(8, 64)] + chance.randbytes(chance.randrange(2000))


DAMAGES = [cut, flip_bits, lie_in_the_header, repeat_a_part, append_noise]


def damaged(count=260, seed=20261121):
    names = sorted(whole_files())
    for number in range(count):
        chance = random.Random(seed + number)
        name, damage = names[number % len(names)], DAMAGES[number // len(names) % len(DAMAGES)]
        yield f"{number} {name} {damage.__name__}", damage(whole_files()[name], chance)


def outcome_of(data):
    """A picture, or our own error; any other goes on. Of damage, codecs may warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return hio.read(data)
        except hio.ImageFileError as error:
            return error


def check_outcome(outcome):
    if isinstance(outcome, hio.ImageFileError):
        assert str(outcome).startswith("<bytes>: ")
    else:
        assert outcome.pixels.shape[2] in (3, 4)
        assert outcome.pixels.dtype in (np.uint8, np.uint16, np.float32)


def test_the_files_are_read_before_they_are_damaged():
    pytest.importorskip("tifffile")
    for name, data in whole_files().items():
        assert isinstance(outcome_of(data), hio.Picture), name


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damaged_files_are_read_or_refused_by_our_own_error(damage, monkeypatch):
    monkeypatch.setenv("HARMONIA_MAX_PIXELS", "4000000")
    outcomes = [outcome_of(data) for name, data in damaged() if name.endswith(damage.__name__)]
    assert len(outcomes) >= 40
    for outcome in outcomes:
        check_outcome(outcome)
    assert {type(outcome) for outcome in outcomes} >= {hio.ImageFileError}  # the damage is one


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n", "a PNG begins with"),
        (files.png_header(0, 7), "the header says 0 x 7 pixels"),
        (files.png_header(7, 0), "the header says 7 x 0 pixels"),
        (files.tiff_header(0, 7), "the header says 0 x 7 pixels"),
        (files.tiff_header(7, 7, (322, 65536), (323, 65536)), "tiles of 65536 x 65536"),
        (files.tiff_header(7, 7)[:20], "outside the file; it is cut short"),
        (b"II+\0" + b"\0" * 20, "BigTIFF is not read"),
        (b"\xff\xd8\xff\xe0", "a JPEG without a frame header"),
        (b"\xff\xd8\xff\xd9", "a JPEG without a frame header"),
        (b"\xff\xd8\xff\xe0\0\1", "a JPEG segment of 1 bytes"),
        (b"\xff\xd8\xff\xc0\0\x11\x0c\0\x08\0\x08\3", "a JPEG of 12 bits"),
        (b"RIFF\0\0\0\0WEBPVP8X", "ends within its header"),
        (b"RIFF\0\0\0\0WEBPABCD", "a WebP begins with VP8"),
        (b"\0\0\0\x14ftypavif\0\0\0\0mif1", "an AVIF without the size"),
        (b"\0\0\0\x08ftypavif", "an AVIF without"),
        (b"\x76\x2f\x31\x01\x02\0\0\0\0", "an EXR without a data window"),
        (b"\x76\x2f\x31\x01\x02\0\0\0", "ends within its header"),
        (b"\x76\x2f\x31\x01\x02\0\0\0name without an end", "ends within its header"),
        (b"%!PS-Adobe", "must be PNG, JPEG, WebP, TIFF, AVIF or EXR"),
    ],
)
def test_headers_that_say_nothing_sensible_are_named(data, said):
    with pytest.raises(hio.ImageFileError, match=said):
        hio.read(data)


@pytest.mark.skipif(not files.HAS_AVIF, reason="needs a Pillow with AVIF")
def test_an_avif_of_ten_bits_is_not_rounded_to_eight():
    data = bytearray(whole_files()["avif"])
    data[data.index(b"av1C") + 6] |= 0x40  # high_bitdepth
    with pytest.raises(hio.ImageFileError, match="an AVIF of 10 bits a channel is not read"):
        hio.read(bytes(data))


def test_a_jpeg_may_end_anywhere():
    whole = whole_files()["progressive jpeg"]
    for length in range(3, whole.index(b"\xff\xda") + 2):
        assert isinstance(outcome_of(whole[:length]), hio.ImageFileError)


def test_a_file_that_is_too_large_is_not_read_to_its_end():
    file = io.BytesIO(files.png_header(100_000, 100_000) + b"\0" * 1_000_000)
    with pytest.raises(hio.ImageFileError, match="100000 x 100000"):
        hio.read(file)
    assert file.tell() < 10_000


def test_a_strip_that_inflates_to_more_than_its_pixels_is_refused():
    pytest.importorskip("tifffile")
    data = bytearray(_file_of(DEEP, "TIFF"))
    entries = first_directory(bytes(data)).entries
    bomb = zlib.compress(b"\0" * (DEEP.nbytes + 1000))
    struct.pack_into("<I", data, entries[273].at, len(data))  # where the strip begins
    struct.pack_into("<I", data, entries[279].at, len(bomb))
    with pytest.raises(hio.ImageFileError, match=r"inflates to more|cannot be decoded as TIFF"):
        hio.read(bytes(data) + bomb)


def test_compressions_that_need_imagecodecs_say_so():
    if importlib.util.find_spec("imagecodecs") is not None:
        pytest.skip("imagecodecs is here")
    pytest.importorskip("tifffile")
    deep = Image.fromarray(DEEP[..., 0])
    with pytest.raises(hio.ImageFileError, match="imagecodecs"):
        hio.read(file_of(deep, "TIFF", compression="tiff_lzw"))
