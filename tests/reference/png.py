"""PNG byte by byte: each row by a filter of one's choice."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, content=b"", checksum=None):
    right = zlib.crc32(kind + content)
    end = struct.pack(">I", right if checksum is None else checksum)
    return struct.pack(">I", len(content)) + kind + content + end


def header(width, height, bits=8, colour=2, compression=0, filtering=0, interlacing=0):
    ways = (bits, colour, compression, filtering, interlacing)
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, *ways))


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def filtered(row, above, pixel, kind):
    out = [kind]
    for i, value in enumerate(row):
        a = row[i - pixel] if i >= pixel else 0
        b = above[i]
        c = above[i - pixel] if i >= pixel else 0
        guess = [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]
        out.append((value - guess) % 256)
    return bytes(out)


def pixels(image, kinds):
    """The rows of an image of big-endian codes, as they are compressed."""
    rows = [row.tobytes() for row in image.astype(image.dtype.newbyteorder(">"))]
    pixel = len(rows[0]) // image.shape[1]
    above = [bytes(len(rows[0])), *rows]
    return b"".join(map(filtered, rows, above, [pixel] * len(rows), kinds))


def write(image, kinds, *, parts=1, before=b"", between=b""):
    height, width, channels = image.shape
    packed = zlib.compress(pixels(image, kinds))
    step = -(-len(packed) // parts)
    body = [chunk(b"IDAT", packed[i : i + step]) for i in range(0, len(packed), step)]
    head = header(width, height, 8 * image.dtype.itemsize, {3: 2, 4: 6}[channels])
    return SIGNATURE + head + before + between.join(body) + chunk(b"IEND")


PASSES = [
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
]


def packed_row(samples, bits):
    """Samples of one row, one behind the other, the highest bit first; zeros fill the last byte."""
    text = "".join(f"{int(value):0{bits}b}" for value in samples)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8))


def stream(samples, bits, kinds, interlaced=False):
    """(H, W, C) samples as filtered rows. `kinds` are taken in turn."""
    kinds, at, out = list(kinds), 0, b""
    pixel = max(1, samples.shape[2] * bits // 8)
    for x, y, across, down in PASSES if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::down, x::across]
        if part.size == 0:
            continue
        rows = [packed_row(row.ravel(), bits) for row in part]
        for row, above in zip(rows, [bytes(len(rows[0])), *rows[:-1]], strict=True):
            out += filtered(row, above, pixel, kinds[at % len(kinds)])
            at += 1
    return out


def encode(samples, colour, bits, *, kinds=(0,), interlaced=False, before=b"", behind=b""):
    """A PNG of any colour type: `before` the pixels come other chunks, PLTE among them."""
    height, width, _ = samples.shape
    head = header(width, height, bits, colour, interlacing=int(interlaced))
    packed = zlib.compress(stream(samples, bits, kinds, interlaced))
    return SIGNATURE + head + before + chunk(b"IDAT", packed) + behind + chunk(b"IEND")
