"""From rows on disk to a table of means, with published ones beside."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path

from harmonia.evaluation._results import Results
from harmonia.evaluation.published import Published
from harmonia.evaluation.tables._layouts import ALL, names_of
from harmonia.evaluation.tables._model import (
    DIGITS,
    LABELS,
    Cell,
    Column,
    Line,
    Notes,
    Table,
    ranked,
    turned,
)
from harmonia.evaluation.tables._part import (
    Part,
    agreeing,
    computed_alike,
    is_whole,
    size_of,
    test_counts,
)
from harmonia.metrics import Mean, Scores, summarize

Folder = Results | str | PathLike[str]
WHERE = "table"


def table(
    results: Folder | Sequence[Folder],
    *,
    layout: str | None = None,
    methods: Sequence[str] | None = None,
    metrics: Sequence[str] | None = None,
    sort: str | None = None,
    published: bool = False,
    novel: Collection[str] | str | PathLike[str] = (),
    intervals: bool = True,
) -> Table:
    """Means over images, as papers print them.

    Parameters
    ----------
    results
        A folder of `harmonia.evaluation`, or several, whose columns stand beside each other.
    layout
        One of `list_layouts()`; by default that of papers on the dataset.
    methods
        Labels, in their order. By default all: composites first, others by name.
    metrics
        Of every group, instead of the layout's.
    sort
        A metric whose last column puts the methods in order, the best first.
    published
        Put the values of papers below, as far as the same dataset was measured whole, by the same
        protocol at the same size.
    novel
        For layouts of novel and base categories: the names of the novel samples, or a list of them
        such as IHD_human_test.txt.
    intervals
        Compute the 95 % intervals too.

    >>> [line.label for line in harmonia.evaluation.table(results, sort="fmse").lines]
    ['composite', 'reinhard']
    """
    names = names_of(Path(novel)) if isinstance(novel, (str, PathLike)) else frozenset(novel)
    parts = [Part(each, layout, methods, metrics, names, WHERE) for each in opened(results)]
    _name_apart(parts)
    notes = Notes()
    columns = tuple(column for part in parts for column in part.columns)
    measured = _measured(parts, notes, intervals=intervals)
    said = _published(parts, notes) if published else {}
    measured, said = _ranked(columns, measured, said, parts)
    lines = [Line(label, tuple(cells)) for label, cells in measured.items()]
    for row, cells in said.items():
        label = row.method if row.year is None else f"{row.method} ({row.year})"
        mark = notes.mark(f"published: {row.source}")
        lines.append(Line(label, tuple(cells), published=True, marks=(mark,)))
    if sort is not None:
        lines = _sorted(lines, columns, sort)
    found = Table(
        "; ".join(dict.fromkeys(part.title for part in parts)),
        columns,
        tuple(lines),
        notes.all(),
        tuple(_remarks(parts, asked=published, found=bool(said))),
    )
    return turned(found) if parts[0].layout.turned else found


def cell_of(mean: Mean, name: str, images: int, notes: Notes, *, intervals: bool) -> Cell:
    marks = [
        notes.mark(
            f"{count:,} of {images:,} images are left out, as their {LABELS.get(name, name)} is "
            f"{how}"
        )
        for count, how in ((mean.infinite, "infinite"), (mean.undefined, "undefined"))
        if count
    ]
    # One image says nothing of how means scatter.
    low, high = (mean.low, mean.high) if intervals and mean.images > 1 else (math.nan, math.nan)
    return Cell(
        mean.mean,
        low,
        high,
        mean.images,
        mean.undefined,
        mean.infinite,
        marks=tuple(marks),
        digits=DIGITS.get(name, 2),
    )


def opened(results: Folder | Sequence[Folder]) -> list[Results]:
    given: Iterable[Folder]
    given = [results] if isinstance(results, (Results, str, PathLike)) else results
    found = [each if isinstance(each, Results) else Results(Path(each)) for each in given]
    if not found:
        raise ValueError(f"{WHERE}: results must name at least one folder")
    folders = [each.folder.resolve() for each in found]
    for each in found:
        if folders.count(each.folder.resolve()) > 1:
            raise ValueError(f"{WHERE}: results: {each.folder} is given twice")
    return found


def _name_apart(parts: Sequence[Part]) -> None:
    """Groups of several folders say of which they are: by the first of these that tells."""
    ways = (
        lambda part: size_of(part.results),
        lambda part: part.results.protocol,
        lambda part: part.results.dataset,
        lambda part: part.results.folder.name,
        lambda part: str(part.results.folder),
    )
    for way in ways:
        if len({way(part) for part in parts}) == len(parts) > 1:
            for part in parts:
                part.prefix = way(part)
            return


def _measured(parts: Sequence[Part], notes: Notes, *, intervals: bool) -> dict[str, list[Cell]]:
    labels = dict.fromkeys(label for part in parts for label in part.rows)
    return {
        label: [cell for part in parts for cell in _cells(part, label, notes, intervals=intervals)]
        for label in labels
    }


def _cells(part: Part, label: str, notes: Notes, *, intervals: bool) -> Iterator[Cell]:
    at = {name: number for number, name in enumerate(part.results.metrics)}
    for group, name in part.metrics:
        rows = part.members(label, group)
        if not rows:
            yield Cell()
            continue
        scores = [Scores({name: row.values[at[name]]}, protocol="") for row in rows]
        mean = (summarize(scores) if intervals else summarize(scores, resamples=1))[ALL][name]
        yield cell_of(mean, name, len(rows), notes, intervals=intervals)


def _ranked(
    columns: Sequence[Column],
    measured: Mapping[str, list[Cell]],
    said: Mapping[Published, list[Cell]],
    parts: Sequence[Part],
) -> tuple[dict[str, list[Cell]], dict[Published, list[Cell]]]:
    everything = [*measured.values(), *said.values()]
    comparable = [part.is_comparable for part in parts for _ in part.metrics]
    by_column = [
        ranked(column, [cells[at] for cells in everything])
        if comparable[at]
        else [cells[at] for cells in everything]
        for at, column in enumerate(columns)
    ]
    lines = [list(cells) for cells in zip(*by_column, strict=True)]
    return (
        dict(zip(measured, lines, strict=False)),
        dict(zip(said, lines[len(measured) :], strict=True)),
    )


def _published(parts: Sequence[Part], notes: Notes) -> dict[Published, list[Cell]]:
    """Cells by a row that stands for all of its method and source."""
    lines: dict[tuple[object, ...], tuple[Published, list[Cell]]] = {}
    width = sum(len(part.metrics) for part in parts)
    at = 0
    for part in parts:
        for group, name in part.metrics:
            for row in agreeing(part, group, name):
                key = (row.method, row.year, row.source)
                _, cells = lines.setdefault(key, (row, [Cell()] * width))
                cells[at] = Cell(row.value, digits=DIGITS.get(name, 2))
            at += 1
    return dict(lines.values())


def _sorted(lines: Sequence[Line], columns: Sequence[Column], metric: str) -> list[Line]:
    label = LABELS.get(metric, metric)
    places = [at for at, column in enumerate(columns) if column.head == label]
    if not places:
        heads = ", ".join(dict.fromkeys(column.head for column in columns))
        raise ValueError(f"{WHERE}: sort: the table has no {metric!r}, only {heads}")
    sign = -1.0 if columns[places[-1]].better == "higher" else 1.0

    def key(line: Line) -> tuple[bool, bool, float]:
        cell = line.cells[places[-1]]
        return (line.published, cell.is_empty, 0.0 if cell.is_empty else sign * cell.value)

    return sorted(lines, key=key)


def _remarks(parts: Sequence[Part], *, asked: bool, found: bool) -> Iterator[str]:
    for part in parts:
        before = f"{part.prefix}: " if part.prefix else ""
        total = part.results.samples
        counts: dict[int, list[str]] = {}
        for label, rows in part.rows.items():
            if len(rows) != total:
                counts.setdefault(len(rows), []).append(label)
        for count, labels in counts.items():
            yield f"{before}{count:,} of {total:,} measured: {', '.join(labels)}"
        if not part.is_comparable:
            yield f"{before}not all methods have the same images, so that the best are not marked"
    if not asked:
        return
    waiting = {
        part.published_as(group): test_counts()[part.published_as(group)]
        for part in parts
        for group, name in part.metrics
        if not is_whole(part, group) and computed_alike(part, group, name)
    }
    for group, count in waiting.items():
        yield f"published values of {group} are of {count:,} images, which are not all measured"
    if not found and not waiting:
        yield "no published value is known to be of this dataset, protocol and size"
