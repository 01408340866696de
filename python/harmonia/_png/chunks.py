"""The chunks of a PNG, and its header."""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
BITS = {
    GREY: (1, 2, 4, 8, 16),
    RGB: (8, 16),
    PALETTE: (1, 2, 4, 8),
    GREY_ALPHA: (8, 16),
    RGBA: (8, 16),
}


class Chunk(NamedTuple):
    kind: str
    content: memoryview
    at: int  # byte of the file
    intact: bool  # the checksum is right

    @property
    def stop(self) -> int:
        return self.at + 12 + len(self.content)

    @property
    def critical(self) -> bool:
        """What a reader must understand begins with a capital letter."""
        return self.kind[0].isupper()


class Header(NamedTuple):
    width: int
    height: int
    bits: int
    colour: int
    compression: int
    filtering: int
    interlacing: int

    @property
    def channels(self) -> int:
        return CHANNELS[self.colour]


def chunks_of(data: bytes) -> Iterator[Chunk]:
    """Every chunk up to IEND. A reader must look whether they are `intact`."""
    if not data.startswith(SIGNATURE):
        raise ValueError(f"expected the signature of a PNG, got {data[:8]!r}")
    whole, at, kind = memoryview(data), len(SIGNATURE), b""
    while kind != b"IEND":
        if at + 12 > len(data):
            raise ValueError(f"expected a chunk at byte {at}, got the end of the file")
        length, kind = struct.unpack_from(">I4s", data, at)
        if not (kind.isalpha() and kind.isascii()):
            raise ValueError(f"expected four letters that name the chunk at byte {at}, got {kind}")
        stop = at + 12 + length
        if stop > len(data):
            raise ValueError(
                f"expected {length} bytes of the chunk {kind.decode()!r} at byte {at}, "
                f"got {len(data) - at - 12}"
            )
        (checksum,) = struct.unpack_from(">I", data, stop - 4)
        intact = zlib.crc32(whole[at + 4 : stop - 4]) == checksum
        yield Chunk(kind.decode(), whole[at + 8 : stop - 4], at, intact)
        at = stop


def check_sum(chunk: Chunk) -> None:
    if not chunk.intact:
        raise ValueError(f"the chunk {chunk.kind!r} at byte {chunk.at} has a wrong checksum")


def header_of(chunk: Chunk) -> Header:
    """Any values: `check_header` looks at them."""
    if chunk.kind != "IHDR" or len(chunk.content) != 13:
        raise ValueError(f"expected the header of a PNG, got the chunk {chunk.kind!r}")
    check_sum(chunk)
    return Header(*struct.unpack(">IIBBBBB", chunk.content))


def check_header(header: Header) -> None:
    width, height, bits, colour, *ways = header
    if not (0 < width < 1 << 31 and 0 < height < 1 << 31):
        raise ValueError(f"expected 1 to {(1 << 31) - 1} pixels a side, got {width} x {height}")
    if bits not in BITS.get(colour, ()):
        raise ValueError(
            f"expected a colour type and bits that PNG has, got colour type {colour} of {bits} bits"
        )
    if ways not in ([0, 0, 0], [0, 0, 1]):
        raise ValueError(
            "expected deflate, the five filters and interlacing 0 or 1, got compression {}, "
            "filtering {} and interlacing {}".format(*ways)
        )


def chunk(kind: str, content: bytes = b"") -> bytes:
    named = kind.encode() + content
    return struct.pack(">I", len(content)) + named + struct.pack(">I", zlib.crc32(named))
