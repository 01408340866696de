"""PNG as far as tables need it, without loss: 16 bits stay 16 bits.

Refused are anything but 8 or 16 bits of RGB or RGBA, interlacing, transparency of one colour
(tRNS), chunks that a reader must understand and this one does not, a wrong checksum, images beyond
a given side, more or less data than the image takes, and bytes behind the end. What other chunks
say of colour spaces is not applied: a table holds codes. The image is inflated up to its size.
"""

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from harmonia._png import pixels
from harmonia._png.chunks import (
    RGB,
    RGBA,
    SIGNATURE,
    Chunk,
    check_sum,
    chunk,
    chunks_of,
    header_of,
)

COLOURS = {3: RGB, 4: RGBA}

Image = np.ndarray[Any, Any]


def read(data: bytes, *, most_side: int) -> Image:
    """(H, W, 3) or (H, W, 4), uint8 or uint16."""
    chunks = chunks_of(data)
    header = header_of(next(chunks))
    width, height, bits, colour, *ways = header
    if not (0 < width <= most_side and 0 < height <= most_side):
        raise ValueError(f"expected at most {most_side} pixels a side, got {width} x {height}")
    if bits not in (8, 16) or colour not in COLOURS.values():
        raise ValueError(
            f"expected RGB or RGBA of 8 or 16 bits, got colour type {colour} of {bits} bits"
        )
    if ways != [0, 0, 0]:
        raise ValueError(
            "expected deflate, the five filters and no interlacing, got compression {}, "
            "filtering {} and interlacing {}".format(*ways)
        )
    return pixels.read(header, _packed_in(chunks, len(data)))


def write(image: Image) -> bytes:
    """An (H, W, 3) or (H, W, 4) image of uint8 or uint16."""
    height, width, channels = image.shape
    bits = image.dtype.itemsize * 8
    header = struct.pack(">IIBBBBB", width, height, bits, COLOURS[channels], 0, 0, 0)
    body = b"".join(pixels.write(image, level=6))
    return SIGNATURE + chunk("IHDR", header) + chunk("IDAT", body) + chunk("IEND")


def _packed_in(chunks: Iterator[Chunk], size: int) -> list[memoryview]:
    """The compressed image: chunks IDAT, one behind the other."""
    parts: list[memoryview] = []
    ended = False
    for one in chunks:
        check_sum(one)
        if one.kind == "IDAT" and not ended:
            parts.append(one.content)
            continue
        ended = bool(parts)
        # A palette of RGB is advice.
        if one.kind == "tRNS" or (one.critical and one.kind not in ("PLTE", "IEND")):
            raise ValueError(f"expected no chunk {one.kind!r} there")
    if one.content or one.stop != size:
        extra = size - one.stop + len(one.content)
        raise ValueError(f"expected nothing behind the end, got {extra} bytes")
    return parts
