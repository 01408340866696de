"""Methods beside one of them, image by image."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from harmonia._registry import find_metric
from harmonia.evaluation._candidates import COMPOSITE
from harmonia.evaluation.tables._layouts import ALL
from harmonia.evaluation.tables._means import Folder, opened
from harmonia.evaluation.tables._model import (
    DIGITS,
    LABELS,
    Cell,
    Column,
    Line,
    Notes,
    Table,
    ranked,
)
from harmonia.evaluation.tables._part import check_measured, in_order, size_of
from harmonia.metrics import Mean, Scores, summarize

WHERE = "paired"


class Paired(NamedTuple):
    """A method beside another on the same images.

    Attributes
    ----------
    difference
        The mean of what the method has more than the other, its 95 % interval by a bootstrap over
        pairs, and what is left out: pairs of which one value is infinite or undefined.
    images
        Pairs whose values can be ordered.
    better, equal
        How many of them the method does better, or alike.
    """

    method: str
    against: str
    metric: str
    difference: Mean
    images: int
    better: int
    equal: int

    @property
    def share_better(self) -> float:
        """Of all images, 0..1; NaN where there are none."""
        return self.better / self.images if self.images else math.nan


def paired(
    results: Folder,
    against: str = COMPOSITE,
    *,
    methods: Sequence[str] | None = None,
    metrics: Sequence[str] | None = None,
) -> list[Paired]:
    """Each method beside `against`, over the images that both have.

    Parameters
    ----------
    results
        A folder of `harmonia.evaluation`.
    against
        The label of the other method.
    methods, metrics
        Some of them; all by default.

    >>> pair = harmonia.evaluation.tables.paired(results, metrics=["fmse"])[0]
    >>> pair.method, pair.against, pair.images
    ('reinhard', 'composite', 2)
    """
    [opened_] = opened([results])
    order = [label for label in in_order(opened_, methods, WHERE) if label != against]
    in_order(opened_, [against], WHERE, "against")
    for name in metrics or ():
        check_measured(name, opened_, WHERE)
    other = {row.number: row.values for row in opened_.rows(against)}
    found = []
    for label in order:
        mine = {row.number: row.values for row in opened_.rows(label)}
        both = sorted(mine.keys() & other.keys())
        for name in metrics or opened_.metrics:
            at = opened_.metrics.index(name)
            pairs = [(mine[number][at], other[number][at]) for number in both]
            found.append(_pair(label, against, name, pairs))
    return found


def paired_table(
    results: Folder,
    against: str = COMPOSITE,
    *,
    methods: Sequence[str] | None = None,
    metrics: Sequence[str] | None = None,
) -> Table:
    """The same as a table: the difference, and the share of images that are better.

    >>> [line.label for line in harmonia.evaluation.tables.paired_table(results).lines]
    ['reinhard']
    """
    [opened_] = opened([results])
    found = paired(opened_, against, methods=methods, metrics=metrics)
    names = list(dict.fromkeys(pair.metric for pair in found))
    labels = list(dict.fromkeys(pair.method for pair in found))
    by_place = {(pair.method, pair.metric): pair for pair in found}
    notes = Notes()
    columns = []
    cells: list[list[Cell]] = []
    for name in names:
        label, digits = LABELS.get(name, name), DIGITS.get(name, 2)
        better = find_metric(name, where=WHERE).better
        images = max(by_place[each, name].images for each in labels)
        columns += [
            Column(label, "difference", better, digits, images),
            Column(label, "% better", "higher", 1, images),
        ]
        pairs = [by_place[each, name] for each in labels]
        cells += [
            [_difference(pair, digits, notes) for pair in pairs],
            [Cell(100 * pair.share_better, images=pair.images, digits=1) for pair in pairs],
        ]
    by_column = [ranked(column, found) for column, found in zip(columns, cells, strict=True)]
    lines = tuple(
        Line(label, tuple(column[at] for column in by_column)) for at, label in enumerate(labels)
    )
    title = (
        f"{opened_.dataset}, {size_of(opened_)}, protocol {opened_.protocol}: "
        f"what methods have more than {against}, image by image"
    )
    return Table(title, tuple(columns), lines, notes.all())


def _pair(label: str, against: str, name: str, pairs: Sequence[tuple[float, float]]) -> Paired:
    ordered = [pair for pair in pairs if not any(map(math.isnan, pair))]
    sign = 1 if find_metric(name, where=WHERE).better == "higher" else -1
    better = sum(sign * mine > sign * other for mine, other in ordered)
    equal = sum(mine == other for mine, other in ordered)
    differences = [Scores({name: _less(*pair)}, protocol="") for pair in pairs]
    if differences:
        mean = summarize(differences)[ALL][name]
    else:
        mean = Mean(math.nan, math.nan, math.nan, 0, 0, 0)
    return Paired(label, against, name, mean, len(ordered), better, equal)


def _less(mine: float, other: float) -> float:
    return math.nan if math.isinf(mine) and math.isinf(other) else mine - other


def _difference(pair: Paired, digits: int, notes: Notes) -> Cell:
    mean = pair.difference
    left_out = mean.infinite + mean.undefined
    marks = (
        (
            notes.mark(
                f"{left_out:,} of {left_out + mean.images:,} differences are left out, as one "
                "value is infinite or undefined"
            ),
        )
        if left_out
        else ()
    )
    has_interval = mean.images > 1
    return Cell(
        mean.mean,
        mean.low if has_interval else math.nan,
        mean.high if has_interval else math.nan,
        mean.images,
        mean.undefined,
        mean.infinite,
        marks=marks,
        digits=digits,
    )
