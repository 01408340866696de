"""Damaged PNG files: refused in a sentence, and never inflated beyond what the header says."""

import random
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from harmonia._image_files import png
from harmonia._image_files.decoded import Refused
from reference import png as reference

LIMIT = 1 << 20
RGB = np.random.default_rng(0).integers(0, 256, (6, 7, 3), np.uint8)
PALETTE = reference.chunk(b"PLTE", bytes(range(48)))
one = reference.chunk


def read(data, limit=LIMIT):
    return png.read(data, limit)


HEAD, END = reference.SIGNATURE + reference.header(7, 6), one(b"IEND")
RAW = reference.stream(RGB, 8, [0])
DATA = one(b"IDAT", zlib.compress(RAW))


def headed(**fields):
    return reference.SIGNATURE + reference.header(**{"width": 7, "height": 6, **fields})


BROKEN = {
    "nothing": (b"", "expected the signature of a PNG"),
    "a JPEG": (b"\xff\xd8\xff\xe0" + bytes(30), "expected the signature of a PNG"),
    "pixels first": (reference.SIGNATURE + DATA + END, "expected the header of a PNG"),
    "no width": (headed(width=0) + DATA + END, "pixels a side, got 0 x 6"),
    "no height": (headed(height=0) + DATA + END, "pixels a side, got 7 x 0"),
    "a side too long": (headed(width=1 << 31) + DATA + END, "pixels a side, got 2147483648 x 6"),
    "too many pixels": (headed(width=LIMIT) + DATA + END, "expected at most 1048576 pixels"),
    "3 bits": (headed(bits=3) + DATA + END, "got colour type 2 of 3 bits"),
    "4 bits of RGB": (headed(bits=4) + DATA + END, "got colour type 2 of 4 bits"),
    "16 bits of a palette": (headed(bits=16, colour=3), "got colour type 3 of 16 bits"),
    "colour type 5": (headed(colour=5) + DATA + END, "got colour type 5 of 8 bits"),
    "compression 1": (headed(compression=1) + DATA + END, "got compression 1"),
    "filtering 1": (headed(filtering=1) + DATA + END, "filtering 1"),
    "interlacing 2": (headed(interlacing=2) + DATA + END, "interlacing 2"),
    "no pixels": (HEAD + END, "expected the chunk 'IDAT', got none"),
    "empty pixels": (HEAD + one(b"IDAT") + END, "expected 132 bytes of pixels, got 0"),
    "no end": (HEAD + DATA, "expected a chunk at byte"),
    "an end with something": (HEAD + DATA + one(b"IEND", b"a"), "nothing in the chunk 'IEND'"),
    "two headers": (HEAD + reference.header(7, 6) + DATA + END, "expected no chunk 'IHDR'"),
    "an unknown one": (HEAD + one(b"ABCD") + DATA + END, "expected no chunk 'ABCD' at byte 33"),
    "no letters": (HEAD + one(b"AB\0D") + DATA + END, "expected four letters"),
    "a wrong checksum": (HEAD + one(b"IDAT", b"abc", 1) + END, "'IDAT' at byte 33 has a wrong"),
    "pixels in two places": (HEAD + DATA + one(b"tEXt") + DATA + END, "expected no chunk 'IDAT'"),
    "two streams": (HEAD + DATA + DATA + END, "compressed image to end with its 132 bytes"),
    "too few": (HEAD + one(b"IDAT", zlib.compress(RAW[1:])) + END, "got 131"),
    "too many": (HEAD + one(b"IDAT", zlib.compress(RAW + b"a")) + END, "got more"),
    "filter 5": (
        HEAD + one(b"IDAT", zlib.compress(b"\5" + RAW[1:])) + END,
        "filters 0 to 4, got 5",
    ),
    "no deflate": (HEAD + one(b"IDAT", b"abcdefgh") + END, "does not inflate"),
    "no palette": (headed(colour=3) + DATA + END, "expected a palette before the pixels"),
    "a late palette": (
        headed(colour=3) + DATA + PALETTE + END,
        "expected no chunk 'PLTE'",
    ),
    "two palettes": (HEAD + 2 * PALETTE + DATA + END, "expected no chunk 'PLTE'"),
    "a palette of 7 bytes": (
        headed(colour=3) + one(b"PLTE", bytes(7)) + DATA + END,
        "palette of 1 to 256 colours, got 7 bytes",
    ),
    "a colour beyond the palette": (
        reference.encode(np.full((2, 2, 1), 3, np.uint8), 3, 8, before=one(b"PLTE", bytes(9))),
        "expected 3 colours of the palette, got number 3",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_makes_the_pixels_must_be_right(case):
    data, said = BROKEN[case]
    with pytest.raises(Refused, match=said):
        read(data)


def seeds():
    """Small files of every kind, with a profile, EXIF and a palette before the pixels."""
    for colour, channels, depths in (
        (0, 1, (1, 2, 4, 8, 16)),
        (2, 3, (8, 16)),
        (3, 1, (1, 2, 4)),
        (4, 2, (8, 16)),
        (6, 4, (8, 16)),
    ):
        for bits in depths:
            before = one(b"iCCP", b"a\0\0" + zlib.compress(bytes(600)))
            before += one(b"gAMA", bytes(4)) + one(b"eXIf", b"II*\0" + bytes(20))
            before += PALETTE + one(b"tRNS", b"\7") if colour == 3 else b""
            dtype = np.uint16 if bits == 16 else np.uint8
            shape = (19, 21, channels)
            samples = np.random.default_rng(bits).integers(0, 1 << bits, shape, dtype)
            yield reference.encode(
                samples,
                colour,
                bits,
                kinds=[0, 1, 2, 3, 4],
                interlaced=bits in (4, 8),
                before=before,
            )


def with_right_checksums(data):
    """Flips that reach what lies behind the checksums."""
    out, at = data[:8], 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if at + 12 + length > len(data):
            return out + data[at:]
        body = data[at + 4 : at + 8 + length]
        out += data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return out + data[at:]


def malformed(count):
    dice = random.Random(7)
    files = list(seeds())
    sides = [0, 1, 7, 255, 65535, 1 << 20, 1 << 28, (1 << 31) - 1, 1 << 31, (1 << 32) - 1]
    for number in range(count):
        data = bytearray(dice.choice(files))
        way = number % 5
        if way == 0:
            data = data[: dice.randrange(len(data))]
        elif way in (1, 2):
            for _ in range(dice.randint(1, 12)):
                data[dice.randrange(8, len(data))] ^= 1 << dice.randrange(8)
        elif way == 3:  # a header that lies
            data[16:24] = struct.pack(">II", dice.choice(sides), dice.choice(sides))
            data[24:29] = bytes(dice.choice(data[24:29]) for _ in range(5))
        else:  # a length that lies
            at = data.find(dice.choice([b"IDAT", b"IHDR", b"eXIf", b"iCCP"]))
            data[at - 4 : at] = struct.pack(">I", dice.choice(sides))
        data = bytes(data)
        yield with_right_checksums(data) if way in (2, 3) else data


def test_malformed_files_are_refused_or_read_and_take_no_memory():
    limit = 100_000  # pixels: 800 kB at 16 bits of RGBA, and as much again while colours are made
    refused = 0
    files = list(malformed(300))
    tracemalloc.start()
    for data in files:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        try:
            height, width, _ = read(data, limit).pixels.shape
        except Refused:
            refused += 1
        else:
            assert height * width <= limit
        assert tracemalloc.get_traced_memory()[1] - before < 4 * 8 * limit
    tracemalloc.stop()
    assert 200 <= refused < 300  # what is flipped beside the pixels alone is read


def test_a_header_that_lies_takes_no_memory():
    data = headed(width=1 << 14, height=1 << 14, bits=16, colour=6) + DATA + END
    tracemalloc.start()
    with pytest.raises(Refused, match="bytes hold fewer"):
        read(data, 1 << 28)  # 2 GiB of pixels
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000


def test_a_bomb_is_not_inflated():
    bomb = HEAD + one(b"IDAT", zlib.compress(bytes(100_000_000))) + END
    tracemalloc.start()
    with pytest.raises(Refused, match="got more"):
        read(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_bomb_for_a_profile_is_inflated_up_to_a_limit():
    profile = one(b"iCCP", b"a\0\0" + zlib.compress(bytes(200_000_000)))  # 195 kB
    data = reference.encode(RGB, 2, 8, before=profile)
    tracemalloc.start()
    picture = read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert picture.notes == ("iCCP dropped: more than 16777216 bytes",)
    assert peak < 3 * (1 << 24)
