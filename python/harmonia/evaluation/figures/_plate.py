"""A figure whose photographs lie on whole pixels, so that none is interpolated by being drawn.

Places are in pixels from the upper left corner; the figure has as many pixels an inch as make it of
the width that was asked for. Letters and lines are in points, and stay vectors in a PDF.
"""

from typing import Any

import numpy as np

from harmonia.comparison.display import Array
from harmonia.comparison.layout import Rectangle
from harmonia.evaluation.figures._matplotlib import INK

# No side of a figure may round down to a pixel less.
CRUMB = 1e-3
SMALLEST = 4.5  # letters, in points
SPACED = 1.06  # letters reach beyond their outlines, and want room between two captions


class Plate:
    def __init__(self, matplotlib: Any, size: tuple[int, int], inches: float) -> None:
        self.height, self.width = size
        self.dpi = self.width / inches
        sides = ((self.width + CRUMB) / self.dpi, (self.height + CRUMB) / self.dpi)
        self.figure = matplotlib.figure.Figure(figsize=sides, dpi=self.dpi)
        self._matplotlib = matplotlib

    def points(self, points: float) -> float:
        """So many points in pixels."""
        return points * self.dpi / 72

    def axes(self, place: Rectangle, **options: Any) -> Any:
        """Axes of which the inside is at `place`."""
        x, y, width, height = place
        left, bottom = x / self.width, 1 - (y + height) / self.height
        sides = (left, bottom, width / self.width, height / self.height)
        return self.figure.add_axes(sides, **options)

    def picture(self, place: Rectangle, pixels: Array, **options: Any) -> Any:
        """Pixels, each on a whole number of the plate's; gives the image that was drawn."""
        axes = self.axes(place)
        axes.set_axis_off()
        return axes.imshow(pixels, interpolation="none", aspect="auto", **options)

    def line(self, place: Rectangle, share: Array, colour: tuple[int, int, int]) -> None:
        """A line over the picture at `place`, which covers a share of every pixel."""
        layer = np.empty((*share.shape, 4), np.uint8)
        layer[..., :3] = colour
        layer[..., 3] = np.rint(255 * share)
        self.picture(place, layer)

    def line_width(self, points: float) -> int:
        """Whole pixels, so that the line hides none of what it is around."""
        return max(1, round(self.points(points)))

    def frame(self, place: Rectangle, colour: str, width: float) -> None:
        """A line of so many points around a place, outside of it."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        line = self.line_width(width)
        # An area with a hole, as a stroke may come to lie half a pixel off.
        corners = [
            *_corners(place.x - line, place.y - line, place.width + 2 * line,
                      place.height + 2 * line),
            *reversed(_corners(*place)),
        ]  # fmt: skip
        vertices = [(x / self.width, 1 - y / self.height) for x, y in corners]
        codes = 2 * [Path.MOVETO, *[Path.LINETO] * 4]
        self.figure.add_artist(
            PathPatch(
                Path(vertices, codes),
                facecolor=colour,
                linewidth=0,
                transform=self.figure.transFigure,
                zorder=3,
            )
        )

    def text(
        self,
        place: tuple[float, float],
        text: str,
        size: float,
        *,
        room: float,
        colour: str = INK,
        across: str = "center",
        down: str = "baseline",
        upright: bool = False,
        bold: bool = False,
        whole: bool = False,
    ) -> None:
        """Text that takes no more than `room` pixels: smaller where it must be, then cut short;
        `whole` is as it is.
        """
        weight = "bold" if bold else "normal"
        if not whole:
            text, size = self._fitted(text, size, room, weight)
        self.figure.text(
            place[0] / self.width,
            1 - place[1] / self.height,
            plain(text),
            fontsize=size,
            color=colour,
            ha=across,
            va=down,
            rotation=90 if upright else 0,
            rotation_mode="anchor" if upright else None,
            weight=weight,
        )

    def _fitted(self, text: str, size: float, room: float, weight: str) -> tuple[str, float]:
        length = self.length(text, size, weight)
        if length <= room:
            return text, size
        smaller = max(SMALLEST, size * room / length)
        kept = len(text)
        while kept > 1 and self.length(_cut(text, kept), smaller, weight) > room:
            kept -= 1
        return _cut(text, kept), smaller

    def length(self, text: str, size: float, weight: str = "normal") -> float:
        """The pixels that text takes across."""
        return self.points(length(text, size, weight))


def length(text: str, size: float, weight: str = "normal") -> float:
    """The points that text takes across."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    if not text.strip():
        return 0.0
    font = FontProperties(family="DejaVu Sans", weight=weight)
    path = TextPath((0, 0), plain(text), size=size, prop=font)
    return SPACED * float(path.get_extents().width)


def _corners(x: int, y: int, width: int, height: int) -> list[tuple[int, int]]:
    """Around a place and back to its beginning."""
    right, bottom = x + width, y + height
    return [(x, y), (right, y), (right, bottom), (x, bottom), (x, y)]


def _cut(text: str, kept: int) -> str:
    return text if kept == len(text) else f"{text[:kept].rstrip()}..."


def plain(text: str) -> str:
    """Text that matplotlib takes for no formula."""
    return text.replace("$", r"\$")
