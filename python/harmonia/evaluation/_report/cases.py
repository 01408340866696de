"""Which samples are worth a look: the best, the worst and the most disagreed of every candidate."""

import math
from typing import NamedTuple

import numpy as np

from harmonia.comparison.panels import OF_ONE, spelled
from harmonia.evaluation._report.numbers import Numbers, is_higher_better

KINDS = {
    "worst": "the worst of {metric}",
    "best": "the best of {metric}",
    "disagreed": "where {metric} is farthest from the median of all methods{how}",
}


class Reason(NamedTuple):
    """Why a sample was chosen."""

    label: str
    kind: str


def choose(numbers: Numbers, metric: str, count: int) -> dict[int, list[Reason]]:
    """Up to `count` samples of each kind for each label; the first have the first right to room.

    The composite is looked at only where nothing else is.
    """
    labels = [label for label in numbers.labels if label != numbers.composite]
    labels = labels or list(numbers.labels)
    medians = _medians(numbers, labels, metric) if len(labels) > 2 else {}
    ranked: dict[Reason, list[int]] = {}
    for label in labels:
        values = {n: v for n, v in numbers.values(label, metric).items() if not math.isnan(v)}
        best_first = sorted(values, key=values.__getitem__, reverse=is_higher_better(metric))
        ranked[Reason(label, "worst")] = best_first[::-1][:count]
        ranked[Reason(label, "best")] = best_first[:count]
        apart = {n: abs(_place(v, metric) - medians[n]) for n, v in values.items() if n in medians}
        apart = {n: far for n, far in apart.items() if 0 < far < math.inf}
        ranked[Reason(label, "disagreed")] = sorted(apart, key=lambda n: (-apart[n], n))[:count]
    chosen: dict[int, list[Reason]] = {}
    for rank in range(count):
        for kind in KINDS:
            for label in labels:
                for number in ranked[Reason(label, kind)][rank : rank + 1]:
                    chosen.setdefault(number, []).append(Reason(label, kind))
    return chosen


def kind_in_words(kind: str, metric: str) -> str:
    how = ", as a ratio" if _by_ratio(metric) else ""
    return KINDS[kind].format(metric=spelled(metric), how=how)


def _medians(numbers: Numbers, labels: list[str], metric: str) -> dict[int, float]:
    """By sample, of those that all labels have measured."""
    columns = [numbers.values(label, metric) for label in labels]
    common = set.intersection(*(set(column) for column in columns))
    places = {n: [_place(column[n], metric) for column in columns] for n in common}
    return {number: float(np.median(of)) for number, of in places.items() if np.isfinite(of).all()}


def _place(value: float, metric: str) -> float:
    """Where a value lies: errors by their ratio, since those of one set span decades."""
    return math.log(value + 1) if _by_ratio(metric) else value


def _by_ratio(metric: str) -> bool:
    return not is_higher_better(metric) and metric not in OF_ONE
