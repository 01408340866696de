"""A picture at a fraction of its size, for those who only need to see its colours."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from harmonia._image_files import exif, jpeg, sniff
from harmonia._image_files.decoded import ImageFileError, Refused
from harmonia._resize import pil_resize
from harmonia.io.pictures import read

Pixels = np.ndarray[Any, Any]


def read_reduced(path: str | os.PathLike[str], side: int) -> Pixels:
    """The colours of a picture whose longer side is `side` or less: (h, w, 3) uint8, upright.

    JPEG is decoded at an eighth, a quarter or half where that is large enough, which takes a
    fraction of the time. Profiles are not looked at, and what is deeper than 8 bits is rounded.
    """
    data = Path(path).read_bytes()
    pixels: Pixels | None = None
    try:
        header = sniff.sniff(data)
        sniff.check_limit(header, sniff.pixel_limit())
        if header.format == "JPEG":
            decoded = jpeg.read_reduced(data, side)
            if decoded is not None:
                pixels = exif.turned(decoded.pixels, exif.orientation(decoded.exif))
    except Refused as error:
        raise ImageFileError(os.fspath(path), str(error)) from error
    return reduced(_in_8_bits(read(path).pixels) if pixels is None else pixels, side)


def reduced(pixels: Pixels, side: int) -> Pixels:
    """An 8-bit picture or mask, averaged until its longer side is `side` or less."""
    height, width = pixels.shape[:2]
    longer = max(height, width)
    if longer <= side:
        return pixels
    size = max(1, round(height * side / longer)), max(1, round(width * side / longer))
    return pil_resize(pixels, size, "box")


def _in_8_bits(pixels: Pixels) -> Pixels:
    colours = pixels[..., :3]
    if colours.dtype == np.uint8:
        return np.ascontiguousarray(colours)
    top = 65535 if colours.dtype == np.uint16 else 1
    return np.rint(np.clip(colours / np.float32(top), 0, 1) * 255).astype(np.uint8)
