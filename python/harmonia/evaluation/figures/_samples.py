"""Which samples to show: named, drawn by chance, the best and worst, or where methods differ."""

import difflib
import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import numpy as np

from harmonia._registry import find_metric
from harmonia.evaluation._plan import Row
from harmonia.evaluation._results import Results

Pick = Literal["differ", "random", "best", "worst"]
PERFECT = 100.0  # decibels of a picture equal to its real, where a difference is wanted
WHERE = "figures.choose"


def choose(
    results: Results,
    count: int = 3,
    *,
    pick: Pick = "differ",
    of: str | None = None,
    metric: str | None = None,
    each_subset: bool = False,
    seed: int = 0,
    names: Iterable[str] | None = None,
) -> list[int]:
    """The numbers of samples that every candidate has been measured on.

    Parameters
    ----------
    results
        Their numbers.
    count
        How many.
    pick
        "differ": where the methods' numbers lie farthest apart. "best" and "worst": those of one
        method. "random": by the SHA-256 of seed and name, so that the order of the dataset does not
        show in the choice.
    of
        The method of "best" and "worst"; by default the mean of all but the composite.
    metric
        By default psnr where it was measured, else the first.
    each_subset
        So many of each sub-dataset.
    names
        These, and nothing else counts.

    >>> sorted(harmonia.evaluation.figures.choose(results, 2))
    [0, 1]
    """
    rows = _common(results)
    if names is not None:
        return _named(rows, list(names))
    if count < 1:
        raise ValueError(f"{WHERE}: count must be at least 1, got {count}")
    order = _order(results, rows, pick, of, metric, seed)
    if not each_subset:
        return order[:count]
    subset_of = {row.number: row.subset for row in next(iter(rows.values()))}
    subsets = dict.fromkeys(subset_of.values())
    return [
        number
        for subset in subsets
        for number in [one for one in order if subset_of[one] == subset][:count]
    ]


def _common(results: Results) -> dict[str, list[Row]]:
    """Rows by label, of the samples that all of them have."""
    if not results.labels:
        raise ValueError(f"{WHERE}: {results.folder} holds no rows yet")
    rows = {label: results.rows(label) for label in results.labels}
    everywhere = set.intersection(*({row.number for row in found} for found in rows.values()))
    if not everywhere:
        raise ValueError(f"{WHERE}: there is no sample yet that all methods were measured on")
    return {
        label: [row for row in found if row.number in everywhere] for label, found in rows.items()
    }


def _named(rows: dict[str, list[Row]], names: Sequence[str]) -> list[int]:
    known = {row.name: row.number for row in next(iter(rows.values()))}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"{WHERE}: names: no sample {name!r} was measured{hint}")
    return [known[name] for name in names]


def _order(
    results: Results,
    rows: dict[str, list[Row]],
    pick: Pick,
    of: str | None,
    metric: str | None,
    seed: int,
) -> list[int]:
    """All numbers, the most wanted first; those that are alike by their numbers."""
    first = next(iter(rows.values()))
    if pick == "random":
        digests = {
            row.number: hashlib.sha256(f"{seed} {row.name}".encode()).digest() for row in first
        }
        return sorted(digests, key=lambda number: digests[number])
    if pick not in get_args(Pick):
        raise ValueError(f"{WHERE}: pick must be one of {', '.join(get_args(Pick))}, got {pick!r}")
    name = metric or ("psnr" if "psnr" in results.metrics else results.metrics[0])
    if name not in results.metrics:
        raise ValueError(
            f"{WHERE}: metric must be one that was measured, {', '.join(results.metrics)}, "
            f"got {name!r}"
        )
    if of is not None and of not in rows:
        raise ValueError(f"{WHERE}: of: there is no {of!r}, only {', '.join(rows)}")
    place = results.metrics.index(name)
    methods = [label for label in rows if label != "composite"] or list(rows)
    values = np.array(
        [[min(row.values[place], PERFECT) if name == "psnr" else row.values[place]
          for row in rows[label]] for label in ([of] if of else methods)]
    )  # fmt: skip
    if pick == "differ":
        worth = values.max(axis=0) - values.min(axis=0)
    else:
        worth = values.mean(axis=0)
        if (find_metric(name, where=WHERE).better == "lower") == (pick == "best"):
            worth = -worth
    numbers = [row.number for row in first]
    wanted = [-math.inf if math.isnan(one) else float(one) for one in worth]
    order = sorted(range(len(numbers)), key=lambda place: (-wanted[place], numbers[place]))
    return [numbers[place] for place in order]
