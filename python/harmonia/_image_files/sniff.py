"""The format of a file by its first bytes, and its size and depth, before anything is decoded."""

import os
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from harmonia._image_files.decoded import Refused
from harmonia._image_files.directory import first_directory

MAX_PIXELS = 256_000_000


class Header(NamedTuple):
    format: str
    width: int
    height: int
    bits: int = 8  # of a channel


def pixel_limit() -> int:
    """256 million, or what the environment variable HARMONIA_MAX_PIXELS says."""
    said = os.environ.get("HARMONIA_MAX_PIXELS", "")
    if not said:
        return MAX_PIXELS
    if not said.isdecimal() or int(said) == 0:
        raise ValueError(f"HARMONIA_MAX_PIXELS must be a positive integer, got {said!r}")
    return int(said)


def sniff(data: bytes) -> Header:
    """What the header says; a file that is in no known format, or ends within it, is `Refused`."""
    for begins, reader in READERS:
        if begins(data):
            try:
                header = reader(data)
            except Refused:
                raise
            except (struct.error, IndexError, OverflowError, ValueError):
                raise Refused("the file ends within its header; it is cut short") from None
            if header.width < 1 or header.height < 1:
                raise Refused(f"the header says {header.width} x {header.height} pixels")
            return header
    if not data:
        raise Refused("the file is empty")
    names = "PNG, JPEG, WebP, TIFF, AVIF or EXR"
    raise Refused(f"must be {names}, begins with {bytes(data[:8])!r}; convert it to PNG")


def check_limit(header: Header, limit: int) -> None:
    if header.width * header.height > limit:
        raise Refused(
            f"the header says {header.width} x {header.height} pixels, the limit is {limit}; "
            "set the environment variable HARMONIA_MAX_PIXELS to allow more"
        )


def _png(data: bytes) -> Header:
    if data[12:16] != b"IHDR":
        raise Refused("a PNG begins with the chunk IHDR")
    width, height, bits = struct.unpack_from(">IIB", data, 16)
    return Header("PNG", width, height, bits)


# Start of frame: the size. C4, C8 and CC are tables and reserved.
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of every segment up to the first scan."""
    at = 2
    while 0 <= (at := data.find(b"\xff", at)) < len(data) - 3:
        marker = data[at + 1]
        if marker in (0x00, 0xFF):
            at += 1
            continue
        if marker in (0xD9, 0xDA):
            return
        if marker in ALONE:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if length < 2:
            raise Refused(f"a JPEG segment of {length} bytes at byte {at}")
        yield marker, at + 4, at + 2 + length
        at += 2 + length


def _jpeg(data: bytes) -> Header:
    for marker, start, _ in jpeg_segments(data):
        if marker in FRAMES:
            bits, height, width = struct.unpack_from(">BHH", data, start)
            return Header("JPEG", width, height, bits)
    raise Refused("a JPEG without a frame header; the file is cut short or damaged")


def _webp(data: bytes) -> Header:
    kind = data[12:16]
    if kind == b"VP8X":  # 24 bits each, less one
        low = struct.unpack_from("<HBHB", data, 24)
        return Header("WEBP", 1 + low[0] + (low[1] << 16), 1 + low[2] + (low[3] << 16))
    if kind == b"VP8L":  # 14 bits each, less one
        (word,) = struct.unpack_from("<I", data, 21)
        return Header("WEBP", 1 + (word & 0x3FFF), 1 + (word >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return Header("WEBP", width & 0x3FFF, height & 0x3FFF)
    raise Refused(f"a WebP begins with VP8, VP8L or VP8X, this one with {bytes(kind)!r}")


def _tiff(data: bytes) -> Header:
    if data[2:4] in (b"+\0", b"\0+"):
        raise Refused("BigTIFF is not read; save it as plain TIFF, which holds up to 4 GB")
    tags = first_directory(data)
    width, height = (tags.integers(data, tag, (0,))[0] for tag in (256, 257))
    bits = tags.integers(data, 258, (1,))
    if len(set(bits)) != 1:
        raise Refused(f"every channel must have as many bits, these have {bits}")
    sides = (tags.integers(data, 322, (0,))[0], tags.integers(data, 323, (0,))[0])
    if sides[0] * sides[1] > 4096 * 4096 + 4 * width * height:
        raise Refused(f"tiles of {sides[0]} x {sides[1]} for {width} x {height} pixels")
    return Header("TIFF", width, height, bits[0])


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the boxes in a part of an ISO file."""
    while at + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, start)
            start += 8
        stop = end if length == 0 else at + length
        if stop < start or stop > end:
            raise Refused(f"the box {kind!r} at byte {at} ends outside the file")
        yield kind, start, stop
        at = stop


def _avif(data: bytes) -> Header:
    """The largest picture in it: the whole, its alpha and its tiles have a size each."""
    width = height = bits = 0
    properties = [(0, len(data))]
    for wanted, skipped in ((b"meta", 0), (b"iprp", 4), (b"ipco", 0)):
        properties = [
            (start, stop)
            for outer, end in properties
            for kind, start, stop in _boxes(data, outer + skipped, end)
            if kind == wanted
        ]
    for outer, end in properties:
        for kind, start, _ in _boxes(data, outer, end):
            if kind == b"ispe":
                size = struct.unpack_from(">II", data, start + 4)
                width, height = max((width, height), size, key=lambda pair: pair[0] * pair[1])
            if kind == b"av1C":
                high, twelve = data[start + 2] & 0x40, data[start + 2] & 0x20
                bits = max(bits, 8 if not high else 12 if twelve else 10)
    if not width:
        raise Refused("an AVIF without the size of its picture; it is cut short or a sequence")
    return Header("AVIF", width, height, bits or 8)


def _exr(data: bytes) -> Header:
    """# magic, version | name 0 kind 0 length value | ... | 0"""
    at = 8
    while data[at]:
        name_end = data.index(b"\0", at, at + 256)
        kind_end = data.index(b"\0", name_end + 1, name_end + 257)
        (length,) = struct.unpack_from("<i", data, kind_end + 1)
        if length < 0:
            raise Refused(f"an EXR attribute of {length} bytes")
        if data[at:name_end] == b"dataWindow":
            left, top, right, bottom = struct.unpack_from("<4i", data, kind_end + 5)
            return Header("EXR", right - left + 1, bottom - top + 1, 32)
        at = kind_end + 5 + length
    raise Refused("an EXR without a data window")


READERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Header]], ...] = (
    (lambda data: data[:8] == b"\x89PNG\r\n\x1a\n", _png),
    (lambda data: data[:3] == b"\xff\xd8\xff", _jpeg),
    (lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", _webp),
    (lambda data: data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), _tiff),
    (lambda data: data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis", b"mif1"), _avif),
    (lambda data: data[:4] == b"\x76\x2f\x31\x01", _exr),
)
