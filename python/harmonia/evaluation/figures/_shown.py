"""Photographs of a few samples, made anew: what figures are of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harmonia.comparison.display import Array, Bytes, to_bytes
from harmonia.evaluation import _plan
from harmonia.evaluation._plan import Plan
from harmonia.evaluation._results import Results

COMPOSITE, REAL = "composite", "ground truth"


@dataclass(frozen=True, eq=False)
class Shown:
    """One sample with what the candidates made of it, in 8 bits.

    Attributes
    ----------
    name, subset
        Those of the sample.
    composite, real
        (H, W, 3) of uint8, at the size of the plan.
    mask
        (H, W) float32 of 0..1.
    pictures
        What each candidate made of it, by label, without that of the composite.
    scores
        The measured numbers of each, by label, then by metric; empty where they were not asked for.
    """

    name: str
    subset: str
    composite: Bytes
    real: Bytes
    mask: Array
    pictures: dict[str, Bytes]
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        return self.mask.shape[0], self.mask.shape[1]

    @property
    def caption(self) -> str:
        """The sample's name, below that of its sub-dataset where it does not hold it."""
        if not self.subset or self.name.startswith(self.subset):
            return self.name
        return f"{self.subset} {self.name}"

    def picture(self, label: str) -> Bytes:
        """That of a candidate, "composite" or "ground truth"."""
        if label == COMPOSITE:
            return self.composite
        if label == REAL:
            return self.real
        if label not in self.pictures:
            raise ValueError(
                f"figures: there is no picture of {label!r}, only of "
                f"{', '.join([COMPOSITE, *self.pictures])}"
            )
        return self.pictures[label]


def look(
    plan: Plan,
    numbers: Iterable[int],
    *,
    results: Results | None = None,
    labels: Sequence[str] | None = None,
) -> list[Shown]:
    """Compute the pictures of some samples again.

    Parameters
    ----------
    plan
        What was evaluated; `harmonia.evaluation.reopen` gives it for a folder of results.
    numbers
        Of samples in the dataset, as `choose` gives them.
    results
        Where the numbers that stand below pictures come from; None for none.
    labels
        The candidates to show, in this order; by default all.

    >>> harmonia.evaluation.figures.look(plan, [0], results=results)[0].name
    'a'
    """
    return list(look_one_by_one(plan, numbers, results=results, labels=labels))


def look_one_by_one(
    plan: Plan,
    numbers: Iterable[int],
    *,
    results: Results | None = None,
    labels: Sequence[str] | None = None,
) -> Iterator[Shown]:
    """The same, each sample when it is asked for: for the pages of a gallery.

    >>> [shown.name for shown in harmonia.evaluation.figures.look_one_by_one(plan, [0, 1])]
    ['a', 'b']
    """
    known = {candidate.label: candidate for candidate in plan.candidates}
    labels = list(known) if labels is None else list(labels)
    for label in labels:
        if label not in known:
            raise ValueError(f"figures.look: there is no {label!r}, only {', '.join(known)}")
    computes = {label: known[label].open() for label in labels if not _is_composite(known[label])}
    rows = {} if results is None else {label: results.rows(label) for label in known}
    scored = {label: {row.number: row.values for row in found} for label, found in rows.items()}
    for number in numbers:
        sample = _plan.at_size(plan.dataset[number], plan.size, plan.protocol)
        if sample.real is None:
            raise ValueError(f"figures.look: {sample.name} has no real picture")
        pictures = {
            label: to_bytes(_plan.like(compute(sample), sample.composite, plan.protocol))
            for label, compute in computes.items()
        }
        scores = {
            COMPOSITE if _is_composite(known[label]) else label: dict(
                zip(plan.metrics, of_sample[number], strict=True)
            )
            for label, of_sample in scored.items()
            if number in of_sample
        }
        composite, real = to_bytes(sample.composite), to_bytes(sample.real)
        mask = _weight(sample.mask)
        yield Shown(sample.name, sample.subset, composite, real, mask, pictures, scores)


def _is_composite(candidate: Any) -> bool:
    return candidate.method is None and candidate.folder is None


def _weight(mask: Array) -> Array:
    if mask.dtype == np.uint8:
        return mask.astype(np.float32) / np.float32(255)
    return mask.astype(np.float32)
