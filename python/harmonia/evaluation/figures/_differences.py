"""How far each picture is from the truth, pixel by pixel, in colours of one scale."""

import math
from collections.abc import Sequence

import numpy as np

from harmonia.comparison.contour import contour
from harmonia.comparison.display import Array
from harmonia.comparison.layout import Rectangle
from harmonia.evaluation.figures import _grid
from harmonia.evaluation.figures._matplotlib import (
    GREY,
    SMALL,
    TEXT,
    Figure,
    check_width,
    settings,
)
from harmonia.evaluation.figures._plate import Plate
from harmonia.evaluation.figures._shown import COMPOSITE, REAL, Shown

MAP = "inferno"  # its lightness rises evenly, so that it reads in grey and in any colour vision
HIGHEST = 99.5  # percentile of all differences, which the scale ends at
ENDS = (4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 255)
HEAD, BAR, NUMBERS = 1.5 * TEXT, 4.0, 3.4 * SMALL  # of text, of the scale, and below it, in points
RED = (230, 25, 35)
DELTA = "\N{GREEK CAPITAL LETTER DELTA}"


def differences(
    samples: Sequence[Shown],
    *,
    labels: Sequence[str] | None = None,
    end: float | None = None,
    width: str = "page",
) -> Figure:
    """A row for each sample: the composite, and how far it and each method are from the truth.

    Parameters
    ----------
    samples
        From `look`.
    labels
        What is compared with the ground truth; by default the composite and all methods.
    end
        The difference that has the brightest colour; by default a round number that 99.5 % of all
        differences stay below. It is the same for all pictures.
    width
        "page" or "column" of a paper.

    The difference is the mean over R, G and B of its absolute value, in levels of 0..255.

    >>> from harmonia.evaluation import figures
    >>> figure = figures.differences(figures.look(plan, [0], results=results))
    >>> figures.save(figure, folder / "differences.png")
    """
    where = "figures.differences"
    inches = check_width(width, where=where)
    if not samples:
        raise ValueError(f"{where}: samples must hold at least one")
    chosen = (COMPOSITE, *samples[0].pictures) if labels is None else tuple(labels)
    maps = [[distance(one.picture(label), one.real) for label in chosen] for one in samples]
    end = _end(maps) if end is None else end
    if not 0 < end <= 255:
        raise ValueError(f"{where}: end must be above 0 and 255 at most, got {end}")
    columns = _grid.columns([one.size for one in samples], 1 + len(chosen), inches, names=True)
    dpi = columns.width / inches

    def points(wanted: float) -> int:
        return round(wanted * dpi / 72)

    heights = [_grid.panel_size(one.size, columns.panel)[0] for one in samples]
    bottom = points(HEAD) + sum(heights) + (len(heights) - 1) * columns.gap
    height = bottom + 2 * columns.gap + points(BAR + NUMBERS)
    with settings(where) as matplotlib:
        plate = Plate(matplotlib, (height, columns.width), inches)
        for number, title in enumerate((COMPOSITE, *(f"{DELTA} {label}" for label in chosen))):
            above = (columns.x(number) + columns.panel / 2, points(HEAD) - points(0.45 * TEXT))
            plate.text(above, title, TEXT, room=columns.panel)
        y = points(HEAD)
        drawn = None
        for sample, tall, its_maps in zip(samples, heights, maps, strict=True):
            size = _grid.panel_size(sample.size, columns.panel)
            beside = (columns.left * 0.65, y + tall / 2)
            plate.text(beside, sample.caption, SMALL, room=tall, colour=GREY, upright=True)
            room = Rectangle(columns.x(0), y, columns.panel, tall)
            place = _grid.centred(room, size)
            plate.picture(place, _grid.fitted(sample.composite, size))
            plate.line(place, contour(sample.mask, size, max(1.5, 0.8 * dpi / 72)), RED)
            for number, values in enumerate(its_maps, start=1):
                room = Rectangle(columns.x(number), y, columns.panel, tall)
                drawn = plate.picture(
                    _grid.centred(room, size),
                    _grid.fitted_values(values, size),
                    cmap=MAP,
                    vmin=0,
                    vmax=end,
                )
            y += tall + columns.gap
        left = columns.x(1)
        scale = Rectangle(left, bottom + 2 * columns.gap, columns.width - left, points(BAR))
        axes = plate.axes(scale)
        bar = plate.figure.colorbar(drawn, cax=axes, orientation="horizontal", extend="neither")
        bar.outline.set_linewidth(0.4)
        axes.set_xlim(0, end)
        said = f"{DELTA}: absolute difference from the {REAL}, mean of R, G, B, in levels of 0..255"
        axes.tick_params(length=2, pad=1.5)
        axes.set_xlabel(said, fontsize=SMALL, labelpad=1)
        return plate.figure


def distance(picture: Array, real: Array) -> Array:
    """Mean over the channels of the absolute difference, (H, W) float32."""
    apart = np.abs(picture.astype(np.int16) - real.astype(np.int16))
    means: Array = apart.mean(axis=2, dtype=np.float32)
    return means


def _end(maps: Sequence[Sequence[Array]]) -> float:
    every = np.concatenate([values.ravel() for row in maps for values in row])
    least = float(np.percentile(every, HIGHEST))
    return float(next((end for end in ENDS if end >= least), math.inf))
