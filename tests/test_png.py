"""PNG in and out: no bit is lost, and nothing wrong gets in."""

import io
import re
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from harmonia._lut_files import png
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image
from reference import png as reference

RANDOM = np.random.default_rng(0)
per_dtype = pytest.mark.parametrize("dtype", ["uint8", "uint16"])


def codes(shape, dtype):
    return RANDOM.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


def read(data):
    return png.read(data, most_side=64)


@given(st.data(), st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4]), st.booleans())
def test_every_filter_on_every_row(data, height, width, channels, wide):
    dtype = np.uint16 if wide else np.uint8
    image = data.draw(arrays.arrays(dtype, (height, width, channels)))
    kinds = data.draw(st.lists(st.integers(0, 4), min_size=height, max_size=height))
    back = read(reference.write(image, kinds, parts=data.draw(st.integers(1, 3))))
    assert back.dtype == dtype
    assert (back == image).all()


def test_ties_of_the_paeth_filter():
    image = RANDOM.integers(0, 8, (64, 64, 3), np.uint8)  # few values: all ties come up
    assert (read(reference.write(image, [4] * 64)) == image).all()


@per_dtype
@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 7, 3), (64, 64, 4), (2, 64, 3)])
def test_what_is_written_reads_back(shape, dtype):
    image = codes(shape, dtype)
    assert (read(png.write(image)) == image).all()


def test_pillow_reads_what_is_written():
    image = codes((9, 11, 3), "uint8")
    assert (np.asarray(Image.open(io.BytesIO(png.write(image)))) == image).all()


def test_what_pillow_writes_is_read():
    image = np.asarray(Image.effect_mandelbrot((64, 64), (-2, -1.5, 1, 1.5), 50).convert("RGBA"))
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", optimize=True)
    assert (read(file.getvalue()) == image).all()


def test_16_bits_stay_16_bits():
    image = np.arange(16 * 16 * 3, dtype=np.uint16).reshape(16, 16, 3) * 37
    assert (read(reference.write(image, [4] * 16)) == image).all()


IMAGE = codes((8, 8, 3), "uint8")
FLAT = [0] * 8
WHOLE = reference.write(IMAGE, FLAT)
HEAD, END = reference.SIGNATURE + reference.header(8, 8), reference.chunk(b"IEND")
RAW = reference.pixels(IMAGE, FLAT)


def data_of(raw):
    return reference.chunk(b"IDAT", zlib.compress(raw))


def headed(**fields):
    return reference.SIGNATURE + reference.header(**{"width": 8, "height": 8, **fields})


WRONG = {
    "nothing": (b"", "expected the signature of a PNG, got b''"),
    "text": (b"LUT_3D_SIZE 2\n", "expected the signature of a PNG"),
    "no header": (reference.SIGNATURE + END, "expected the header of a PNG, got the chunk 'IEND'"),
    "a short header": (
        reference.SIGNATURE + reference.chunk(b"IHDR", b"\0"),
        "expected the header",
    ),
    "the signature alone": (reference.SIGNATURE, "expected a chunk at byte 8, got the end"),
    "cut": (WHOLE[:-20], "bytes of the chunk 'IDAT' at byte 33, got"),
    "no end": (WHOLE[:-12], "expected a chunk at byte"),
    "more behind": (WHOLE + b"more", "expected nothing behind the end, got 4 bytes"),
    "a changed byte": (WHOLE[:60] + bytes([WHOLE[60] ^ 1]) + WHOLE[61:], "has a wrong checksum"),
    "a wrong checksum": (HEAD + reference.chunk(b"IDAT", b"", 1), "'IDAT' at byte 33 has a wrong"),
    "no pixel": (headed(width=0), "expected at most 64 pixels a side, got 0 x 8"),
    "too wide": (headed(width=65), "expected at most 64 pixels a side, got 65 x 8"),
    "too high": (headed(height=2**31), "pixels a side, got 8 x 2147483648"),
    "grey": (headed(colour=0), "expected RGB or RGBA of 8 or 16 bits, got colour type 0 of 8 bits"),
    "a palette": (headed(colour=3), "got colour type 3 of 8 bits"),
    "grey and alpha": (headed(colour=4), "got colour type 4"),
    "4 bits": (headed(bits=4), "got colour type 2 of 4 bits"),
    "interlaced": (
        headed(interlacing=1),
        "compression 0, filtering 0 and interlacing 1",
    ),
    "another compression": (headed(compression=1), "got compression 1"),
    "no image": (HEAD + END, "expected 200 bytes of pixels, got 0"),
    "a short image": (HEAD + data_of(RAW[:-1]) + END, "expected 200 bytes of pixels, got 199"),
    "a long image": (HEAD + data_of(RAW + b"\0") + END, "expected 200 bytes of pixels, got more"),
    "another filter": (HEAD + data_of(b"\5" + RAW[1:]) + END, "expected the filters 0 to 4, got 5"),
    "no deflate": (HEAD + reference.chunk(b"IDAT", b"12345678") + END, "does not inflate"),
    "a cut stream": (
        HEAD + reference.chunk(b"IDAT", zlib.compress(RAW)[:-4]) + END,
        "expected the compressed image to end with its 200 bytes",
    ),
    "two streams": (
        HEAD + data_of(RAW) + data_of(RAW) + END,
        "expected the compressed image to end with its 200 bytes",
    ),
    "one transparent colour": (
        reference.write(IMAGE, FLAT, before=reference.chunk(b"tRNS", bytes(6))),
        "expected no chunk 'tRNS'",
    ),
    "a chunk to understand": (
        reference.write(IMAGE, FLAT, before=reference.chunk(b"ABCD")),
        "expected no chunk 'ABCD'",
    ),
    "two headers": (
        reference.write(IMAGE, FLAT, before=reference.header(8, 8)),
        "expected no chunk 'IHDR'",
    ),
    "an image in pieces": (
        reference.write(IMAGE, FLAT, parts=2, between=reference.chunk(b"tEXt", b"a\0b")),
        "expected no chunk 'IDAT'",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files_are_named(case):
    data, said = WRONG[case]
    with pytest.raises(ValueError, match=re.escape(said)):
        read(data)


def test_chunks_that_may_be_passed_over():
    before = reference.chunk(b"gAMA", struct.pack(">I", 45455)) + reference.chunk(b"tEXt", b"a\0b")
    assert (read(reference.write(IMAGE, FLAT, before=before)) == IMAGE).all()


def test_any_cut_is_an_error():
    for stop in range(len(WHOLE)):
        with pytest.raises(ValueError, match="expected"):
            read(WHOLE[:stop])


def test_any_flipped_bit_is_an_error():
    for at in range(len(WHOLE)):
        with pytest.raises(ValueError, match=r"expected|does not inflate|checksum"):
            read(WHOLE[:at] + bytes([WHOLE[at] ^ 4]) + WHOLE[at + 1 :])


def test_a_bomb_is_not_inflated():
    bomb = HEAD + data_of(bytes(100_000_000)) + END  # 100 kB
    tracemalloc.start()
    with pytest.raises(ValueError, match="got more"):
        read(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * len(bomb)


def test_a_huge_header_takes_no_memory():
    data = headed(width=2**31 - 1, height=2**31 - 1) + data_of(RAW) + END
    tracemalloc.start()
    with pytest.raises(ValueError, match="expected at most 64 pixels a side"):
        read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
