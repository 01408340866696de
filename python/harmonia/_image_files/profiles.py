"""Colour profiles: which fit RGB pixels, and conversions by littleCMS."""

import io
from typing import Any

import numpy as np

from harmonia._image_files.decoded import Pixels, Refused

SIGNATURE = slice(36, 40)
SPACE = slice(16, 20)
BLACK_POINT_COMPENSATION: Any = 0x2000  # of littleCMS; Pillow has had several names for it


def _is_of(icc: bytes | None, space: bytes) -> bool:
    return icc is not None and icc[SIGNATURE] == b"acsp" and icc[SPACE] == space


def of_rgb(icc: bytes | None) -> tuple[bytes | None, tuple[str, ...]]:
    """The profile if it describes RGB pixels, and what is said where it does not."""
    if icc is None or _is_of(icc, b"RGB "):
        return icc, ()
    if _is_of(icc, b"GRAY"):
        return None, ("the profile, of grey pixels, left out",)
    return None, ("the profile, damaged or of another colour space, left out",)


def cmyk_to_rgb(image: Any, icc: bytes | None, *, inverted: bool) -> tuple[Any, str]:
    """A PIL image of inks as sRGB, and what was done."""
    from PIL import ImageChops, ImageCms

    if inverted:
        image = ImageChops.invert(image)
    if not _is_of(icc, b"CMYK"):
        return image.convert("RGB"), "CMYK to RGB by the plain formula"
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(icc or b"")),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=BLACK_POINT_COMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        said = "CMYK to RGB by the plain formula, as the embedded profile is damaged"
        return image.convert("RGB"), said
    return converted, "CMYK to RGB by the embedded profile"


def rgb_to_srgb(pixels: Pixels, icc: bytes) -> Pixels:
    """8 bits a channel, by littleCMS; alpha stays."""
    from PIL import Image, ImageCms

    try:
        converted = ImageCms.profileToProfile(
            Image.fromarray(np.ascontiguousarray(pixels[..., :3])),
            ImageCms.ImageCmsProfile(io.BytesIO(icc)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=BLACK_POINT_COMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        raise Refused(f"the profile is damaged: {error}") from error
    out = pixels.copy()
    out[..., :3] = np.asarray(converted)
    return out
