"""A plan carried out: samples on threads, without what is there already."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from harmonia import _atomic, _cores, _folder_lock, _window
from harmonia._build import get_num_threads
from harmonia.evaluation import _parts
from harmonia.evaluation._candidates import Compute
from harmonia.evaluation._plan import Plan, Row, measure


class Failure(NamedTuple):
    """A sample that could not be measured."""

    name: str
    error: Exception


class Share(NamedTuple):
    """Every `of`-th shard from the `number`-th on, counted from 1: what one of several does."""

    number: int = 1
    of: int = 1

    def has(self, shard: int) -> bool:
        return shard % self.of == self.number - 1


WHOLE = Share()


@dataclass(eq=False)
class _Shard:
    """What is known of a shard so far."""

    number: int
    candidates: list[int]
    left: int
    failed: bool = False
    rows: list[list[Row]] = field(default_factory=list)  # of a sample, those of each candidate


def run(
    plan: Plan,
    folder: Path,
    *,
    workers: int | None = None,
    share: Share = WHOLE,
    step: Callable[[Failure | None], object] = lambda failure: None,
) -> list[Failure]:
    """Measure what is missing; give what failed.

    A shard is written when all of its samples have been measured. One with a failure is not, and
    the next run begins it anew. `step` is called after each sample.
    """
    workers = workers or get_num_threads()
    _parts.begin(folder, plan)
    failures: list[Failure] = []
    computes: dict[int, Compute] = {}

    def work(item: tuple[_Shard, int]) -> list[Row]:
        shard, index = item
        return measure(plan, index, [computes[number] for number in shard.candidates])

    with _folder_lock.locked(folder / f".harmonia-evaluate.{share.number}-of-{share.of}.lock"):
        labels = [candidate.label for candidate in plan.candidates]
        missing = _parts.missing(folder, labels, plan.shards)
        todo = {shard: numbers for shard, numbers in missing.items() if share.has(shard)}
        _sweep(folder, plan, todo)
        for number in sorted({number for lacking in todo.values() for number in lacking}):
            computes[number] = plan.candidates[number].open()
        outcomes = _window.outcomes(work, _items(plan, todo), threads=workers)
        with _cores.shared(workers), contextlib.closing(outcomes):
            for outcome in outcomes:
                shard, index = outcome.item
                failure = None
                if outcome.error is not None:
                    failure = Failure(plan.dataset.entry(index).name, outcome.error)
                    failures.append(failure)
                    shard.failed = True
                elif outcome.result is not None:
                    shard.rows.append(outcome.result)
                shard.left -= 1
                if not shard.left:
                    _finish(folder, plan, shard)
                step(failure)
    return failures


def measure_shard(plan: Plan, shard: int, candidates: list[int]) -> list[list[Row]]:
    """The rows of a shard, a list for each of the candidates: one after the other, in one thread.

    What an engine runs elsewhere.
    """
    computes = [plan.candidates[number].open() for number in candidates]
    found = [measure(plan, index, computes) for index in plan.indices(shard)]
    return [list(rows) for rows in zip(*found, strict=True)]


def _items(plan: Plan, todo: dict[int, list[int]]) -> Iterator[tuple[_Shard, int]]:
    for number, candidates in todo.items():
        indices = plan.indices(number)
        shard = _Shard(number, candidates, len(indices))
        for index in indices:
            yield shard, index


def _finish(folder: Path, plan: Plan, shard: _Shard) -> None:
    if not shard.failed:
        for rows, number in zip(zip(*shard.rows, strict=True), shard.candidates, strict=True):
            label = plan.candidates[number].label
            _parts.write(folder, label, shard.number, plan.metrics, rows)
    shard.rows.clear()


def _sweep(folder: Path, plan: Plan, todo: dict[int, list[int]]) -> None:
    """What was left half-written of the shards that are to be done."""
    for number, candidate in enumerate(plan.candidates):
        lacking = [shard for shard, candidates in todo.items() if number in candidates]
        names = [_parts.path_of(folder, candidate.label, shard).name for shard in lacking]
        _atomic.remove_unfinished(folder / "rows" / candidate.label, names)
