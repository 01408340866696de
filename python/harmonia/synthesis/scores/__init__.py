"""Automatic filters: scores of composites, found by the names of their files."""

import functools
import importlib
import pkgutil
from collections.abc import Mapping, Sequence

from harmonia.synthesis._score import Score

Filters = Mapping[str, Score] | Sequence[str] | None


def list_scores() -> list[str]:
    """The scores that the library has.

    >>> from harmonia.synthesis import scores
    >>> "plausible_hue" in scores.list_scores()
    True
    """
    return list(_names())


def chosen(filters: Filters, *, where: str = "filters") -> dict[str, Score]:
    """Filters by their names: those given, those named, or for None all of the library's.

    An empty mapping or list is no filter at all.

    >>> from harmonia.synthesis import scores
    >>> list(scores.chosen(["plausible_hue"])), list(scores.chosen([]))
    (['plausible_hue'], [])
    """
    if isinstance(filters, str):
        raise TypeError(f"{where} must be a list of names, got {filters!r}; pass [{filters!r}]")
    if isinstance(filters, Mapping):
        for name, score in filters.items():
            if not isinstance(name, str) or not isinstance(score, Score):
                raise TypeError(f"{where} must map names to Score, got {name!r}: {score!r}")
        return dict(filters)
    names = _names() if filters is None else filters
    return {name: _load(name, where) for name in names}


@functools.cache
def _names() -> tuple[str, ...]:
    found = (entry.name for entry in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def _load(name: str, where: str) -> Score:
    if name not in _names():
        raise ValueError(f"{where}: unknown score {name!r}; choose one of {', '.join(_names())}")
    score: Score = importlib.import_module(f"harmonia.synthesis.scores.{name}").SCORE
    return score
