"""Pictures as files, and as addresses that hold the file itself."""

import base64
from typing import Any

import numpy as np

from harmonia import _image_files
from harmonia.comparison.display import Bytes, scaled

EXACT = 200_000  # pixels, up to which a picture is kept bit by bit
LONGEST = 1600  # pixels a side of what is larger
QUALITY = 92


def png(pixels: Bytes) -> bytes:
    return _write("PNG", pixels)


def address(pixels: Bytes, longest: int = LONGEST) -> str:
    """A data URI: PNG of small pictures, JPEG of large ones, which have no more than `longest`."""
    height, width = pixels.shape[:2]
    if max(height, width) > longest:
        scale = longest / max(height, width)
        pixels = scaled(pixels, (max(1, round(height * scale)), max(1, round(width * scale))))
    if pixels.shape[0] * pixels.shape[1] <= EXACT:
        return _uri("png", png(pixels))
    return jpeg_address(pixels, QUALITY)


def jpeg_address(pixels: Bytes, quality: int) -> str:
    """A data URI: JPEG of its own size."""
    return _uri("jpeg", _write("JPEG", pixels, quality=quality))


def overlay(share: "np.ndarray[Any, Any]", colour: tuple[int, int, int]) -> str:
    """A data URI of one colour, as opaque as `share` of 0..1 says."""
    pixels = np.empty((*share.shape, 4), np.uint8)
    pixels[..., :3] = colour
    pixels[..., 3] = np.rint(255 * share)
    return _uri("png", png(pixels))


def _write(format: str, pixels: Bytes, **options: Any) -> bytes:
    codec = _image_files.codec(format)
    return codec.write(pixels, icc=None, exif=None, xmp=None, resolution=None, **options)


def _uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
