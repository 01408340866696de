"""PNG of up to 8 bits through Pillow."""

from harmonia._image_files import pillow
from harmonia._image_files.decoded import Decoded, Pixels, Refused
from harmonia._image_files.sniff import sniff


def read(data: bytes, limit: int) -> Decoded:
    from PIL.PngImagePlugin import PngImageFile

    bits = sniff(data).bits
    if bits > 8:
        raise Refused("a PNG of 16 bits a channel is not read, as Pillow would round it to 8")
    return pillow.decode(PngImageFile, data, "PNG")


def write(pixels: Pixels, *, icc: bytes | None, exif: bytes | None, quality: int) -> bytes:
    pillow.check_writable(pixels, "PNG", alpha=True)
    return pillow.encode(pixels, "PNG", icc, exif)
