"""The packed strips or tiles of a TIFF, looked through before libtiff is asked.

Of damage libtiff writes to standard error by itself, which a library must not. What has the right
sizes, lies within the file and unpacks to the bytes that it should gives it nothing to say.
Pictures that are packed as JPEG, fax, WebP or Zstandard within a TIFF are only looked at from
outside.
"""

import lzma
import zlib

from harmonia import _core
from harmonia._image_files.decoded import Refused
from harmonia._image_files.directory import Directory

PLAIN, LZW, PACKBITS = 1, 5, 32773
DEFLATE = (8, 32946)
LZMA = 34925
FAX = (2, 3, 4)
# Of one value; the widths and heights of pictures and tiles, and how they are packed.
SINGLE = (256, 257, 259, 262, 266, 274, 277, 278, 284, 317, 322, 323)
EACH = (258, 338, 339)  # of one for each channel at most
MOST_STRIPS = 1 << 20
YCBCR = 6


def check(data: bytes, tags: Directory) -> None:
    for tag in (*SINGLE, *EACH):
        entry = tags.entries.get(tag)
        if entry is not None and (tag in SINGLE or entry.length):
            values = tags.integers(data, tag)
            if not values or (tag in SINGLE and len(values) != 1):
                raise Refused(f"the tag {tag} has {entry.length} values of the type {entry.kind}")
    way = tags.integers(data, 259, (PLAIN,))[0]
    if way == PLAIN:
        return
    width, height = (tags.integers(data, tag, (0,))[0] for tag in (256, 257))
    samples, bits = (tags.integers(data, tag, (1,))[0] for tag in (277, 258))
    planes = tags.integers(data, 284, (1,))[0]
    if samples < 1 or len(tags.integers(data, 258, (1,))) not in (1, samples):
        raise Refused(f"{samples} channels with the bits {tags.integers(data, 258, (1,))}")
    if planes not in (1, 2) or bits not in (1, 2, 4, 8):
        raise Refused(f"{bits} bits a channel in the layout {planes}")
    if way in FAX and (bits, samples) != (1, 1):
        raise Refused(f"fax of {samples} channels of {bits} bits")
    if tags.integers(data, 317, (1,))[0] == 2 and bits != 8:
        raise Refused(f"differences of {bits} bits")
    tiled = 322 in tags.entries
    across = tags.integers(data, 322, (0,))[0] if tiled else width
    down = tags.integers(data, 323, (0,))[0] if tiled else tags.integers(data, 278, (height,))[0]
    down = min(down, height) if not tiled else down
    if across < 1 or down < 1:
        raise Refused(f"strips or tiles of {across} x {down} pixels")
    count = -(-width // across) * -(-height // down) * (samples if planes == 2 else 1)
    if count > MOST_STRIPS:
        raise Refused(f"{count} strips or tiles")
    names = (324, 325) if tiled else (273, 279)
    starts, lengths = (tags.long_integers(data, tag, count) for tag in names)
    interpreted = tags.integers(data, 262, (1,))[0]
    for number, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        if length == 0 or start + length > len(data):
            raise Refused(f"the strip or tile {number} lies outside the file")
        rows = down
        if not tiled:
            rows = min(down, height - number % -(-height // down) * down)
        row = (across * bits * (1 if planes == 2 else samples) + 7) // 8
        if interpreted != YCBCR:
            _check_packed(way, data[start : start + length], rows * row)


def _check_packed(way: int, packed: bytes, size: int) -> None:
    """Whether so many bytes come of it."""
    came = size
    if way in DEFLATE:
        came = _came_of(zlib.decompressobj(), packed, size)
    elif way == LZMA:
        came = _came_of(lzma.LZMADecompressor(), packed, size)
    elif way == PACKBITS:
        came = _of_packbits(packed, size)
    elif way == LZW and not _is_old(packed):
        came = _core.tiff_lzw_size(packed, size)
    if came < size:
        raise Refused(f"a strip or tile unpacks to fewer than its {size} bytes; it is damaged")


def _is_old(packed: bytes) -> bool:
    """LZW of before 1989, with bits from the lowest on, which libtiff reads as well."""
    return len(packed) > 1 and packed[0] == 0 and packed[1] & 1 == 1


def _came_of(stream: object, packed: bytes, size: int) -> int:
    try:
        return len(stream.decompress(packed, size))  # type: ignore[attr-defined]
    except (zlib.error, lzma.LZMAError):
        return 0


def _of_packbits(packed: bytes, size: int) -> int:
    """# n < 128: n + 1 bytes follow; n > 128: 257 - n times the byte that follows; 128: nothing"""
    at = came = 0
    while at < len(packed) and came < size:
        count = packed[at]
        at += 2 if count > 128 else 1 if count == 128 else count + 2
        came += 257 - count if count > 128 else 0 if count == 128 else count + 1
    return came if at <= len(packed) else 0
