"""The rows of all candidates beside each other, by sample; any of them may be missing."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from harmonia import _json
from harmonia._registry import find_metric
from harmonia.evaluation._plan import Row
from harmonia.evaluation._results import Results
from harmonia.metrics import Mean, Scores, summarize

DIGITS = 7  # of a number on the page; the rows have all of them


class Known(NamedTuple):
    """What is known of a sample, whoever measured it."""

    number: int
    name: str
    subset: str
    foreground: float


@dataclass(frozen=True)
class Numbers:
    """Rows by label and by the number of their sample."""

    results: Results
    rows: dict[str, dict[int, Row]]
    composite: str | None  # the label of what is done by doing nothing, where it was measured

    @cached_property
    def samples(self) -> list[Known]:
        """Those that have a row, in the order of the dataset."""
        found = {number: Known(*row[:4]) for of in self.rows.values() for number, row in of.items()}
        return [found[number] for number in sorted(found)]

    @property
    def labels(self) -> tuple[str, ...]:
        """Those that have a row, the composite first."""
        labels = [label for label in self.results.labels if self.rows[label]]
        return tuple(sorted(labels, key=lambda label: label != self.composite))

    @property
    def metrics(self) -> tuple[str, ...]:
        return self.results.metrics

    def value(self, label: str, number: int, metric: str) -> float | None:
        """None where it has not been measured."""
        row = self.rows[label].get(number)
        return None if row is None else row.values[self.metrics.index(metric)]

    def values(self, label: str, metric: str) -> dict[int, float]:
        """By the number of the sample."""
        place = self.metrics.index(metric)
        return {number: row.values[place] for number, row in self.rows[label].items()}

    def gains(self, label: str, metric: str) -> list[float]:
        """By how much each sample is better than its composite; none where one is infinite."""
        if self.composite is None:
            return []
        before, after = self.values(self.composite, metric), self.values(label, metric)
        sign = 1 if is_higher_better(metric) else -1
        pairs = ((before[number], after[number]) for number in after if number in before)
        return [sign * (b - a) for a, b in pairs if math.isfinite(a) and math.isfinite(b)]


def gather(results: Results) -> Numbers:
    rows = {label: {row.number: row for row in results.rows(label)} for label in results.labels}
    composites = (label for label in results.labels if _is_composite(results, label))
    return Numbers(results, rows, next(composites, None))


def mean(values: Iterable[float]) -> Mean:
    """The mean of one number over images, with its interval."""
    return summarize([Scores({"one": value}, protocol="") for value in values])["All"]["one"]


def is_higher_better(metric: str) -> bool:
    return find_metric(metric, where="report").better == "higher"


def judged_by(metrics: Iterable[str]) -> str:
    """The metric that cases are chosen by: of the foreground, where there is one."""
    names = list(metrics)
    return next((name for name in ("fmse", "mse") if name in names), names[0])


def _is_composite(results: Results, label: str) -> bool:
    path = results.folder / "rows" / f"{label}.json"
    said = _json.read(path)
    return said.get("method") is None and "folder" not in said
