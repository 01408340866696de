"""Malformed files by the hundred: read, or refused by our own error, and nothing else happens.

In processes of their own, each file with 5 seconds to go: no crash, no hang, no word on standard
output or error but sentences of ours, and memory that a file cannot drive up.
`python tests/malformed.py 10000` does so with as many as one likes.
"""

import importlib.util
import io
import random
import struct

import image_files as files
import malformed
import numpy as np
import pytest
from harmonia import _core, _image_files
from harmonia import io as hio
from harmonia._image_files import exr_blocks, strips, tiff
from image_files import file_of
from isas import SANITIZER
from PIL import Image

COUNT = 500  # 286 until every damage has met every file
PART = 100  # where one in so many cases is asked for
MOST_MEMORY = 600  # MiB, with Python, NumPy and the codecs; 4 million pixels are 48 MiB of floats

# What OpenEXR and libtiff say by themselves of what is packed in ways that we do not look through.
KNOWN = (
    "Fax",
    "JPEGLib",
    "ZSTDDecode",
    "TWebPDecode",
    "WebPDecode",
    "OJPEG",
)


@pytest.fixture(scope="module")
def storm(tmp_path_factory, pytestconfig):
    count = COUNT if pytestconfig.getoption("one_in") == 1 else PART
    return (*malformed.run(tmp_path_factory.mktemp("storm"), count), count)


def ways(storm):
    return [one for one in storm[0] if one["way"] in ("read", "read_mask", "command")]


def test_every_file_is_read_or_refused_by_our_own_error(storm):
    wrong = [one for one in storm[0] if one["result"] not in ("read", "refused", "")]
    assert wrong == []
    _, _, count = storm
    for way in ("read", "read_mask", "command"):
        assert len([one for one in ways(storm) if one["way"] == way]) == count
        # Some come through, so that it is not the storm that refuses all.
        results = {one["result"] for one in ways(storm) if one["way"] == way}
        assert results == {"read", "refused"}


@pytest.mark.skipif(SANITIZER == "asan", reason="AddressSanitizer keeps what is freed")
def test_memory_is_bounded_by_the_limit_of_pixels(storm):
    assert max(one["peak"] for one in ways(storm)) < MOST_MEMORY


def test_nothing_is_printed_but_our_sentences(storm):
    assert [line for line in storm[1] if not line.startswith(KNOWN)] == []


def test_the_storm_is_the_same_whenever_it_is_made():
    once, again = (list(malformed.malformed(60)) for _ in range(2))
    assert once == again
    assert len({data for _, data in once}) > 50
    assert {name.split()[-1] for name, _ in malformed.malformed(COUNT)} == {
        damage.__name__ for damage in malformed.DAMAGES
    }


def test_whole_files_are_read(monkeypatch):
    monkeypatch.setenv("HARMONIA_MAX_PIXELS", "4000000")
    for name, data in malformed.whole_files().items():
        if importlib.util.find_spec("tifffile") is None and name in ("deep tiff", "float tiff"):
            continue
        assert hio.read(data).pixels.shape[:2] in (files.PIXELS.shape[:2], (37, 24)), name


def huge(name, side=100_000):
    """Heads of ten thousand million pixels, or of the most that a format can say."""
    window = b"dataWindow\0box2i\0" + struct.pack("<i4i", 16, 0, 0, side - 1, side - 1)
    ispe = b"\0\0\0\x14ispe" + struct.pack(">3I", 0, side, side)
    for kind, skipped in ((b"ipco", b""), (b"iprp", b""), (b"meta", b"\0" * 4)):
        ispe = struct.pack(">I4s", 8 + len(skipped) + len(ispe), kind) + skipped + ispe
    whole = bytearray(malformed.whole_files()["jpeg"])
    struct.pack_into(">HH", whole, whole.find(b"\xff\xc0") + 5, 65535, 65535)
    return {
        "PNG": files.png_header(side, side),
        "TIFF": files.tiff_header(side, side),
        "EXR": b"\x76\x2f\x31\x01\x02\0\0\0" + window + b"\0",
        "AVIF": b"\0\0\0\x14ftypavif\0\0\0\0mif1" + ispe,
        "WEBP": b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + struct.pack("<I", side)[:3] * 2,
        "JPEG": bytes(whole),  # 4.3 thousand million: there are no larger ones
    }[name]


@pytest.mark.parametrize("kind", list(_image_files.MODULES))
def test_no_codec_is_asked_of_ten_gigapixels(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(_image_files, "codec", None)
    path = tmp_path / "large"
    path.write_bytes(huge(kind) + bytes(1000))
    size = "65535 x 65535" if kind == "JPEG" else "10000[01] x 10000[01]"
    for read in (hio.read, hio.read_mask):
        with pytest.raises(hio.ImageFileError, match=rf"large: .*{size}.*HARMONIA_MAX_PIXELS"):
            read(path)


@pytest.mark.parametrize("offset", [1 << 62, (1 << 64) - 1, 8, 0])
def test_a_block_of_an_exr_that_lies_elsewhere_is_refused(offset):
    pytest.importorskip("OpenEXR")
    data = bytearray(malformed.whole_files()["exr"])
    struct.pack_into("<Q", data, exr_end(data), offset)
    with pytest.raises(hio.ImageFileError, match="cannot be decoded as EXR"):
        hio.read(bytes(data))


def exr_end(data):
    """Where the table of offsets begins."""
    *_, (_, _, _, stop) = exr_blocks._attributes(bytes(data))
    return stop + 1


@pytest.mark.parametrize("way", ["tiff_lzw", "packbits", "tiff_adobe_deflate", "lzma"])
def test_packed_strips_are_looked_through_before_libtiff_is_asked(way, monkeypatch):
    if f"{way} tiff" not in malformed.whole_files():
        pytest.skip(f"this Pillow writes no {way}")
    monkeypatch.setattr(tiff.pillow, "decode", None)  # it is not reached
    data = malformed.whole_files()[f"{way} tiff"]
    tags = tiff.first_directory(data)
    (start,) = tags.integers(data, 273)
    (length,) = tags.integers(data, 279)
    cut = bytearray(data)
    struct.pack_into("<I", cut, tags.entries[279].at, length // 2)
    empty = bytearray(data)
    empty[start : start + length] = bytes(length)
    far = bytearray(data)
    struct.pack_into("<I", far, tags.entries[273].at, len(data) - 10)
    for damaged, said in ((cut, "unpacks to fewer"), (empty, "unpacks"), (far, "outside the file")):
        with pytest.raises(hio.ImageFileError, match=said):
            hio.read(bytes(damaged))
    strips.check(data, tags)


@pytest.mark.parametrize("options", [{}, {"tile": (16, 32)}, {"rowsperstrip": 5}])
@pytest.mark.parametrize("way", ["zlib", "packbits", "lzw", "lzma", "zstd", "jpeg"])
def test_whole_strips_and_tiles_are_let_through(way, options):
    tifffile = pytest.importorskip("tifffile")
    if way not in ("zlib", "lzma"):
        pytest.importorskip("imagecodecs")
    for planes, order in (("contig", "<"), ("separate", ">")):
        for predictor in (False, True) if way in ("zlib", "lzw") else (False,):
            laid = files.PIXELS if planes == "contig" else np.moveaxis(files.PIXELS, 2, 0)
            if way == "jpeg" and planes == "separate":
                continue
            room = io.BytesIO()
            tifffile.imwrite(
                room,
                laid,
                photometric="rgb",
                planarconfig=planes,
                byteorder=order,
                compression=way,
                predictor=predictor,
                **options,
            )
            strips.check(room.getvalue(), tiff.first_directory(room.getvalue()))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr"])
@pytest.mark.parametrize("way", ["tiff_lzw", "packbits", "tiff_adobe_deflate", "lzma", "group4"])
def test_strips_of_every_mode_are_let_through(mode, way, monkeypatch):
    if way == "group4" and mode != "1":
        pytest.skip("fax is black and white")
    monkeypatch.setattr("PIL.TiffImagePlugin.STRIP_SIZE", 1000)
    image = Image.fromarray(files.alpha_of(files.PIXELS))
    image = image.convert("RGB" if mode not in ("LA", "RGBA") else "RGBA").convert(mode)
    try:
        data = file_of(image, "TIFF", compression=way)
    except (OSError, ValueError):
        pytest.skip(f"this Pillow writes no {way}")
    assert hio.read(data).pixels.shape[:2] == files.PIXELS.shape[:2]


def test_lzw_codes_come_to_what_an_obvious_decoder_gives():
    rng = np.random.default_rng(4)
    for step in (1, 16, 255):  # from noise, which fills the table, to runs
        noisy = (rng.integers(0, 256, (60, 70, 3)) // step * step).astype(np.uint8)
        data = file_of(Image.fromarray(noisy), "TIFF", compression="tiff_lzw")
        tags = tiff.first_directory(data)
        for start, length in zip(tags.integers(data, 273), tags.integers(data, 279), strict=True):
            packed = data[start : start + length]
            size = len(unpacked(packed))
            assert _core.tiff_lzw_size(packed, size) == size
            assert _core.tiff_lzw_size(packed, size + 1) == size
            assert _core.tiff_lzw_size(packed, 10) >= 10
            chance = random.Random(step)
            for _ in range(40):
                damaged = bytearray(packed[: chance.randrange(1, len(packed))])
                for _ in range(chance.randrange(3)):
                    damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
                text = unpacked(bytes(damaged))
                came = _core.tiff_lzw_size(bytes(damaged), 1 << 40)
                assert came == (0 if text is None else len(text))


def unpacked(packed):
    """LZW of TIFF 6.0, section 13; None where a code is in no table."""
    bits = "".join(f"{byte:08b}" for byte in packed)
    at, out, width = 0, b"", 9
    table, before = [bytes([i]) for i in range(256)] + [b""] * 2, None
    while at + width <= len(bits):
        code = int(bits[at : at + width], 2)
        at += width
        if code == 257:
            break
        if code == 256:
            table, before, width = table[:258], None, 9
            continue
        if before is None:
            if code > 255:
                return None
            text = table[code]
        elif code > len(table):
            return None
        else:
            text = table[code] if code < len(table) else before + before[:1]
            if len(table) < 4096:
                table.append(before + text[:1])
                width = min(12, width + (len(table) + 1 >= 1 << width))
        out, before = out + text, text
    return out
