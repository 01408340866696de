"""What verify has found: findings, counts and the statistics of a dataset."""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from harmonia.datasets._verify.kinds import KINDS, Severity

SHARES = {"low": 5, "quarter": 25, "median": 50, "three quarters": 75, "high": 95}
OF_LINES = ("bad-name", "wrong-folder")  # of which a list may have many
ORDER = {kind: number for number, kind in enumerate(KINDS)}


class Finding(NamedTuple):
    """One thing that is wrong: its kind (one of `KINDS`), the file, and a sentence."""

    kind: str
    file: str
    said: str

    @property
    def severity(self) -> Severity:
        return KINDS[self.kind].severity


@dataclass(frozen=True)
class Report:
    """What `verify` has found.

    Attributes
    ----------
    name, root
        The dataset, and where it lies.
    counts
        Composites that its lists name, by split and sub-dataset.
    expected
        As many as there should be, in the same form; empty where nobody has said.
    checked
        Composites whose files were looked at.
    findings
        By kind and file; of each kind no more than were asked for.
    totals
        How many there are of each kind that was found.
    statistics
        By sub-dataset: numbers of its masks, and how composites differ from their reals.
    quick
        Whether only the beginnings of files were read.
    """

    name: str
    root: str
    counts: Mapping[str, Mapping[str, int]]
    expected: Mapping[str, Mapping[str, int]]
    checked: int
    findings: tuple[Finding, ...]
    totals: Mapping[str, int]
    statistics: Mapping[str, Mapping[str, Any]]
    quick: bool = False

    @property
    def errors(self) -> int:
        return sum(n for kind, n in self.totals.items() if KINDS[kind].severity == "error")

    @property
    def ok(self) -> bool:
        """Whether there are no errors; warnings and notes there may be."""
        return not self.errors

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, for JSON."""
        return {
            "dataset": self.name,
            "root": self.root,
            "ok": self.ok,
            "quick": self.quick,
            "checked": self.checked,
            "counts": {split: dict(parts) for split, parts in self.counts.items()},
            "expected": {split: dict(parts) for split, parts in self.expected.items()},
            "totals": dict(self.totals),
            "statistics": {part: dict(said) for part, said in self.statistics.items()},
            "findings": [{"severity": one.severity, **one._asdict()} for one in self.findings],
        }


class Findings:
    """Findings as they come: a mask that is wrong for many composites counts once."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._seen: set[tuple[str, str, str]] = set()
        self._kept: list[Finding] = []
        self.totals: Counter[str] = Counter()

    def add(self, found: Iterable[Finding]) -> bool:
        """Whether there is an error among those that are new."""
        worst = False
        for one in found:
            key = (one.kind, one.file, one.said if one.kind in OF_LINES else "")
            if key in self._seen:
                continue
            self._seen.add(key)
            self.totals[one.kind] += 1
            worst = worst or one.severity == "error"
            if self._most is None or self.totals[one.kind] <= self._most:
                self._kept.append(one)
        return worst

    def sorted(self) -> tuple[Finding, ...]:
        return tuple(sorted(self._kept, key=lambda one: (ORDER[one.kind], one.file, one.said)))

    def by_kind(self) -> dict[str, int]:
        return {kind: self.totals[kind] for kind in KINDS if self.totals[kind]}


class Measured(NamedTuple):
    """Numbers of one sample; NaN where one could not be taken."""

    foreground: float = math.nan  # the mean of the mask, 0..1
    soft: float = math.nan  # the share of its pixels that are neither 0 nor 255
    background_mse: float = math.nan
    background_max: float = math.nan
    fmse: float = math.nan


@dataclass
class Statistics:
    """The numbers of a sub-dataset, four bytes each."""

    columns: dict[str, "array[float]"] = field(
        default_factory=lambda: {name: array("f") for name in Measured._fields}
    )
    mask_formats: Counter[str] = field(default_factory=Counter)
    samples: int = 0

    def add(self, measured: Measured, mask_format: str) -> None:
        self.samples += 1
        if mask_format:
            self.mask_formats[mask_format] += 1
        for name, value in zip(Measured._fields, measured, strict=True):
            if not math.isnan(value):
                self.columns[name].append(value)

    def to_dict(self) -> dict[str, Any]:
        soft = self.columns["soft"]
        return {
            "samples": self.samples,
            "mask_formats": dict(sorted(self.mask_formats.items())),
            "soft_masks": sum(share > 0 for share in soft) / len(soft) if soft else None,
            **{name: distribution(values) for name, values in self.columns.items()},
        }


def distribution(values: Sequence[float]) -> dict[str, float] | None:
    """Mean, quantiles and ends; None of nothing."""
    if not len(values):
        return None
    sorted_ = np.sort(np.asarray(values, np.float64))
    found = {name: float(np.percentile(sorted_, share)) for name, share in SHARES.items()}
    return {
        "mean": math.fsum(sorted_) / len(sorted_),
        "least": float(sorted_[0]),
        **found,
        "most": float(sorted_[-1]),
    }
