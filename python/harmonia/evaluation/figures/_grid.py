"""Rows of samples, columns of pictures: photographs with crops below, or maps of differences.

| composite | ground truth | method | method |
| panel     | panel        | panel  | panel  |
| crop crop | crop crop    | ...             |
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from harmonia._resize import antialiased_resize
from harmonia.comparison.display import Array, Bytes, scaled
from harmonia.comparison.layout import Rectangle
from harmonia.comparison.zoom import ASPECT, Box, choose_boxes
from harmonia.evaluation.figures._shown import Shown

TALLEST = 1.25  # of a panel, times its width
SPARSEST, DENSEST = 220, 480  # pixels an inch of a photograph on paper
MOST_BOXES = 4


class Columns(NamedTuple):
    """Where columns of one width stand, in pixels."""

    left: int  # before the first
    panel: int
    gap: int
    number: int

    @property
    def width(self) -> int:
        return self.left + self.number * self.panel + (self.number - 1) * self.gap

    def x(self, number: int) -> int:
        return self.left + number * (self.panel + self.gap)


def columns(sizes: Sequence[tuple[int, int]], count: int, inches: float, *, names: bool) -> Columns:
    """Columns as wide as the photographs, or a whole number of times that, or a whole part of it.

    So photographs of the most frequent width are shown pixel by pixel.
    """
    widths = [width for _, width in sizes]
    width = max(set(widths), key=lambda one: (widths.count(one), one))
    room = inches / count
    least, most = SPARSEST * room, DENSEST * room
    if width <= most:
        panel = width * math.ceil(least / width)
    else:
        panel = round(width / math.ceil(width / most))
    gap = max(2, round(panel / 48))
    left = round(panel * count / inches * LABEL) if names else 0
    return Columns(left, panel, gap, count)


LABEL = 0.13  # inches of the names beside rows


def panel_size(size: tuple[int, int], panel: int) -> tuple[int, int]:
    """Height and width of a photograph in a column."""
    height = round(panel * size[0] / size[1])
    if height > TALLEST * panel:
        height = round(TALLEST * panel)
        return height, max(1, round(height * size[1] / size[0]))
    return max(1, height), panel


def fitted(pixels: Bytes, size: tuple[int, int]) -> Bytes:
    """A photograph for a place: as it is where that is so many times as large, else resized."""
    height, width = pixels.shape[:2]
    if size[0] % height == 0 and size[1] % width == 0 and size[0] // height == size[1] // width:
        return pixels
    return scaled(pixels, size)


def fitted_values(values: Array, size: tuple[int, int]) -> Array:
    """The same for one number a pixel."""
    height, width = values.shape
    if size[0] % height == 0 and size[1] % width == 0 and size[0] // height == size[1] // width:
        return values
    top = max(float(values.max()), 1e-6)
    found: Array = antialiased_resize((values / top).astype(np.float32), size) * top
    return found.clip(0)


def centred(place: Rectangle, size: tuple[int, int]) -> Rectangle:
    """Of a size, in the middle of a place."""
    x = place.x + (place.width - size[1]) // 2
    return Rectangle(x, place.y + (place.height - size[0]) // 2, size[1], size[0])


def inset(place: Rectangle, by: int) -> Rectangle:
    return Rectangle(place.x + by, place.y + by, place.width - 2 * by, place.height - 2 * by)


def common(place: Rectangle, within: Rectangle) -> Rectangle:
    """The part of a place that lies within another."""
    left, top = max(place.x, within.x), max(place.y, within.y)
    right = min(place.x + place.width, within.x + within.width)
    bottom = min(place.y + place.height, within.y + within.height)
    return Rectangle(left, top, max(1, right - left), max(1, bottom - top))


def boxes_of(
    shown: Shown, wanted: int | Sequence[Box], labels: Sequence[str], cell: int
) -> tuple[Box, ...]:
    """Given boxes, or so many where the methods differ, which can be enlarged in whole steps."""
    if not isinstance(wanted, int):
        return tuple(wanted)
    if not wanted:
        return ()
    results = [shown.picture(label) for label in labels] or [shown.real]
    chosen = choose_boxes(shown.composite, results, shown.mask, wanted)
    return tuple(_whole(box, cell, shown.size) for box in chosen)


def _whole(box: Box, cell: int, size: tuple[int, int]) -> Box:
    """A box about as large, of which `cell` is a multiple, but for a rest of a pixel or two."""
    if box.width > cell:
        return box
    width = min(cell // max(1, round(cell / box.width)), size[1])
    height = min(round(width / ASPECT), size[0])
    x = box.x + (box.width - width) // 2
    y = box.y + (box.height - height) // 2
    return Box(min(max(0, x), size[1] - width), min(max(0, y), size[0] - height), width, height)


def crop_size(box: Box, cell: int) -> tuple[int, int]:
    """Height and width at which a box is shown in a cell of so many pixels across."""
    times = cell / box.width
    if times >= 1:
        times = math.floor(times)
    height = max(1, round(box.height * times))
    if height > TALLEST * cell:
        times = TALLEST * cell / box.height
        times = max(1, math.floor(times)) if times >= 1 else times
        height = round(box.height * times)
    return height, max(1, round(box.width * times))


def on_panel(box: Box, place: Rectangle, size: tuple[int, int]) -> Rectangle:
    """A box of the photograph in pixels of the plate."""
    left, right = (round(x * place.width / size[1]) for x in (box.x, box.x + box.width))
    upper, lower = (round(y * place.height / size[0]) for y in (box.y, box.y + box.height))
    return Rectangle(place.x + left, place.y + upper, right - left, lower - upper)
