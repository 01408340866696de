"""JPEG of 8 bits through Pillow: grey, RGB and CMYK; written without halving the colours."""

from harmonia._image_files import pillow
from harmonia._image_files.decoded import Decoded, Pixels, Refused
from harmonia._image_files.sniff import jpeg_segments, sniff

APP14 = 0xEE


def read(data: bytes, limit: int) -> Decoded:
    """Inks are stored inverted where Adobe's marker says so, and Pillow takes all for such."""
    from PIL.JpegImagePlugin import JpegImageFile

    bits = sniff(data).bits
    if bits != 8:
        raise Refused(f"a JPEG of {bits} bits a channel is not read; convert it to a 16-bit PNG")
    adobe = any(
        marker == APP14 and data[start : start + 5] == b"Adobe"
        for marker, start, _ in jpeg_segments(data)
    )
    return pillow.decode(JpegImageFile, data, "JPEG", inverted=not adobe)


def write(pixels: Pixels, *, icc: bytes | None, exif: bytes | None, quality: int) -> bytes:
    pillow.check_writable(pixels, "JPEG", alpha=False)
    full = {"quality": quality, "subsampling": 0, "optimize": False}
    return pillow.encode(pixels, "JPEG", icc, exif, **full)
