"""Pillow's decoders and encoders for 8 bits a channel, and its modes as RGB or RGBA.

The class of a format is called by itself: nothing else is tried, and Pillow's own limit of pixels,
which warns and is one for the whole process, stays out of it.
"""

import io
import os
import tempfile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from harmonia._image_files import profiles
from harmonia._image_files.decoded import Beside, Decoded, Pixels, Refused
from harmonia._image_files.exif import PREFIX, bare

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

# What Pillow's mode becomes, and what is said of it.
CONVERTED = {
    "1": ("L", "1-bit to RGB"),
    "L": ("L", "grey to RGB"),
    "LA": ("LA", "grey to RGB"),
    "PA": ("RGBA", "palette to RGB"),
    "YCbCr": ("RGB", "YCbCr to RGB"),
    "RGBX": ("RGB", "a fourth channel that is no alpha left out"),
    "RGBa": ("RGBA", "divided by the alpha it was multiplied with"),
}


def decode(opener: "type[ImageFile]", data: bytes, kind: str, *, inverted: bool = False) -> Decoded:
    """The first picture in a file. `inverted` is CMYK that Pillow took for Adobe's."""
    try:
        with opener(io.BytesIO(data)) as image:
            image.load()
            info = dict(image.info)
            pixels, notes, icc = _to_rgb(image, info, inverted)
            if getattr(image, "is_animated", False):
                notes = (*notes, "the first picture of several")
    except Refused:
        raise
    except Exception as error:  # of a damaged file, decoders raise whatever they come across
        raise Refused(f"cannot be decoded as {kind}: {_sentence(error)}") from error
    exif, xmp = (info.get(name) for name in ("exif", "xmp"))
    return Decoded(
        pixels,
        icc,
        bare(exif if isinstance(exif, bytes) else None),
        notes,
        xmp=xmp if isinstance(xmp, bytes) and xmp else None,
    )


def _sentence(error: Exception) -> str:
    return f"{error}" or type(error).__name__


def _to_rgb(image: Any, info: dict[Any, Any], inverted: bool) -> tuple[Pixels, Any, bytes | None]:
    icc, mode = info.get("icc_profile") or None, image.mode
    notes: tuple[str, ...] = ()
    if mode == "CMYK":
        image, note = profiles.cmyk_to_rgb(image, icc, inverted=inverted)
        return np.array(image), (note,), None
    if mode in CONVERTED:
        wanted, note = CONVERTED[mode]
        image, notes = image if wanted == mode else image.convert(wanted), (note,)
    elif mode == "P":
        image = image.convert("RGBA" if "transparency" in info else "RGB")
        notes = ("palette to RGB",)
    elif mode not in ("RGB", "RGBA"):
        raise Refused(f"holds {mode} pixels, which are not read; convert it to RGB")
    icc, said = profiles.of_rgb(icc)
    return from_grey(np.array(image)), (*notes, *said), icc


def from_grey(pixels: Pixels) -> Pixels:
    """(H, W), or (H, W, 2) with alpha, as RGB or RGBA."""
    if pixels.ndim == 2:
        return np.repeat(pixels[..., None], 3, axis=2)
    if pixels.shape[2] == 2:
        return np.ascontiguousarray(pixels[..., [0, 0, 0, 1]])
    return pixels


def check_writable(pixels: Pixels, kind: str, *, alpha: bool) -> None:
    """Refuse what 8 bits a channel, or a format without alpha, would lose."""
    if pixels.dtype != np.uint8:
        raise Refused(
            f"{kind} holds 8 bits a channel, the pixels are {pixels.dtype}; write a .tiff"
            f"{' or a .png' if pixels.dtype == np.uint16 else ''}, or round them to uint8 first"
        )
    if pixels.shape[2] == 4 and not alpha:
        raise Refused(
            f"{kind} holds no alpha; write a .png, .webp or .tiff, or leave it out with "
            "pixels[..., :3]"
        )


def encode(pixels: Pixels, kind: str, beside: Beside, **options: Any) -> bytes:
    """With profile, EXIF and XMP; a resolution is among the options of its format."""
    from PIL import Image

    if beside.icc:
        options["icc_profile"] = beside.icc
    if beside.exif:
        options["exif"] = PREFIX + beside.exif
    if beside.xmp:
        options["xmp"] = beside.xmp
    with _room() as room:
        try:
            Image.fromarray(np.ascontiguousarray(pixels)).save(room, kind, **options)
        except Exception as error:  # sides over the format's limit, EXIF over 64 KB
            raise Refused(f"cannot be written as {kind}: {_sentence(error)}") from error
        room.seek(0)
        return room.read()


def _room() -> BinaryIO:
    """What Pillow shall write to: a file, while it encodes to which other threads run."""
    try:
        if hasattr(os, "memfd_create"):
            return os.fdopen(os.memfd_create("harmonia"), "w+b")
        return cast(BinaryIO, tempfile.TemporaryFile())
    except OSError:
        return io.BytesIO()


def resized(mask: Pixels, size: tuple[int, int]) -> Pixels:
    """One channel at (height, width): bilinear where it grows, averaged where it shrinks."""
    from PIL import Image

    return np.array(Image.fromarray(mask).resize(size[::-1], Image.Resampling.BILINEAR))
