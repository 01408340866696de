"""AVIF of 8 bits through a Pillow that has it."""

from harmonia._image_files import pillow
from harmonia._image_files.decoded import Decoded, Pixels, Refused
from harmonia._image_files.sniff import sniff


def _check_installed() -> None:
    from PIL import features

    if not features.check("avif"):
        raise Refused("AVIF needs a Pillow built with it; pip install 'pillow>=11.3'")


def read(data: bytes, limit: int) -> Decoded:
    _check_installed()
    from PIL.AvifImagePlugin import AvifImageFile

    bits = sniff(data).bits
    if bits != 8:
        raise Refused(
            f"an AVIF of {bits} bits a channel is not read, as Pillow would round it to 8; "
            "convert it to a 16-bit PNG"
        )
    return pillow.decode(AvifImageFile, data, "AVIF")


def write(pixels: Pixels, *, icc: bytes | None, exif: bytes | None, quality: int) -> bytes:
    _check_installed()
    pillow.check_writable(pixels, "AVIF", alpha=True)
    return pillow.encode(pixels, "AVIF", icc, exif, quality=quality, subsampling="4:4:4")
