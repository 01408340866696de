"""WebP through Pillow. It halves the colours unless it is lossless, which it is at quality 100."""

from harmonia._image_files import pillow, resolutions
from harmonia._image_files.decoded import NOTHING, Beside, Decoded, Pixels


def read(data: bytes, limit: int) -> Decoded:
    from PIL.WebPImagePlugin import WebPImageFile

    return pillow.decode(WebPImageFile, data, "WebP")


def write(pixels: Pixels, beside: Beside = NOTHING, *, quality: int) -> bytes:
    pillow.check_writable(pixels, "WebP", alpha=True)
    lossless = quality == 100  # exact: colours under a transparent pixel too
    beside = resolutions.in_exif(beside)
    return pillow.encode(
        pixels, "WEBP", beside, quality=quality, lossless=lossless, exact=True, method=4
    )
