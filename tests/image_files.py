"""Image files made by Pillow, and by hand where Pillow writes none."""

import importlib.util
import io
import struct
import zlib

import numpy as np
from images import scene
from PIL import Image, ImageCms, features

HAS_AVIF = bool(importlib.util.find_spec("PIL.AvifImagePlugin")) and features.check("avif")

PIXELS = np.rint(scene(24, 37, seed=3)[0] * 255).astype(np.uint8)
# Every size is odd, so that blocks of 8 and halved colours do not fit.
DEEP = np.rint(scene(24, 37, seed=3)[0] * 65535).astype(np.uint16)
FLOATS = scene(24, 37, seed=3)[0].astype(np.float32)


def alpha_of(pixels):
    """A fourth channel that holds every kind of value."""
    ramp = np.arange(pixels.shape[0] * pixels.shape[1]) % 251 / 250
    top = np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1
    alpha = (ramp * top).astype(pixels.dtype).reshape(*pixels.shape[:2], 1)
    return np.concatenate([pixels, alpha], axis=2)


def file_of(image, kind, **options) -> bytes:
    room = io.BytesIO()
    image.save(room, kind, **options)
    return room.getvalue()


def exif_of(orientation=1) -> bytes:
    """EXIF with a maker, an exposure time and a place, without the prefix of JPEG."""
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0112] = orientation
    exif.get_ifd(0x8769)[0x829A] = (1, 50)
    exif.get_ifd(0x8825)[1] = "N"
    return exif.tobytes().removeprefix(b"Exif\0\0")


def said_by(exif: bytes):
    """What EXIF says, whatever the order of its bytes; the orientation 1 is none."""
    found = Image.Exif()
    found.load(b"Exif\0\0" + exif)
    inner = {tag: dict(found.get_ifd(tag)) for tag in (0x8769, 0x8825)}
    outer = {tag: value for tag, value in found.items() if tag not in inner}
    return {tag: value for tag, value in outer.items() if (tag, value) != (0x0112, 1)}, inner


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _fixed(*numbers) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _profile(space: bytes, connection: bytes, kind: bytes, tags: dict[bytes, bytes]) -> bytes:
    """An ICC profile of version 2 from its tags. ICC.1:2001-04, sections 6.1 and 6.2."""
    body, table, at = b"", struct.pack(">I", len(tags)), 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += b"\0" * (-len(data) % 4)
        table += struct.pack(">4sII", name, at + len(body), len(data))
        body += data
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"\0" * 4, 0x02400000, kind, space, connection)
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + b"\0" * 28
    head += _fixed(0.9642, 1.0, 0.8249)
    return head.ljust(128, b"\0") + table + body


def _described(name: bytes) -> bytes:
    text = name + b"\0"
    return b"desc" + struct.pack(">II", 0, len(text)) + text + b"\0" * 78


def display_p3() -> bytes:
    """The primaries of Display P3 under D50, with a gamma of 2.2 for its curve."""
    xyz = {
        b"rXYZ": (0.51512, 0.2412, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.1571, 0.06657, 0.78407),
        b"wtpt": (0.9642, 1.0, 0.8249),
    }
    tags = {name: b"XYZ \0\0\0\0" + _fixed(*value) for name, value in xyz.items()}
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256))
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    tags |= {b"desc": _described(b"Display P3"), b"cprt": b"text\0\0\0\0none\0"}
    return _profile(b"RGB ", b"XYZ ", b"mntr", tags)


def inks() -> bytes:
    """A profile of CMYK that makes no sense of colour: every ink only darkens, to neutral grey.

    A table of two nodes an ink to Lab of 8 bits; L falls by a quarter an ink, a and b stay 128.
    """
    nodes = np.stack(np.meshgrid(*[[0, 1]] * 4, indexing="ij"), axis=-1).sum(axis=-1).ravel()
    lab = np.stack([255 - np.rint(nodes * 255 / 4), *[np.full(16, 128)] * 2], axis=-1)
    ramp = np.arange(256, dtype=np.uint8).tobytes()
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    table += ramp * 4 + lab.astype(np.uint8).tobytes() + ramp * 3
    tags = {b"A2B0": table, b"wtpt": b"XYZ \0\0\0\0" + _fixed(0.9642, 1.0, 0.8249)}
    tags |= {b"desc": _described(b"Inks"), b"cprt": b"text\0\0\0\0none\0"}
    return _profile(b"CMYK", b"Lab ", b"prtr", tags)


def without_segment(jpeg: bytes, marker: int) -> bytes:
    """A JPEG without its segments of a marker."""
    at, kept = 2, jpeg[:2]
    while jpeg[at + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", jpeg, at + 2)
        if jpeg[at + 1] != marker:
            kept += jpeg[at : at + 2 + length]
        at += 2 + length
    return kept + jpeg[at:]


def png_header(width, height, bits=8, colour=2) -> bytes:
    """A PNG that says a size and holds no pixels."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunk = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + chunk


def tiff_header(width, height, *more) -> bytes:
    """A TIFF directory of LONG tags that says a size and holds no pixels."""
    tags = [(256, width), (257, height), (258, 8), *more]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + b"\0" * 4
