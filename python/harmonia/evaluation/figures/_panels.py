"""Few pictures of one sample, each with its title and its pixels counted at the axes."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from harmonia.comparison.display import Array, Bytes
from harmonia.comparison.layout import Rectangle
from harmonia.evaluation.figures import _grid
from harmonia.evaluation.figures._matplotlib import SMALL, TEXT, Figure, check_width, settings
from harmonia.evaluation.figures._plate import Plate
from harmonia.evaluation.figures._shown import Shown

ABOVE, BELOW, BESIDE = 1.6 * TEXT, 2.0 * SMALL, 4.2 * SMALL  # of a panel, in points
TICKS = 4


class Titled(NamedTuple):
    title: str
    pixels: Bytes


def triplet(sample: Shown, *, width: str = "page") -> Figure:
    """Three panels: composite, real and mask.

    >>> from harmonia.evaluation import figures
    >>> figure = figures.triplet(figures.look(plan, [0], results=results)[0])
    >>> figures.save(figure, folder / "triplet.png")
    """
    mask = np.rint(255 * sample.mask).astype(np.uint8)
    three = [
        Titled("composite", sample.composite),
        Titled("real", sample.real),
        Titled("mask", np.repeat(mask[..., None], 3, axis=2)),
    ]
    return _panels(three, 3, width, "figures.triplet")


def systems(
    sample: Shown,
    labels: Sequence[str] | None = None,
    *,
    pasted: bool = False,
    width: str = "column",
) -> Figure:
    """Four panels, two by two: what four methods made of a sample.

    Parameters
    ----------
    sample
        From `look`.
    labels
        Of four; by default the first ones. Fewer or more make other rows of two.
    pasted
        Show each on the background of the real picture.

    >>> from harmonia.evaluation import figures
    >>> figure = figures.systems(figures.look(plan, [0], results=results)[0])
    >>> figures.save(figure, folder / "systems.png")
    """
    where = "figures.systems"
    chosen = list(sample.pictures)[:4] if labels is None else list(labels)
    if not chosen:
        raise ValueError(f"{where}: labels must name at least one")
    pictures = [sample.picture(label) for label in chosen]
    if pasted:
        pictures = [_pasted(picture, sample) for picture in pictures]
    titled = [Titled(label, picture) for label, picture in zip(chosen, pictures, strict=True)]
    return _panels(titled, 2, width, where)


def _pasted(picture: Bytes, sample: Shown) -> Bytes:
    weight = sample.mask[..., None]
    mixed: Bytes = np.rint(picture * weight + sample.real * (1 - weight)).astype(np.uint8)
    return mixed


def _panels(panels: Sequence[Titled], across: int, width: str, where: str) -> Figure:
    inches = check_width(width, where=where)
    size = panels[0].pixels.shape[:2]
    across = min(across, len(panels))
    # The ticks beside panels take their room from the width.
    margins = across * BESIDE / 72
    places = _grid.columns([size], across, inches - margins, names=False)
    dpi = across * places.panel / (inches - margins)

    def points(wanted: float) -> int:
        return round(wanted * dpi / 72)

    height, panel = _grid.panel_size(size, places.panel)
    step = places.panel + points(BESIDE)
    band = points(ABOVE) + height + points(BELOW)
    rows = math.ceil(len(panels) / across)
    with settings(where) as matplotlib:
        plate = Plate(matplotlib, (rows * band, across * step), inches)
        for number, (title, pixels) in enumerate(panels):
            row, column = divmod(number, across)
            x, y = column * step + points(BESIDE), row * band + points(ABOVE)
            x += (places.panel - panel) // 2
            # Room at the right for half of the last tick's letters.
            place = Rectangle(x - points(0.8 * SMALL), y, panel, height)
            _counted(plate, place, _grid.fitted(pixels, (height, panel)), size)
            above = (place.x + panel / 2, y - points(0.5 * TEXT))
            plate.text(above, title, TEXT, room=panel)
        return plate.figure


def _counted(plate: Plate, place: Rectangle, pixels: Array, size: tuple[int, int]) -> None:
    """A picture whose axes count the pixels of the original."""
    height, width = size
    axes = plate.axes(place)
    extent = (0, width, height, 0)
    axes.imshow(pixels, interpolation="none", aspect="auto", extent=extent)
    step = _step(max(size))
    axes.set_xticks(np.arange(0, width, step))
    axes.set_yticks(np.arange(0, height, step))
    axes.tick_params(length=2, pad=1.5)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _step(longest: int) -> int:
    """A round number of pixels of which the longest side holds about four."""
    ten: int = 10 ** math.floor(math.log10(max(1, longest / TICKS)))
    return next(times * ten for times in (1, 2, 5, 10) if times * ten >= longest / TICKS)
