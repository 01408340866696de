"""A plan carried out by threads of this process, without what is there already."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from harmonia import _cores, _window
from harmonia._build import get_num_threads
from harmonia.evaluation._candidates import Compute
from harmonia.evaluation._plan import Plan, Row, measure
from harmonia.evaluation._shards import (
    WHOLE,
    Failure,
    Found,
    Shard,
    Share,
    Step,
    Todo,
    Writer,
    begun,
    samples_of,
)
from harmonia.io.headers import pixels_of

PIXELS_EACH = 1 << 25  # of composites under way for each worker: a sample of 24 megapixels and some


class Stopped(Exception):
    """The run ends, and nothing more is begun."""


def run(
    plan: Plan,
    folder: Path,
    *,
    workers: int | None = None,
    share: Share = WHOLE,
    step: Callable[[Step], object] = lambda step: None,
) -> list[Failure]:
    """Measure what is missing; give what failed.

    A part file is written when all samples of its shard have been measured for its candidate. One
    with a failure is not, and the next run begins it anew.
    """
    workers = workers or get_num_threads()
    budget, stop = _window.Budget(workers * PIXELS_EACH), threading.Event()
    failures: list[Failure] = []
    computes: dict[int, Compute] = {}

    def work(item: tuple[Shard, int]) -> dict[int, Row | Exception]:
        shard, index = item
        with budget.share(pixels_of(plan.dataset.entry(index).composite)):
            asked = {number: computes[number] for number in shard.candidates}
            return measure(plan, index, asked, go_on)

    def go_on() -> None:
        if stop.is_set():
            raise Stopped

    with begun(plan, folder, share) as todo:
        for number in sorted({number for numbers in todo.values() for number in numbers}):
            computes[number] = plan.candidates[number].open()
        total = samples_of(plan, share)
        done = total - sum(len(plan.indices(shard)) for shard in todo)
        step(Step(done, total))
        outcomes = _window.outcomes(work, _items(plan, todo), threads=workers, stop=stop)
        with (
            _cores.shared(min(workers, max(1, total - done))),
            Writer() as writer,
            contextlib.closing(outcomes),
        ):
            for outcome in outcomes:
                shard, index = outcome.item
                found = outcome.result if outcome.error is None else outcome.error
                if found is None:
                    raise RuntimeError("evaluation: a sample has neither rows nor an error")
                here = shard.add(plan.dataset.entry(index).name, found, plan)
                failures += here
                if not shard.left:
                    writer.add(shard.write, folder, plan)
                done += 1
                step(Step(done, total, here))
    return failures


def measure_shard(
    plan: Plan, shard: int, computes: Mapping[int, Compute], *, threads: int = 1
) -> list[tuple[int, Found]]:
    """What becomes of each sample of a shard, for `Shard.add` of the process that began the run.

    What an engine runs elsewhere.
    """
    found: list[tuple[int, Found]] = []

    def work(index: int) -> dict[int, Row | Exception]:
        return measure(plan, index, computes)

    with contextlib.closing(_window.outcomes(work, plan.indices(shard), threads=threads)) as done:
        for outcome in done:
            if outcome.error is not None:
                found.append((outcome.item, outcome.error))
            elif outcome.result is not None:
                found.append((outcome.item, outcome.result))
    return found


def _items(plan: Plan, todo: Todo) -> Iterator[tuple[Shard, int]]:
    for number, candidates in todo.items():
        indices = plan.indices(number)
        shard = Shard(number, candidates, len(indices))
        for index in indices:
            yield shard, index
