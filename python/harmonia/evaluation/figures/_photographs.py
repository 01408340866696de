"""Photographs of samples beside each other as papers show them: composite, truth and methods."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from harmonia.comparison.asked import open_boxes
from harmonia.comparison.contour import contour
from harmonia.comparison.layout import Rectangle
from harmonia.comparison.zoom import Box
from harmonia.evaluation.figures import _grid
from harmonia.evaluation.figures._matplotlib import (
    GREY,
    SMALL,
    TEXT,
    Figure,
    check_width,
    settings,
)
from harmonia.evaluation.figures._numbers import Numbers
from harmonia.evaluation.figures._plate import Plate
from harmonia.evaluation.figures._shown import COMPOSITE, REAL, Shown

RED, YELLOW = (230, 25, 35), "#ffd600"
CONTOUR, FRAME = 0.8, 0.9  # widths in points
HEAD, LINE = 1.5 * TEXT, 1.35 * SMALL  # of text, in points
HIGHEST = 9.0  # inches of a page of the gallery


def grid(
    samples: Sequence[Shown],
    *,
    labels: Sequence[str] | None = None,
    boxes: int | Sequence[Sequence[int]] = 2,
    numbers: bool = True,
    names: bool = True,
    width: str = "page",
) -> Figure:
    """A row for each sample: the composite with the foreground's contour, the truth, the methods.

    Parameters
    ----------
    samples
        From `look`.
    labels
        The columns, "composite" and "ground truth" among them; by default these two and all
        methods.
    boxes
        How many parts to enlarge below, chosen where the methods differ; or parts for every sample,
        each (x, y, width, height) in pixels.
    numbers
        Write a few metrics below each picture.
    names
        Write the sub-dataset and the sample's name beside each row.
    width
        "page" or "column" of a paper.

    Photographs are as many pixels wide as they are, or a whole number of times that, or a whole
    part; only those of other widths, and what is smaller than its original, are resized, by the
    antialiased bicubic filter.

    >>> from harmonia.evaluation import figures
    >>> figure = figures.grid(figures.look(plan, [0], results=results))
    >>> figures.save(figure, folder / "grid.png")
    """
    where = "figures.grid"
    inches = check_width(width, where=where)
    chosen = _labels(samples, labels, where)
    with settings(where) as matplotlib:
        page = _Page(matplotlib, samples, chosen, boxes, numbers, names, inches, where)
        return page.draw()


def gallery(
    samples: Iterable[Shown],
    *,
    labels: Sequence[str] | None = None,
    numbers: bool = True,
    width: str = "page",
) -> Iterator[Figure]:
    """All samples, without enlarged parts, as pages no higher than those of a paper.

    It takes them one page at a time, as `look_one_by_one` gives them.

    >>> from harmonia.evaluation import figures
    >>> for page, figure in enumerate(figures.gallery(figures.look(plan, [0], results=results))):
    ...     figures.save(figure, folder / f"gallery-{page}.png")
    """
    where = "figures.gallery"
    inches = check_width(width, where=where)
    waiting = iter(samples)
    page: list[Shown] = []
    for sample in waiting:
        chosen = _labels([sample], labels, where)
        if page and _inches([*page, sample], chosen, numbers, inches) > HIGHEST:
            yield grid(page, labels=labels, boxes=0, numbers=numbers, width=width)
            page = []
        page.append(sample)
    if page:
        yield grid(page, labels=labels, boxes=0, numbers=numbers, width=width)


class Row(NamedTuple):
    """Where one sample stands, in pixels from the top."""

    sample: Shown
    boxes: tuple[Box, ...]
    y: int
    panel: int  # its height
    numbers: int  # top of the lines of numbers
    crops: int  # top of the crops
    end: int


class _Page:
    def __init__(
        self,
        matplotlib: Any,
        samples: Sequence[Shown],
        labels: Sequence[str],
        boxes: int | Sequence[Sequence[int]],
        numbers: bool,
        names: bool,
        inches: float,
        where: str,
    ) -> None:
        sizes = [sample.size for sample in samples]
        self._columns = _grid.columns(sizes, len(labels), inches, names=names)
        self._dpi = self._columns.width / inches
        self._line = max(1, self._points(FRAME))
        self._labels, self._names = labels, names
        room = 72 * self._columns.panel / self._dpi
        self._numbers = Numbers(samples if numbers else [], labels, room)
        top, self._rows = self._points(HEAD), []
        for sample in samples:
            row = self._row(sample, boxes, top, where)
            self._rows.append(row)
            top = row.end + 2 * self._columns.gap
        height = self._rows[-1].end + self._columns.gap // 2
        self._plate = Plate(matplotlib, (height, self._columns.width), inches)

    def draw(self) -> Figure:
        for number, label in enumerate(self._labels):
            x = self._columns.x(number) + self._columns.panel / 2
            place = (x, self._points(HEAD) - self._points(0.45 * TEXT))
            self._plate.text(place, label, TEXT, room=self._columns.panel)
        for row in self._rows:
            if self._names:
                self._name(row)
            for number, label in enumerate(self._labels):
                self._cell(row, label, self._columns.x(number))
        return self._plate.figure

    def _points(self, points: float) -> int:
        return round(points * self._dpi / 72)

    def _row(self, sample: Shown, boxes: Any, top: int, where: str) -> Row:
        asked = open_boxes(boxes, sample.size, where)
        count = asked if isinstance(asked, int) else len(asked)
        if count > _grid.MOST_BOXES:
            raise ValueError(f"{where}: boxes must be {_grid.MOST_BOXES} at most, got {count}")
        panel = _grid.panel_size(sample.size, self._columns.panel)[0]
        methods = [label for label in self._labels if label not in (COMPOSITE, REAL)]
        cell = self._crop_room(count)
        found = _grid.boxes_of(sample, asked, methods, cell)
        below = top + panel
        end = below + self._points(LINE * self._numbers.lines)
        crops = end
        if found:
            crops = end + self._columns.gap
            end = crops + max(_grid.crop_size(box, cell)[0] for box in found) + 2 * self._line
        return Row(sample, found, top, panel, below, crops, end)

    def _cell_width(self, count: int) -> int:
        count = max(1, count)
        return (self._columns.panel - (count - 1) * self._columns.gap) // count

    def _crop_room(self, count: int) -> int:
        """Pixels across within the frame of a crop."""
        return self._cell_width(count) - 2 * self._line

    def _name(self, row: Row) -> None:
        place = (self._columns.left * 0.65, row.y + row.panel / 2)
        self._plate.text(
            place, row.sample.caption, SMALL, room=row.panel, colour=GREY, upright=True
        )

    def _cell(self, row: Row, label: str, x: int) -> None:
        sample, columns = row.sample, self._columns
        pixels = sample.picture(label)
        size = _grid.panel_size(sample.size, columns.panel)
        place = _grid.centred(Rectangle(x, row.y, columns.panel, row.panel), size)
        self._plate.picture(place, _grid.fitted(pixels, size))
        if label == COMPOSITE:
            line = max(1.5, CONTOUR * self._dpi / 72)
            self._plate.line(place, contour(sample.mask, size, line), RED)
        for line, said in enumerate(self._numbers.of(sample, label)):
            below = (x + columns.panel / 2, row.numbers + self._points(SMALL + line * LINE))
            self._plate.text(
                below, said, self._numbers.size, room=columns.panel, colour=GREY, whole=True
            )
        width = self._cell_width(len(row.boxes))
        for number, box in enumerate(row.boxes):
            inner = _grid.inset(place, self._line)
            framed = _grid.common(_grid.on_panel(box, place, sample.size), inner)
            self._plate.frame(framed, YELLOW, FRAME)
            crop = _grid.crop_size(box, self._crop_room(len(row.boxes)))
            left = x + number * (width + columns.gap)
            room = Rectangle(left, row.crops, width, row.end - row.crops)
            at = _grid.centred(room, crop)
            self._plate.picture(at, _grid.fitted(box.cut(pixels), crop))
            self._plate.frame(at, YELLOW, FRAME)


def _labels(samples: Sequence[Shown], labels: Sequence[str] | None, where: str) -> tuple[str, ...]:
    if not samples:
        raise ValueError(f"{where}: samples must hold at least one")
    if labels is None:
        return (COMPOSITE, REAL, *samples[0].pictures)
    for label in labels:
        samples[0].picture(label)
    if not labels:
        raise ValueError(f"{where}: labels must name at least one")
    return tuple(labels)


def _inches(samples: Sequence[Shown], labels: Sequence[str], numbers: bool, inches: float) -> float:
    """How high a page of these samples is."""
    columns = _grid.columns([one.size for one in samples], len(labels), inches, names=True)
    dpi = columns.width / inches
    rows = itertools.accumulate(
        _grid.panel_size(sample.size, columns.panel)[0] + 2 * columns.gap for sample in samples
    )
    lines = Numbers(samples if numbers else [], labels, 72 * columns.panel / dpi).lines
    return max(rows) / dpi + (HEAD + LINE * lines * len(samples)) / 72 + math.ulp(1)
