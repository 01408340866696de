"""PNG as far as tables need it, without loss: 16 bits stay 16 bits.

Refused are anything but 8 or 16 bits of RGB or RGBA, interlacing, transparency of one colour
(tRNS), chunks that a reader must understand and this one does not, a wrong checksum, images beyond
a given side, more or less data than the image takes, and bytes behind the end. What other chunks
say of colour spaces is not applied: a table holds codes. The image is inflated up to its size.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {2: 3, 6: 4}  # of the colour types RGB and RGBA
SUB, UP, AVERAGE, PAETH = 1, 2, 3, 4

Image = np.ndarray[Any, Any]


def read(data: bytes, *, most_side: int) -> Image:
    """(H, W, 3) or (H, W, 4), uint8 or uint16."""
    chunks = _chunks(data)
    kind, header = next(chunks)
    if kind != b"IHDR" or len(header) != 13:
        raise ValueError(f"expected the header of a PNG, got the chunk {_shown(kind)}")
    width, height, bits, colour, *ways = struct.unpack(">IIBBBBB", header)
    if not (0 < width <= most_side and 0 < height <= most_side):
        raise ValueError(f"expected at most {most_side} pixels a side, got {width} x {height}")
    if bits not in (8, 16) or colour not in CHANNELS:
        raise ValueError(
            f"expected RGB or RGBA of 8 or 16 bits, got colour type {colour} of {bits} bits"
        )
    if ways != [0, 0, 0]:
        raise ValueError(
            "expected deflate, the five filters and no interlacing, got compression {}, "
            "filtering {} and interlacing {}".format(*ways)
        )
    pixel = CHANNELS[colour] * bits // 8
    raw = _inflate(_pixels_of(chunks), height * (1 + width * pixel))
    rows = np.frombuffer(raw, np.uint8).reshape(height, 1 + width * pixel)
    kinds = rows[:, 0]
    if (kinds > PAETH).any():
        raise ValueError(f"expected the filters 0 to 4, got {kinds.max()}")
    plain = _unfilter(kinds, rows[:, 1:].reshape(height, width, pixel))
    codes = plain.view(">u2").astype(np.uint16) if bits == 16 else plain
    return codes.reshape(height, width, CHANNELS[colour])


def write(image: Image) -> bytes:
    """An (H, W, 3) or (H, W, 4) image of uint8 or uint16."""
    height, width, channels = image.shape
    bits = image.dtype.itemsize * 8
    colour = {count: kind for kind, count in CHANNELS.items()}[channels]
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    codes = np.ascontiguousarray(image, ">u2" if bits == 16 else np.uint8)
    pixels = codes.view(np.uint8).reshape(height, width, -1)
    rows = np.empty((height, 1 + pixels[0].size), np.uint8)
    rows[:, 0] = SUB  # along red, the colours of most tables change by nearly the same
    rows[:, 1:] = np.diff(pixels, axis=1, prepend=np.uint8(0)).reshape(height, -1)
    body = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, content) for kind, content in body)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + _checksum(kind, content)


def _checksum(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(content, zlib.crc32(kind)))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of every chunk up to the last, with their checksums compared."""
    if not data.startswith(SIGNATURE):
        raise ValueError(f"expected the signature of a PNG, got {data[:8]!r}")
    at, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        if at + 12 > len(data):
            raise ValueError(f"expected a chunk at byte {at}, got the end of the file")
        length, kind = struct.unpack_from(">I4s", data, at)
        stop = at + 12 + length
        if stop > len(data):
            raise ValueError(
                f"expected {length} bytes of the chunk {_shown(kind)} at byte {at}, "
                f"got {len(data) - at - 12}"
            )
        content = data[at + 8 : stop - 4]
        if data[stop - 4 : stop] != _checksum(kind, content):
            raise ValueError(f"the chunk {_shown(kind)} at byte {at} has a wrong checksum")
        yield kind, content
        at = stop
    if content or at != len(data):
        raise ValueError(f"expected nothing behind the end, got {len(data) - at} bytes")


def _pixels_of(chunks: Iterator[tuple[bytes, bytes]]) -> bytes:
    """The compressed image: chunks IDAT, one behind the other."""
    parts: list[bytes] = []
    ended = False
    for kind, content in chunks:
        if kind == b"IDAT" and not ended:
            parts.append(content)
            continue
        ended = bool(parts)
        # A capital first letter marks what a reader must understand; a palette of RGB is advice.
        if kind == b"tRNS" or (kind[:1].isupper() and kind not in (b"PLTE", b"IEND")):
            raise ValueError(f"expected no chunk {_shown(kind)} there")
    return b"".join(parts)


def _inflate(packed: bytes, size: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        raw = stream.decompress(packed, size + 1)
    except zlib.error as error:
        raise ValueError(f"the image does not inflate: {error}") from None
    if len(raw) != size:
        came = "more" if len(raw) > size else len(raw)
        raise ValueError(f"expected {size} bytes of pixels, got {came}")
    if not stream.eof or stream.unused_data:
        raise ValueError(f"expected the compressed image to end with its {size} bytes")
    return raw


def _unfilter(kinds: Image, rows: Image) -> Image:
    """Add to each byte what its filter predicts from the pixels left, above and above left.

    A pixel needs those three alone, so all pixels of a diagonal are done at once: column x of row y
    is on diagonal x + y.
    """
    height, width, pixel = rows.shape
    out = np.zeros((height + 1, width + 1, pixel), np.int16)  # with a border of zeros
    for diagonal in range(height + width - 1):
        y = np.arange(max(0, diagonal - width + 1), min(height, diagonal + 1))
        x = diagonal - y
        left, above, corner = out[y + 1, x], out[y, x + 1], out[y, x]
        slope = left + above - corner
        to_left, to_above, to_corner = abs(slope - left), abs(slope - above), abs(slope - corner)
        nearest = np.where(to_above <= to_corner, above, corner)
        paeth = np.where((to_left <= to_above) & (to_left <= to_corner), left, nearest)
        kind = kinds[y, None]
        guess = np.select(
            [kind == SUB, kind == UP, kind == AVERAGE, kind == PAETH],
            [left, above, (left + above) >> 1, paeth],
            np.int16(0),
        )
        out[y + 1, x + 1] = (rows[y, x] + guess) & 255
    return np.ascontiguousarray(out[1:, 1:], np.uint8)


def _shown(kind: bytes) -> str:
    return repr(kind.decode("latin-1"))
