"""Where everything stands on a sheet, in pixels: bands of panels, each with its crops below.

| caption  | caption  |
| panel    | panel    |
| crop crop| crop crop|
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from harmonia.comparison.zoom import Box

MARGIN, GAP, NEAR = 24, 20, 8  # around the sheet, between panels, between a panel and its crops
NARROWEST = 224  # columns that a caption needs
MOST_ACROSS = 6  # panels
CROPS_ACROSS = 3
TALLEST = 1.25  # of a crop, times its room across
TINY = 200  # a picture with fewer pixels across and down is enlarged by a whole number
LINE = 20  # of text


class Rectangle(NamedTuple):
    x: int
    y: int
    width: int
    height: int


class Column(NamedTuple):
    """One panel and what goes with it."""

    caption: Rectangle
    panel: Rectangle
    crops: tuple[Rectangle, ...]


class Layout(NamedTuple):
    width: int
    height: int
    columns: tuple[Column, ...]


def panel_size(image_size: tuple[int, int], longest: int) -> tuple[int, int]:
    """Height and width of a panel: the picture's own, if that is no more than `longest`."""
    most = max(image_size)
    if most < TINY:
        times = max(1, min(longest, TINY) // most)
        return image_size[0] * times, image_size[1] * times
    if most <= longest:
        return image_size
    height, width = (max(1, round(side * longest / most)) for side in image_size)
    return height, width


def arrange(
    count: int, panel: tuple[int, int], boxes: Sequence[Box], top: int, lines: int
) -> Layout:
    """`count` columns below `top`, with captions of so many `lines`."""
    height, width = panel
    room = max(width, NARROWEST)
    beside = across(count, MOST_ACROSS)
    bands = math.ceil(count / beside)
    crops, crops_height = _crops(boxes, room)
    caption = lines * LINE + 6
    band = caption + height + crops_height

    columns = []
    for number in range(count):
        row, place = divmod(number, beside)
        x, y = MARGIN + place * (room + GAP), top + row * (band + GAP + MARGIN)
        picture_y = y + caption
        columns.append(
            Column(
                Rectangle(x, y, room, caption),
                Rectangle(x + (room - width) // 2, picture_y, width, height),
                tuple(crop._replace(x=x + crop.x, y=picture_y + height + crop.y) for crop in crops),
            )
        )
    total = top + bands * (band + GAP + MARGIN) - GAP - MARGIN
    return Layout(2 * MARGIN + beside * (room + GAP) - GAP, total, tuple(columns))


def across(count: int, most: int = CROPS_ACROSS) -> int:
    """How many of `count` things stand side by side, so that no row is much shorter."""
    return math.ceil(count / math.ceil(count / most)) if count else 1


def _crops(boxes: Sequence[Box], room: int) -> tuple[list[Rectangle], int]:
    """Where crops stand below a panel, from its lower left corner, and how far down they reach."""
    if not boxes:
        return [], 0
    count = across(len(boxes))
    cell = (room - (count - 1) * NEAR) // count
    crops, y = [], NEAR
    for first in range(0, len(boxes), count):
        sizes = [_fitted(box, cell) for box in boxes[first : first + count]]
        tallest = max(height for _, height in sizes)
        for place, (width, height) in enumerate(sizes):
            left = place * (cell + NEAR) + (cell - width) // 2
            crops.append(Rectangle(left, y + (tallest - height) // 2, width, height))
        y += tallest + NEAR
    return crops, y - NEAR


def _fitted(box: Box, cell: int) -> tuple[int, int]:
    scale = min(cell / box.width, TALLEST * cell / box.height)
    return max(1, round(box.width * scale)), max(1, round(box.height * scale))
