"""Image files whose headers or strips say nothing sensible: each is refused in a sentence."""

import importlib.util
import io
import struct
import zlib

import image_files as files
import malformed
import pytest
from harmonia import io as hio
from harmonia._image_files.directory import first_directory
from image_files import DEEP, file_of
from PIL import Image


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
    data = bytearray(malformed.whole_files()["avif"])
    data[data.index(b"av1C") + 6] |= 0x40  # high_bitdepth
    with pytest.raises(hio.ImageFileError, match="an AVIF of 10 bits a channel is not read"):
        hio.read(bytes(data))


def test_a_jpeg_may_end_anywhere():
    whole = malformed.whole_files()["progressive jpeg"]
    for length in range(3, whole.index(b"\xff\xda") + 2):
        with pytest.raises(hio.ImageFileError, match=r"^<bytes>: "):
            hio.read(whole[:length])


def test_a_file_that_is_too_large_is_not_read_to_its_end():
    file = io.BytesIO(files.png_header(100_000, 100_000) + b"\0" * 1_000_000)
    with pytest.raises(hio.ImageFileError, match="100000 x 100000"):
        hio.read(file)
    assert file.tell() < 10_000


def test_a_strip_that_inflates_to_more_than_its_pixels_is_refused():
    pytest.importorskip("tifffile")
    data = bytearray(malformed.ours(DEEP, "TIFF"))
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
