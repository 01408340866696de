"""The colours under a mask, before and after, on a grid as coarse as a score can do with."""

import math
from typing import Any, NamedTuple

import numpy as np

from harmonia import color

Pixels = np.ndarray[Any, Any]
Floats = np.ndarray[Any, np.dtype[np.float32]]

MOST = 16384  # points of the grid in the mask's bounding box
SURE = 128  # from which value of the mask on a pixel is of the foreground


class Grid(NamedTuple):
    """Rows and columns of the mask's bounding box, every step-th of them."""

    rows: slice
    columns: slice


class Foreground(NamedTuple):
    """The same n pixels in the composite and in the real, (n, 3) each: codes and CIELAB."""

    composite: Pixels
    real: Pixels
    composite_lab: Floats
    real_lab: Floats


def foreground(composite: Pixels, mask: Pixels, real: Pixels) -> Foreground:
    """Pixels that are foreground for sure; where none is, all that the mask holds."""
    part = grid(mask)
    inside = mask[part] >= SURE
    if not inside.any():  # thin things fall between the points of a grid
        part = Grid(slice(None), slice(None))
        inside = mask >= SURE if mask.max() >= SURE else mask > 0
    now, before = composite[part][inside], real[part][inside]
    return Foreground(now, before, _lab(now), _lab(before))


def grid(mask: Pixels) -> Grid:
    rows, columns = (_covered(np.any(mask, axis=axis)) for axis in (1, 0))
    area = (rows.stop - rows.start) * (columns.stop - columns.start)
    step = max(1, math.ceil(math.sqrt(area / MOST)))
    return Grid(slice(rows.start, rows.stop, step), slice(columns.start, columns.stop, step))


def _covered(any_inside: Any) -> slice:
    places = np.flatnonzero(any_inside)
    if not places.size:
        raise ValueError("score: mask is 0 everywhere; there is no foreground to judge")
    return slice(int(places[0]), int(places[-1]) + 1)


def _lab(colours: Pixels) -> Floats:
    # As one row: kernels work on runs of pixels.
    lab: Floats = color.convert(np.ascontiguousarray(colours[None]), "rgb", "lab")[0]
    return lab
