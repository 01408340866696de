"""A table as what it says, before it is written in any format."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

# How many digits follow the point, where it is not two.
DIGITS = {"ssim": 4, "fssim": 4, "ms_ssim": 4, "lpips": 4}
LABELS = {
    "background_mse": "background MSE",
    "delta_e": "delta E",
    "fdelta_e": "foreground delta E",
    "fmae": "fMAE",
    "fmse": "fMSE",
    "fpsnr": "fPSNR",
    "fssim": "fSSIM",
    "lpips": "LPIPS",
    "mae": "MAE",
    "ms_ssim": "MS-SSIM",
    "mse": "MSE",
    "psnr": "PSNR",
    "ssim": "SSIM",
}
INTERVALS = "95 % intervals of the means, by a bootstrap over images"
ARROWS = {"lower": "\N{DOWNWARDS ARROW}", "higher": "\N{UPWARDS ARROW}"}


class Column(NamedTuple):
    """What the cells below each other are.

    Attributes
    ----------
    group, head
        "HCOCO", and "MSE" below it.
    better
        Which way is up; None where neither is.
    digits
        After the point.
    images
        How many the group holds; 0 where that says nothing.
    """

    group: str
    head: str
    better: Literal["lower", "higher"] | None = None
    digits: int = 2
    images: int = 0

    @property
    def arrow(self) -> str:
        return "" if self.better is None else ARROWS[self.better]


class Cell(NamedTuple):
    """A mean, its 95 % interval where there is one, and its place in the column.

    Attributes
    ----------
    value, low, high
        NaN where there is none.
    rank
        1 for the best of its column, 2 for the second best, 0 otherwise.
    marks
        Of its notes.
    """

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    images: int = 0
    undefined: int = 0
    infinite: int = 0
    rank: int = 0
    marks: tuple[str, ...] = ()
    digits: int = 2

    @property
    def is_empty(self) -> bool:
        return math.isnan(self.value)

    @property
    def text(self) -> str:
        """The mean as it is shown; "" where there is none."""
        return "" if self.is_empty else shown(self.value, self.digits)

    @property
    def interval(self) -> str:
        """As "68.12, 70.63"; "" where there is none."""
        if math.isnan(self.low):
            return ""
        return f"{shown(self.low, self.digits)}, {shown(self.high, self.digits)}"


class Line(NamedTuple):
    """A method and its cells, in the order of the columns."""

    label: str
    cells: tuple[Cell, ...]
    published: bool = False
    marks: tuple[str, ...] = ()


class Note(NamedTuple):
    """What stands below the table, and the mark that points there."""

    mark: str
    text: str


@dataclass(frozen=True)
class Table:
    """Means of methods beside each other. `harmonia.evaluation.tables` writes it.

    Attributes
    ----------
    title
        What was measured, and how.
    columns, lines
        Its parts; published lines come behind those that were measured.
    notes
        What marks of lines and cells point at.
    remarks
        What holds for all of it, such as what is still missing.
    """

    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[Note, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[tuple[str, int, int], ...]:
        """Each group of columns: its name, where it begins, and where it ends."""
        starts = [
            at
            for at, column in enumerate(self.columns)
            if at == 0 or column.group != self.columns[at - 1].group
        ]
        ends = [*starts[1:], len(self.columns)]
        return tuple(
            (self.columns[start].group, start, end) for start, end in zip(starts, ends, strict=True)
        )

    @property
    def has_intervals(self) -> bool:
        return any(cell.interval for line in self.lines for cell in line.cells)

    @property
    def has_ranks(self) -> bool:
        return any(cell.rank for line in self.lines for cell in line.cells)


class Notes:
    """Notes in the order in which they are asked for, each text once."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}

    def mark(self, text: str) -> str:
        """The mark of a text: a, b, ... z, aa, ab ..."""
        if text not in self._marks:
            self._marks[text] = letters(len(self._marks))
        return self._marks[text]

    def all(self) -> tuple[Note, ...]:
        return tuple(Note(mark, text) for text, mark in self._marks.items())


def letters(number: int) -> str:
    """0 is a, 25 is z, 26 is aa."""
    head, last = divmod(number, 26)
    return (letters(head - 1) if head else "") + chr(ord("a") + last)


def shown(value: float, digits: int) -> str:
    """A number as tables show it: a zero has no sign."""
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0.0 else text


def ranked(column: Column, cells: Sequence[Cell]) -> list[Cell]:
    """The cells of a column with the best and the second best marked.

    What looks the same shares a place. Where all look the same there is nothing to mark.
    """
    values = {float(cell.text) for cell in cells if not cell.is_empty}
    if column.better is None or len(values) < 2:
        return list(cells)
    best, second = sorted(values, reverse=column.better == "higher")[:2]
    places = {best: 1, second: 2}
    return [
        cell if cell.is_empty else cell._replace(rank=places.get(float(cell.text), 0))
        for cell in cells
    ]


def turned(table: Table) -> Table:
    """The same with a column a method and a line a metric."""
    lines = []
    for at, column in enumerate(table.columns):
        label = " ".join(filter(None, (column.group, column.head))) + column.arrow
        lines.append(Line(label, tuple(line.cells[at] for line in table.lines)))
    columns = tuple(
        Column("published" if line.published else "", line.label + _marked(line.marks))
        for line in table.lines
    )
    return Table(table.title, columns, tuple(lines), table.notes, table.remarks)


def _marked(marks: Sequence[str]) -> str:
    return f" ({','.join(marks)})" if marks else ""
