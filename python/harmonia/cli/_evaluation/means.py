"""Means of each metric, by sub-dataset and of all samples, over what every method has."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harmonia.cli._table import number, table
from harmonia.evaluation import Results

ALL = "All"
MOST_PARTS = 4096  # `fsum` adds up so many sooner than they are condensed one by one
# By label, sub-dataset and metric.
Means = dict[str, dict[str, dict[str, float]]]


class Exact:
    """A sum of floats without rounding (Shewchuk 1997), so that no order of them shows."""

    def __init__(self) -> None:
        self.count = 0
        self._parts: list[float] = []  # whose exact sum it is

    def add(self, value: float) -> None:
        self.count += 1
        self._parts.append(value)
        if len(self._parts) >= MOST_PARTS:
            self._parts = _apart(self._parts)

    @property
    def mean(self) -> float:
        return math.fsum(self._parts) / self.count if self.count else math.nan


def _apart(values: Sequence[float]) -> list[float]:
    """Some few that do not overlap, the smallest first, with the same sum."""
    parts: list[float] = []
    for value in values:
        kept = 0
        for part in parts:
            large, small = (value, part) if abs(value) >= abs(part) else (part, value)
            value = large + small
            rest = small - (value - large)
            if rest:
                parts[kept] = rest
                kept += 1
        parts[kept:] = [value]
    return parts


class Sums:
    """Of one method, in one group."""

    def __init__(self, metrics: Sequence[str]) -> None:
        self.images = 0
        self.of = {name: Exact() for name in metrics}

    def add(self, values: Sequence[float]) -> None:
        self.images += 1
        for total, value in zip(self.of.values(), values, strict=True):
            if math.isfinite(value):  # as harmonia.metrics.summarize
                total.add(value)


@dataclass
class Shown:
    """Means, and the images of each group that they are of."""

    means: Means
    images: dict[str, int]
    metrics: tuple[str, ...]
    samples: int

    @property
    def count(self) -> int:
        return self.images.get(ALL, 0)

    @property
    def is_whole(self) -> bool:
        return self.count == self.samples

    def table(self) -> str:
        """For each metric a table of methods by groups."""
        groups = list(self.images)
        rows = [["images", *(f"{self.images[group]:,}" for group in groups)]]
        blocks = [rows]
        for metric in self.metrics:
            rows = [[metric, *groups]]
            for label, of_groups in self.means.items():
                rows.append([label, *(number(of_groups[group][metric]) for group in groups)])
            blocks.append(rows)
        return "\n\n".join(_tables(blocks))


def means(results: Results, first: Sequence[str] = ()) -> Shown:
    """Those of every label that has all the shards of the labels `first`, which lead."""
    labels = [label for label in first if label in results.labels]
    of_each = {label: results.shards(label) for label in results.labels}
    common = frozenset[int].intersection(*(of_each[label] for label in labels or of_each))
    labels += [label for label in of_each if label not in labels and of_each[label] >= common]
    found = {label: _sums(results, label, common) for label in labels if common}
    images = {
        group: sums.images for of_groups in found.values() for group, sums in of_groups.items()
    }
    return Shown(
        {
            label: {
                group: {name: total.mean for name, total in sums.of.items()}
                for group, sums in of_groups.items()
            }
            for label, of_groups in found.items()
        },
        images,
        results.metrics,
        results.samples,
    )


def _sums(results: Results, label: str, shards: frozenset[int]) -> dict[str, Sums]:
    """In the order in which sub-datasets come, All behind them."""
    found: dict[str, Sums] = {}
    whole = Sums(results.metrics)
    for row in results.each_row(label, shards):
        if row.subset:
            found.setdefault(row.subset, Sums(results.metrics)).add(row.values)
        whole.add(row.values)
    return {**found, ALL: whole}


def _tables(blocks: Sequence[list[list[str]]]) -> Iterator[str]:
    """With columns of one width."""
    rows = [row for block in blocks for row in block]
    lines = iter(table(rows, right=range(1, len(rows[0]))).splitlines())
    for block in blocks:
        yield "\n".join(next(lines) for _ in block)
