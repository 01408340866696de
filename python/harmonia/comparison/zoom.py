"""Boxes to look into: where the methods differ most, on the seam and inside of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from harmonia._resize import antialiased_resize

Array = np.ndarray[Any, Any]

LOOKED_AT = 320  # pixels of the longer side that boxes are chosen on
ASPECT = 4 / 3
SMALLEST = 24  # rows of a box, where the picture has them
APART = 1.2  # between the middles of two boxes, in sides of one
OF_FOREGROUND = 0.3  # rows of a box, as a share of the foreground's shorter side...
OF_PICTURE = (0.08, 0.16)  # ...and no less and no more than these of the picture's


class Box(NamedTuple):
    """A part of a picture, in pixels from its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    def cut(self, pixels: Array) -> Array:
        return pixels[self.y : self.y + self.height, self.x : self.x + self.width]


def choose_boxes(
    composite: Array, results: Sequence[Array], mask: Array, count: int
) -> tuple[Box, ...]:
    """`count` boxes of one size, from left to right.

    The first, third... lie on the seam and show as much foreground as background, the others
    inside. Both are where the results differ most from each other and from the composite, and
    where there is something to see. They lie apart as long as there is room.
    """
    height, width = mask.shape
    scale = min(1.0, LOOKED_AT / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    weight = antialiased_resize(mask, size).clip(0, 1)
    rows, columns = _box_size(weight, (height, width), size)
    window = max(1, round(rows * size[0] / height)), max(1, round(columns * size[1] / width))
    window = min(window[0], size[0]), min(window[1], size[1])

    looks = [antialiased_resize(picture, size) for picture in (composite, *results)]
    spread = _means(np.std(looks, axis=0).mean(axis=2) + 1e-3, window)
    busy = _means(_edges(looks[0].mean(axis=2)), window)
    busy = 0.3 + busy / max(float(busy.max()), 1e-6)
    foreground = _means(weight, window).clip(0, 1)
    seam = spread * busy * (4 * foreground * (1 - foreground) + 1e-6)
    inside = spread * busy * (foreground**4 + 1e-6)

    boxes: list[Box] = []
    free = np.ones_like(spread)  # 1 where a box lies apart from those that were chosen
    for number in range(count):
        worth = (inside if number % 2 else seam) * free
        y, x = (int(place) for place in np.unravel_index(np.argmax(worth), worth.shape))
        left = min(round(x * width / size[1]), width - columns)
        top = min(round(y * height / size[0]), height - rows)
        boxes.append(Box(left, top, columns, rows))
        free *= _apart(worth.shape, (y, x), window)
    return tuple(sorted(boxes))


def _box_size(weight: Array, whole: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns, after the size of the foreground."""
    shorter, present = min(whole), weight >= 0.5
    extents = [
        (int(np.flatnonzero(present.any(axis=1 - axis))[[0, -1]] @ [-1, 1]) + 1)
        * whole[axis]
        / size[axis]
        if present.any()
        else whole[axis]
        for axis in (0, 1)
    ]
    low, high = (share * shorter for share in OF_PICTURE)
    rows = max(SMALLEST, min(max(OF_FOREGROUND * min(extents), low), high))
    rows = min(rows, whole[0], whole[1] / ASPECT)
    return max(1, int(rows)), max(1, min(whole[1], round(int(rows) * ASPECT)))


def _means(values: Array, window: tuple[int, int]) -> Array:
    """The mean in a window, by its upper left corner."""
    sums = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    np.cumsum(values, axis=0, out=sums[1:, 1:], dtype=np.float64)
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    down, across = window
    total = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across]
    means: Array = (total + sums[:-down, :-across]) / (down * across)
    return means


def _edges(grey: Array) -> Array:
    steps = np.zeros_like(grey)
    steps[1:] += abs(np.diff(grey, axis=0))
    steps[:, 1:] += abs(np.diff(grey, axis=1))
    return steps


def _apart(shape: tuple[int, ...], corner: tuple[int, int], window: tuple[int, int]) -> Array:
    """1 where windows lie apart from the one at `corner`; little, the nearer they are."""
    apart = [
        (abs(np.arange(shape[axis]) - corner[axis]) / (APART * window[axis])).clip(0, 1)
        for axis in (0, 1)
    ]
    overlap = np.outer(1 - apart[0], 1 - apart[1])
    free: Array = np.where(overlap > 0, 1e-9 * (1 - overlap), 1.0)
    return free
