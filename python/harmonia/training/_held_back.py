"""A share of the samples that no step sees, to try the network on."""

import hashlib
from collections.abc import Sequence
from typing import overload

from harmonia.datasets import Dataset, Sample
from harmonia.synthesis import RandomComposites


def held_back(
    samples: Sequence[Sample], share: float, seed: int
) -> tuple[Sequence[Sample], Sequence[Sample]]:
    """What is left to learn from, and what is held back, both in the order that they had.

    Composites of one real, or of one group of photographs, stay together. Which are held back
    follows from the seed and their names.
    """
    groups = _groups(samples)
    held = _drawn(groups, share, seed)
    if not 0 < len(held) < len(set(groups)):
        raise ValueError(
            f"train: validation {share} of {len(set(groups))} photographs leaves none on one "
            "side; give another share, or samples"
        )
    kept = [place for place, group in enumerate(groups) if group not in held]
    others = [place for place, group in enumerate(groups) if group in held]
    return _part(samples, kept), _part(samples, others)


def _groups(samples: Sequence[Sample]) -> list[str]:
    """The group of every sample; for composites that are made by chance, of every photograph."""
    if isinstance(samples, Dataset):
        return [str(entry.real) for entry in samples.entries()]
    if isinstance(samples, RandomComposites):
        return [photo.group for photo in samples.photos]
    return [str(place) for place in range(len(samples))]


def _drawn(groups: Sequence[str], share: float, seed: int) -> set[str]:
    """Groups until they are the share of the samples, nearest to it."""
    counts: dict[str, int] = {}
    for group in groups:
        counts[group] = counts.get(group, 0) + 1
    order = sorted(counts, key=lambda group: _chance(seed, group))
    drawn: set[str] = set()
    wanted, found = share * len(groups), 0
    for group in order:
        if found + counts[group] / 2 > wanted and drawn:
            break
        drawn.add(group)
        found += counts[group]
    return drawn


def _part(samples: Sequence[Sample], places: Sequence[int]) -> Sequence[Sample]:
    if isinstance(samples, Dataset):
        return samples.of([samples.lines[place] for place in places])
    if isinstance(samples, RandomComposites):
        return samples.of([samples.photos[place] for place in places])
    return _Part(samples, places)


class _Part(Sequence[Sample]):
    """Some samples of a sequence."""

    def __init__(self, samples: Sequence[Sample], places: Sequence[int]) -> None:
        self._samples = samples
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> "_Part": ...
    def __getitem__(self, index: int | slice) -> "Sample | _Part":
        if isinstance(index, slice):
            return _Part(self._samples, self._places[index])
        return self._samples[self._places[index]]


def _chance(seed: int, group: str) -> bytes:
    """Of the end of its name, which stays when the dataset moves."""
    end = "/".join(group.replace("\\", "/").split("/")[-2:])
    return hashlib.sha256(f"validation/{seed}/{end}".encode()).digest()
