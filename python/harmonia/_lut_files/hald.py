"""Hald CLUT: a table as an image, red fastest, that image editors can grade and hand back.

Level L is a square of L**3 pixels a side that holds L**2 nodes along every axis.
"""

from typing import Any

import numpy as np

from harmonia._lut_files import png
from harmonia._lut_files.contents import (
    Contents,
    Floats,
    LutFileError,
    check_bits,
    check_cubic,
    check_plain,
)

KIND = "a Hald image"
BITS = (8, 16)
LEVELS = range(2, 12)  # 4 to 121 nodes


def parse(data: bytes, name: str) -> Contents:
    try:
        pixels = png.read(data, most_side=LEVELS[-1] ** 3)
        return Contents(from_pixels(pixels))
    except ValueError as error:
        raise LutFileError(name, str(error)) from None


def format(contents: Contents, bits: int) -> bytes:
    check_bits(bits, BITS, KIND)
    return png.write(to_pixels(contents, np.dtype(f"uint{bits}")))


def level_of(contents: Contents) -> int:
    size = check_cubic(contents, KIND)
    for level in LEVELS:
        if level**2 == size:
            return level
    nearest = min(LEVELS, key=lambda level: abs(level**2 - size))
    raise ValueError(
        f"{KIND} has a square number of nodes along an axis, {LEVELS[0] ** 2} to "
        f"{LEVELS[-1] ** 2}, this table has {size}; use harmonia.lut.resize(lut, {nearest**2})"
    )


def to_pixels(contents: Contents, dtype: "np.dtype[Any]") -> "np.ndarray[Any, Any]":
    """uint8 and uint16 round; float32 keeps the nodes."""
    level = level_of(contents)
    check_plain(contents, KIND)
    nodes = contents.nodes.transpose(2, 1, 0, 3).reshape(level**3, level**3, 3)
    if dtype.kind == "f":
        return nodes.astype(dtype)
    top = np.iinfo(dtype).max
    return np.floor(nodes.astype(np.float64) * top + 0.5).astype(dtype)


def from_pixels(pixels: "np.ndarray[Any, Any]") -> Floats:
    side = pixels.shape[0]
    level = next((level for level in LEVELS if level**3 == side), None)
    if level is None or pixels.shape[1] != side:
        raise ValueError(
            f"expected a square of L**3 pixels a side, L from {LEVELS[0]} to {LEVELS[-1]}, "
            f"got {pixels.shape[1]} x {side}"
        )
    if pixels.dtype.kind == "f":
        top = np.float32(1)
        if not np.isfinite(pixels).all():
            raise ValueError("expected finite colours, got NaN or infinity")
    else:
        top = np.float32(np.iinfo(pixels.dtype).max)
    if pixels.shape[2] == 4 and (pixels[..., 3] != top).any():
        raise ValueError("expected an opaque image, got transparent pixels")
    n = level**2
    nodes = pixels[..., :3].astype(np.float32) / top
    return np.ascontiguousarray(nodes.reshape(n, n, n, 3).transpose(2, 1, 0, 3))
