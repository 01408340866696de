"""Nodes of the tables that changes are made into where no kernel computes them."""

import functools
from typing import Any

import numpy as np

from harmonia import lut
from harmonia.transform import Lut

Colours = np.ndarray[Any, np.dtype[np.float32]]

SIZE = 25


@functools.cache
def colours(size: int = SIZE) -> Colours:
    """The colours of all nodes as a picture, (size, size * size, 3) of 0..1. Not to be written."""
    found = lut.identity(size).nodes.reshape(size, size * size, 3)
    found.flags.writeable = False
    return found


def table(changed: Colours) -> Lut:
    """The table that takes `colours(size)` to these, (size, size * size, 3)."""
    size = len(changed)
    return Lut(changed.reshape(size, size, size, 3))
