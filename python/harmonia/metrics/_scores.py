"""Scores of one image, and what many images amount to."""

import itertools
import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

RESAMPLES = 1000


class Scores(dict[str, float]):
    """Metrics by name, with the protocol that gave them and the foreground's share of the image.

    >>> scores = harmonia.evaluate(image, image, mask, ["mse", "psnr"])
    >>> scores, scores.protocol
    ({'mse': 0.0, 'psnr': inf}, 'harmonia')
    """

    def __init__(
        self, values: Any = (), *, protocol: str, foreground_ratio: float = math.nan
    ) -> None:
        super().__init__(values)
        self.protocol = protocol
        self.foreground_ratio = foreground_ratio

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (dict(self), self.protocol, self.foreground_ratio)


def _restored(values: dict[str, float], protocol: str, foreground_ratio: float) -> Scores:
    return Scores(values, protocol=protocol, foreground_ratio=foreground_ratio)


class Mean(NamedTuple):
    """The mean of a metric over images, its 95 % interval, and what it leaves out."""

    mean: float
    low: float
    high: float
    images: int  # that the mean is taken over
    undefined: int  # left out: NaN, as the fMSE of an empty mask
    infinite: int  # left out: the PSNR of an image equal to its target


@dataclass(frozen=True)
class Summary:
    """Means by group and metric; the group "All" holds every image once."""

    protocol: str
    groups: dict[str, dict[str, Mean]]

    def __getitem__(self, group: str) -> dict[str, Mean]:
        return self.groups[group]


ALL = "All"


def summarize(
    scores: Iterable[Scores],
    *,
    groups: Iterable[Hashable] | None = None,
    resamples: int = RESAMPLES,
) -> Summary:
    """The mean of each metric over images, as papers print it: also for PSNR, image by image.

    Parameters
    ----------
    scores
        What `evaluate` gave for each image, all under one protocol and with the same metrics.
    groups
        The group of each image, such as its sub-dataset or its `foreground_bins`. "All" is always
        there, and counts every image alike.
    resamples
        How many bootstrap resamples the 95 % interval is taken from; it is drawn the same way
        every time.

    Sums are exact and values are sorted before they are drawn from, so that neither the order of
    the images nor how they were shared out shows in the result. Values that are NaN or infinite
    are left out of the mean and counted.

    >>> scores = [harmonia.evaluate(image, target, mask) for target in (image[::-1], image)]
    >>> summary = harmonia.metrics.summarize(scores, groups=["HCOCO", "HFlickr"])
    >>> summary["All"]["mse"].mean == summary["HCOCO"]["mse"].mean / 2
    True
    >>> summary["HFlickr"]["psnr"].infinite
    1
    """
    where = "summarize"
    rows = list(scores)
    protocol, names = _common(rows, where)
    labels = [ALL] * len(rows) if groups is None else [str(group) for group in groups]
    if len(labels) != len(rows):
        raise ValueError(
            f"{where}: groups must name a group for each of {len(rows)} scores, got {len(labels)}"
        )
    if groups is not None and ALL in labels:
        raise ValueError(f"{where}: groups may not be called {ALL!r}, which holds every image")
    if resamples < 1:
        raise ValueError(f"{where}: resamples must be at least 1, got {resamples}")
    members: dict[str, list[Scores]] = {} if groups is None else {g: [] for g in labels}
    if groups is not None:
        for label, row in zip(labels, rows, strict=True):
            members[label].append(row)
    members[ALL] = rows
    return Summary(
        protocol,
        {
            group: {name: _mean([row[name] for row in of_group], resamples) for name in names}
            for group, of_group in members.items()
        },
    )


def foreground_bins(
    scores: Iterable[Scores], edges: Sequence[float] = (0.0, 0.05, 0.15, 1.0)
) -> list[str]:
    """The bin of foreground share that each image falls into, as a name such as "5-15%".

    The default edges are those that papers of this field use. A bin holds its upper edge, and the
    first one its lower edge too.

    >>> small = harmonia.evaluate(image, image, np.eye(len(image), image.shape[1], dtype=bool))
    >>> harmonia.metrics.foreground_bins([small])
    ['0-5%']
    """
    where = "foreground_bins"
    if len(edges) < 2 or any(a >= b for a, b in itertools.pairwise(edges)):
        raise ValueError(f"{where}: edges must rise, and be at least two, got {tuple(edges)}")
    names = [f"{100 * a:.9g}-{100 * b:.9g}%" for a, b in itertools.pairwise(edges)]
    bins = []
    for number, row in enumerate(scores):
        ratio = row.foreground_ratio
        if not edges[0] <= ratio <= edges[-1]:  # also where it is NaN
            raise ValueError(
                f"{where}: scores number {number} have a foreground ratio of {ratio:.9g}, "
                f"which is in none of the bins {', '.join(names)}"
            )
        bins.append(names[max(0, int(np.searchsorted(edges, ratio)) - 1)])
    return bins


def _common(rows: Sequence[Scores], where: str) -> tuple[str, list[str]]:
    if not rows:
        raise ValueError(f"{where}: scores must hold at least one image")
    for number, row in enumerate(rows):
        if not isinstance(row, Scores):
            raise TypeError(
                f"{where}: scores must come from evaluate, which says by which protocol they were "
                f"computed; number {number} is a {type(row).__name__}"
            )
        if row.protocol != rows[0].protocol:
            raise ValueError(
                f"{where}: scores of two protocols cannot be compared: number 0 is of "
                f"{rows[0].protocol!r}, number {number} of {row.protocol!r}; evaluate both alike"
            )
        if row.keys() != rows[0].keys():
            raise ValueError(
                f"{where}: scores must have the same metrics: number 0 has "
                f"{', '.join(rows[0])}, number {number} {', '.join(row)}"
            )
    return rows[0].protocol, list(rows[0])


def _mean(values: Sequence[float], resamples: int) -> Mean:
    defined = np.sort([value for value in values if math.isfinite(value)])
    undefined = sum(math.isnan(value) for value in values)
    infinite = len(values) - len(defined) - undefined
    if not len(defined):
        return Mean(math.nan, math.nan, math.nan, 0, undefined, infinite)
    low, high = _interval(defined, resamples)
    mean = math.fsum(defined) / len(defined)
    return Mean(mean, low, high, len(defined), undefined, infinite)


def _interval(values: Any, resamples: int) -> tuple[float, float]:
    """The middle 95 % of the means of resamples of the sorted values."""
    random = np.random.default_rng(0)
    means = np.empty(resamples)
    at_once = max(1, (1 << 20) // len(values))
    for start in range(0, resamples, at_once):
        count = min(at_once, resamples - start)
        drawn = random.integers(0, len(values), (count, len(values)))
        means[start : start + count] = values[drawn].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
