"""The blocks of an EXR, looked through before OpenEXR is asked.

Of damage OpenEXR prints by itself, which a library must not. Blocks that lie within the file and
inflate to the bytes that they should give it nothing to print. Blocks of PIZ, PXR24, B44 and DWA,
and pictures in tiles or parts, are only looked at from outside.
"""

import struct
import zlib
from collections.abc import Iterator

from harmonia._image_files.decoded import Refused

BESIDES_LINES = 0x200 | 0x800 | 0x1000  # tiles, deep data, parts: flags of the version
LINES = (1, 1, 1, 16, 32, 16, 32, 32, 32, 256)  # of a block, by the number of the compression
NONE, RLE, ZIPS, ZIP = range(4)
SIZES = {0: 4, 1: 2, 2: 4}  # of uint, half and float
NEEDED = {
    b"channels": b"chlist",
    b"compression": b"compression",
    b"dataWindow": b"box2i",
    b"displayWindow": b"box2i",
    b"lineOrder": b"lineOrder",
    b"pixelAspectRatio": b"float",
    b"screenWindowCenter": b"v2f",
    b"screenWindowWidth": b"float",
}


def check(data: bytes) -> None:
    try:
        _check(data)
    except (struct.error, IndexError, OverflowError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("cannot be decoded as EXR: its header is damaged or cut short") from None


def _check(data: bytes) -> None:
    (flags,) = struct.unpack_from("<I", data, 4)
    if flags & 0xFF != 2:
        raise Refused(f"EXR of the version {flags & 0xFF} is not read")
    if flags & BESIDES_LINES:
        return
    found, at = {}, 8
    for name, kind, start, stop in _attributes(data):
        if NEEDED.get(name, kind) != kind or name in found:
            raise Refused(f"cannot be decoded as EXR: the attribute {name!r} is of {kind!r}")
        found[name], at = data[start:stop], stop
    if not found.keys() >= NEEDED.keys():
        raise Refused("cannot be decoded as EXR: its header lacks what it must have")
    left, top, right, bottom = struct.unpack("<4i", found[b"dataWindow"])
    (compression,), height = found[b"compression"], bottom - top + 1
    (order,) = found[b"lineOrder"]
    if compression >= len(LINES) or order > 2:
        raise Refused(f"cannot be decoded as EXR: compression {compression}, order {order}")
    row = sum(SIZES[kind] * (right - left + 1) for kind in _channels(found[b"channels"]))
    lines = LINES[compression]
    count = -(-height // lines)
    starts = struct.unpack_from(f"<{count}Q", data, at + 1)
    for number, start in enumerate(starts):
        y, size = struct.unpack_from("<2i", data, start)
        plain = row * min(lines, height - number * lines)
        if y != top + number * lines or not 0 < size <= min(plain, len(data) - start - 8):
            raise Refused(f"cannot be decoded as EXR: the block {number} is damaged or cut short")
        block = data[start + 8 : start + 8 + size]
        if size < plain and _came_of(compression, block, plain) != plain:
            raise Refused(f"cannot be decoded as EXR: the block {number} is damaged")


def _attributes(data: bytes) -> Iterator[tuple[bytes, bytes, int, int]]:
    """# name 0 kind 0 length value | ... | 0"""
    at = 8
    while data[at]:
        name_end = data.index(b"\0", at, at + 256)
        kind_end = data.index(b"\0", name_end + 1, name_end + 257)
        (length,) = struct.unpack_from("<i", data, kind_end + 1)
        start = kind_end + 5
        if length < 0 or start + length > len(data):
            raise ValueError
        yield data[at:name_end], data[name_end + 1 : kind_end], start, start + length
        at = start + length


def _channels(said: bytes) -> list[int]:
    """# name 0 kind linear 0 0 0 steps across and down | ... | 0"""
    kinds, at = [], 0
    while said[at]:
        at = said.index(b"\0", at) + 1
        kind, _, across, down = struct.unpack_from("<i4s2i", said, at)
        if kind not in SIZES or (across, down) != (1, 1):
            raise Refused(f"cannot be decoded as EXR: a channel of the kind {kind}, in steps")
        kinds.append(kind)
        at += 16
    if at + 1 != len(said):
        raise ValueError
    return kinds


def _came_of(compression: int, block: bytes, plain: int) -> int:
    if compression in (ZIPS, ZIP):
        try:
            return len(zlib.decompressobj().decompress(block, plain + 1))
        except zlib.error:
            return 0
    if compression == RLE:  # n < 0: -n bytes follow; else n + 1 times the byte that follows
        at = came = 0
        while at < len(block):
            (n,) = struct.unpack_from("b", block, at)
            at += 1 - n if n < 0 else 2
            came += -n if n < 0 else n + 1
        return came if at == len(block) else 0
    return plain if compression != NONE else 0
