"""The orientation in raw EXIF bytes, and pixels turned by it."""

import re
import struct

import numpy as np

from harmonia._image_files.decoded import Pixels, Refused
from harmonia._image_files.directory import first_directory

PREFIX = b"Exif\0\0"
ORIENTATION = 0x0112
SHORT = 3


def bare(exif: bytes | None) -> bytes | None:
    """Without the prefix of JPEG; None where nothing is left."""
    return (exif or b"").removeprefix(PREFIX) or None


def orientation(exif: bytes | None) -> int:
    """1..8; 1 where there is none, or EXIF is broken."""
    try:
        found = _place(exif or b"")
    except Refused:
        return 1
    if found is None:
        return 1
    layout, at = found
    (value,) = struct.unpack_from(layout, exif or b"", at)
    return int(value) if 1 <= value <= 8 else 1


def upright(exif: bytes | None) -> bytes | None:
    """The same bytes with the orientation 1."""
    if exif is None or orientation(exif) == 1:
        return exif
    found = _place(exif)
    if found is None:
        return exif
    layout, at = found
    changed = bytearray(exif)
    struct.pack_into(layout, changed, at, 1)
    return bytes(changed)


# Both ways of XML to write it. The same length, since packets may be of a fixed one.
OF_XMP = re.compile(rb"""(tiff:Orientation(?:\s*=\s*["']|\s*>\s*))[2-8](?=["'<\s])""")


def upright_xmp(xmp: bytes | None) -> bytes | None:
    """The same bytes with the orientation 1."""
    return xmp and OF_XMP.sub(rb"\g<1>1", xmp)


def _place(exif: bytes) -> tuple[str, int] | None:
    directory = first_directory(exif)
    entry = directory.entries.get(ORIENTATION)
    if entry is None or (entry.kind, entry.length) != (SHORT, 1):
        return None
    return f"{directory.order}H", entry.at


def turned(pixels: Pixels, orientation: int) -> Pixels:
    """Stored pixels as they are to be seen.

    # 1 as it is     2 mirrored          3 half a turn   4 upside down
    # 5 transposed   6 a quarter right   7 transverse    8 a quarter left
    """
    if orientation in (2, 3):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4):
        pixels = pixels[::-1]
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
