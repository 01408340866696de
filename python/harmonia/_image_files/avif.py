"""AVIF of 8 bits through a Pillow that has it."""

from typing import TYPE_CHECKING

from harmonia._image_files import pillow, resolutions
from harmonia._image_files.decoded import NOTHING, Beside, Decoded, Pixels, Refused
from harmonia._image_files.sniff import sniff

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile


def _opener() -> "type[ImageFile]":
    try:
        from PIL import AvifImagePlugin
    except ImportError:
        supported = False
    else:
        supported = AvifImagePlugin.SUPPORTED
    if not supported:
        raise Refused("AVIF needs a Pillow built with it; pip install 'pillow>=11.3'")
    return AvifImagePlugin.AvifImageFile


def read(data: bytes, limit: int) -> Decoded:
    opener = _opener()
    bits = sniff(data).bits
    if bits != 8:
        raise Refused(
            f"an AVIF of {bits} bits a channel is not read, as Pillow would round it to 8; "
            "convert it to a 16-bit PNG"
        )
    return pillow.decode(opener, data, "AVIF")


def write(pixels: Pixels, beside: Beside = NOTHING, *, quality: int) -> bytes:
    pillow.check_writable(pixels, "AVIF", alpha=True)
    _opener()
    beside = resolutions.in_exif(beside)
    return pillow.encode(pixels, "AVIF", beside, quality=quality, subsampling="4:4:4")
