"""Discs and lines on a picture, antialiased: what `picture` draws with."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

Doubles = np.ndarray[Any, np.dtype[np.float64]]
Place = Any  # two numbers, right and down, in pixels; 0, 0 is the outer corner
Colour = Any  # three values 0..1


class Canvas:
    """A picture being drawn, opaque, in float64. What is drawn later covers what was before."""

    def __init__(self, height: int, width: int, ground: float) -> None:
        self.pixels: Doubles = np.full((height, width, 3), ground)

    def to_bytes(self) -> "np.ndarray[Any, np.dtype[np.uint8]]":
        return np.rint(255 * np.clip(self.pixels, 0, 1)).astype(np.uint8)

    def disc(self, centre: Place, radius: float, colour: Colour, opacity: float = 1.0) -> None:
        part, x, y = self._around([centre], radius)
        inside = _within(radius - np.hypot(x - centre[0], y - centre[1]))
        self._cover(part, opacity * inside, colour)

    def line(
        self, points: Sequence[Place], width: float, colour: Colour, opacity: float = 1.0
    ) -> None:
        """Straight from point to point, round at the ends. Finer than a pixel is fainter."""
        radius, opacity = max(width, 1.0) / 2, opacity * min(width, 1.0)
        part, x, y = self._around(points, radius)
        nearest = np.full((y.size, x.size), np.inf)
        for start, end in itertools.pairwise(points):
            (rows, columns), right, down = self._around([start, end], radius)
            along_x, along_y = end[0] - start[0], end[1] - start[1]
            right, down = right - start[0], down - start[1]
            length = max(along_x * along_x + along_y * along_y, 1e-12)
            share = ((right * along_x + down * along_y) / length).clip(0, 1)
            away = np.hypot(right - share * along_x, down - share * along_y)
            top, left = rows.start - part[0].start, columns.start - part[1].start
            inner = nearest[top : top + away.shape[0], left : left + away.shape[1]]
            np.minimum(inner, away, out=inner)
        self._cover(part, opacity * _within(radius - nearest), colour)

    def fill(self, left: int, top: int, colours: Doubles) -> None:
        """Pixels (H, W, 3) as they are."""
        height, width = colours.shape[:2]
        self.pixels[top : top + height, left : left + width] = colours

    def _around(
        self, points: Sequence[Place], margin: float
    ) -> tuple[tuple[slice, slice], Doubles, Doubles]:
        """The part of the picture that a shape can touch, and the middles of its pixels."""
        rows, columns = (
            _pixels([point[axis] for point in points], margin, count)
            for axis, count in ((1, self.pixels.shape[0]), (0, self.pixels.shape[1]))
        )
        x = np.arange(columns.start, columns.stop)[None, :] + 0.5
        y = np.arange(rows.start, rows.stop)[:, None] + 0.5
        return (rows, columns), x, y

    def _cover(self, part: tuple[slice, slice], share: Doubles, colour: Colour) -> None:
        below = self.pixels[part]
        below += share[..., None] * (np.asarray(colour) - below)


def _pixels(places: list[float], margin: float, count: int) -> slice:
    first = max(0, min(count, math.floor(min(places) - margin - 1)))
    return slice(first, max(first, min(count, math.ceil(max(places) + margin + 1))))


def _within(depth: Doubles) -> Doubles:
    """The share of a pixel that a shape covers whose edge lies this far beyond its middle."""
    share: Doubles = (depth + 0.5).clip(0, 1)
    return share
