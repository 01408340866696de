"""The colours under a mask, before and after, on a grid as coarse as a score can do with."""

import math
from typing import Any, NamedTuple

import numpy as np

from harmonia import color

Pixels = np.ndarray[Any, Any]
Floats = np.ndarray[Any, np.dtype[np.float32]]

MOST = 16384  # points of the grid in the mask's bounding box
SURE = 128  # from which value of the mask on a pixel is of the foreground


class Foreground(NamedTuple):
    """CIELAB of the same n pixels in the composite and in the real: (n, 3) each."""

    composite: Floats
    real: Floats


def foreground(composite: Pixels, mask: Pixels, real: Pixels) -> Foreground:
    """Colours of the pixels that are foreground for sure; where none is, of all the mask holds."""
    step, rows, columns = grid(mask)
    part = slice(rows.start, rows.stop, step), slice(columns.start, columns.stop, step)
    inside = mask[part] >= SURE
    if not inside.any():  # thin things fall between the points of a grid
        part = rows, columns
        inside = mask[part] >= SURE
    if not inside.any():
        inside = mask[part] > 0
    return Foreground(_lab(composite[part][inside]), _lab(real[part][inside]))


def grid(mask: Pixels) -> tuple[int, slice, slice]:
    """The step of the grid, and the rows and columns that the mask covers."""
    rows, columns = (_covered(np.any(mask, axis=axis)) for axis in (1, 0))
    area = (rows.stop - rows.start) * (columns.stop - columns.start)
    return max(1, math.ceil(math.sqrt(area / MOST))), rows, columns


def _covered(any_inside: Any) -> slice:
    places = np.flatnonzero(any_inside)
    if not places.size:
        raise ValueError("score: mask is 0 everywhere; there is no foreground to judge")
    return slice(int(places[0]), int(places[-1]) + 1)


def _lab(colours: Pixels) -> Floats:
    lab: Floats = color.convert(np.ascontiguousarray(colours[:, None]), "rgb", "lab")[:, 0]
    return lab
