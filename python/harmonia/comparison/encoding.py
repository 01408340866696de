"""Pictures as files, and as addresses that hold the file itself."""

import base64
from typing import Any

import numpy as np

from harmonia import _image_files
from harmonia._image_files.decoded import Beside
from harmonia.comparison.contour import contour
from harmonia.comparison.display import Bytes, scaled

EXACT = 200_000  # pixels, up to which a picture is kept bit by bit
LONGEST = 1600  # pixels a side of what is larger
QUALITY = 92
RED = (230, 25, 35)
LINES_A_PICTURE = 200  # a contour's width: one pixel for so many of the shorter side
CONTOUR_LONGEST = 640  # a smooth line may be enlarged


def png(pixels: Bytes) -> bytes:
    return _write("PNG", pixels)


def address(pixels: Bytes, longest: int = LONGEST, *, icc: bytes | None = None) -> str:
    """A data URI of no more than `longest` pixels a side, with the colour profile.

    PNG of small pictures and of those with alpha, JPEG of others.
    """
    height, width = pixels.shape[:2]
    if max(height, width) > longest:
        scale = longest / max(height, width)
        pixels = scaled(pixels, (max(1, round(height * scale)), max(1, round(width * scale))))
    if pixels.shape[0] * pixels.shape[1] <= EXACT or pixels.shape[2] == 4:
        return _uri("png", _write("PNG", pixels, icc=icc))
    return _uri("jpeg", _write("JPEG", pixels, icc=icc, quality=QUALITY))


def jpeg_address(pixels: Bytes, quality: int) -> str:
    """A data URI: JPEG of its own size."""
    return _uri("jpeg", _write("JPEG", pixels, quality=quality))


def outline(mask: "np.ndarray[Any, Any]") -> str:
    """A data URI of the contour of a mask of 0..1 floats, in red."""
    scale = min(1.0, CONTOUR_LONGEST / max(mask.shape))
    height, width = (max(1, round(side * scale)) for side in mask.shape)
    line = contour(mask, (height, width), max(1.5, min(height, width) / LINES_A_PICTURE))
    return _overlay(line, RED)


def _overlay(share: "np.ndarray[Any, Any]", colour: tuple[int, int, int]) -> str:
    """A data URI of one colour, as opaque as `share` of 0..1 says."""
    pixels = np.empty((*share.shape, 4), np.uint8)
    pixels[..., :3] = colour
    pixels[..., 3] = np.rint(255 * share)
    return _uri("png", png(pixels))


def _write(format: str, pixels: Bytes, *, icc: bytes | None = None, **options: Any) -> bytes:
    return _image_files.codec(format).write(pixels, Beside(icc=icc), **options)


def _uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
