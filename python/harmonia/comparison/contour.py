"""Where a mask ends, as a line around what it takes in."""

import math
from typing import Any

import numpy as np

from harmonia._resize import antialiased_resize

Array = np.ndarray[Any, Any]

FINER = 3  # the line is found on so many times the pixels, and averaged


def contour(mask: Array, size: tuple[int, int], width: float) -> Array:
    """The share of every pixel that the contour covers, float32 of `size` (height, width).

    The line is `width` pixels wide and lies outside of the foreground, which is where the mask is a
    half or more, so that it hides none of it.
    """
    fine = antialiased_resize(mask, (FINER * size[0], FINER * size[1]))
    line = band(fine >= 0.5, width * FINER)
    blocks = line.reshape(size[0], FINER, size[1], FINER)
    shares: Array = blocks.mean(axis=(1, 3), dtype=np.float32)
    return shares


def band(inside: Array, radius: float) -> Array:
    """Pixels outside, no farther than `radius` from one inside, from middle to middle."""
    height, width = inside.shape
    near = np.zeros((height, width), bool)
    reach = min(math.floor(radius), height - 1)
    for down in range(-reach, reach + 1):
        across = math.isqrt(math.floor(radius * radius - down * down))
        # Of rows that lie `down` below, spread to both sides.
        source = inside[max(0, -down) : height - max(0, down)]
        near[max(0, down) : height + min(0, down)] |= _spread(source, across)
    return near & ~inside


def _spread(rows: Array, across: int) -> Array:
    """Where a true pixel is no farther than `across` columns."""
    counts = np.zeros((len(rows), rows.shape[1] + 1), np.int32)
    np.cumsum(rows, axis=1, out=counts[:, 1:])
    columns = np.arange(rows.shape[1])
    first = np.maximum(columns - across, 0)
    last = np.minimum(columns + across + 1, rows.shape[1])
    found: Array = counts[:, last] > counts[:, first]
    return found
