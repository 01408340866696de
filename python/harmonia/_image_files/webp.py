"""WebP through Pillow. It halves the colours unless it is lossless, which it is at quality 100."""

from harmonia._image_files import pillow
from harmonia._image_files.decoded import Decoded, Pixels


def read(data: bytes, limit: int) -> Decoded:
    from PIL.WebPImagePlugin import WebPImageFile

    return pillow.decode(WebPImageFile, data, "WebP")


def write(pixels: Pixels, *, icc: bytes | None, exif: bytes | None, quality: int) -> bytes:
    pillow.check_writable(pixels, "WebP", alpha=True)
    lossless = quality == 100  # exact: colours under a transparent pixel too
    return pillow.encode(
        pixels, "WEBP", icc, exif, quality=quality, lossless=lossless, exact=True, method=4
    )
