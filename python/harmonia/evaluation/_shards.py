"""What is left to measure in a folder, shard by shard, whatever carries it out: threads, processes
or Ray.
"""

import contextlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from harmonia import _atomic, _folder_lock
from harmonia.evaluation import _origin, _parts
from harmonia.evaluation._candidates import Candidate
from harmonia.evaluation._finished import Finished
from harmonia.evaluation._plan import Plan, Row

WAITING = 2  # finished shards that are not yet written

# By shard, the numbers of the candidates that it lacks.
Todo = dict[int, list[int]]

# Of a sample, by the candidates' numbers; or why it could not be read.
Found = dict[int, Row | Exception] | Exception


class Failure(NamedTuple):
    """A sample that could not be measured, wholly or for one candidate."""

    name: str
    error: Exception
    label: str = ""  # of the candidate; "" where the sample itself could not be read


class Step(NamedTuple):
    """How far a run is: so many samples of its share are done, of so many."""

    done: int
    total: int
    failures: tuple[Failure, ...] = ()  # since the last step


class Share(NamedTuple):
    """Every `of`-th shard from the `number`-th on, counted from 1: what one of several does."""

    number: int = 1
    of: int = 1

    def has(self, shard: int) -> bool:
        return shard % self.of == self.number - 1


WHOLE = Share()


@dataclass(eq=False)
class Shard:
    """What is known of a shard so far: rows by candidate, and whose are not to be written."""

    number: int
    candidates: list[int]
    left: int
    rows: dict[int, list[Row]] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)

    def add(self, name: str, found: Found, plan: Plan) -> tuple[Failure, ...]:
        """Take what became of the next sample; give its failures."""
        self.left -= 1
        if isinstance(found, Exception):
            self.failed.update(self.candidates)
            return (Failure(name, found),)
        failures = []
        for number, row in found.items():
            if isinstance(row, Exception):
                self.failed.add(number)
                self.rows.pop(number, None)
                failures.append(Failure(name, row, plan.candidates[number].label))
            elif number not in self.failed:
                self.rows.setdefault(number, []).append(row)
        return tuple(failures)

    def write(self, folder: Path, plan: Plan) -> None:
        """The part files of the candidates that none of the samples failed for."""
        for number, rows in self.rows.items():
            if number not in self.failed:
                label = plan.candidates[number].label
                _parts.write(folder, label, self.number, plan.metrics, rows)
        self.rows.clear()


@contextlib.contextmanager
def begun(plan: Plan, folder: Path, share: Share) -> Iterator[Todo]:
    """Hold a share of a folder, and give what it lacks. The folder is made if there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    with _folder_lock.locked(folder / _lock_of(share)):
        _refuse_other_shares(folder, share)
        _parts.begin(folder, plan)
        _origin.record(folder, plan)
        todo = lacking(plan, folder, share)
        _sweep(folder, plan, todo, share)
        yield todo


def lacking(plan: Plan, folder: Path, share: Share = WHOLE) -> Todo:
    """What is to be measured of a share: part files that are not there, or older than one of the
    finished pictures that they are of.
    """
    labels = [candidate.label for candidate in plan.candidates]
    found = _parts.missing(folder, labels, plan.shards)
    for number, candidate in enumerate(plan.candidates):
        if candidate.folder is not None:
            for shard in _outdated(plan, folder, candidate, share):
                found[shard] = sorted({*found.get(shard, ()), number})
    return {shard: found[shard] for shard in sorted(found) if share.has(shard)}


def samples_of(plan: Plan, share: Share) -> int:
    return sum(len(plan.indices(shard)) for shard in range(plan.shards) if share.has(shard))


class Writer:
    """Writes in a thread of its own, so that nobody waits for the disk, but for one that is slower
    than the work.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> "Writer":
        return self

    def add(self, function: Callable[..., None], *arguments: Any) -> None:
        while len(self._waiting) >= WAITING or (self._waiting and self._waiting[0].done()):
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(function, *arguments))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown()  # what is finished is kept, whatever ends the run
        if error is None:
            while self._waiting:
                self._waiting.popleft().result()


def _outdated(plan: Plan, folder: Path, candidate: Candidate, share: Share) -> Iterator[int]:
    """The shards of a folder of pictures of which one came after the rows."""
    if candidate.folder is None or not candidate.folder.is_dir():
        return
    finished: Finished | None = None
    for shard in filter(share.has, range(plan.shards)):
        try:
            written = _parts.path_of(folder, candidate.label, shard).stat().st_mtime_ns
        except FileNotFoundError:
            continue
        finished = Finished(candidate.folder) if finished is None else finished
        names = (plan.dataset.entry(index).name for index in plan.indices(shard))
        if finished.changed(names) > written:
            yield shard


def _lock_of(share: Share) -> str:
    return f".harmonia-evaluate.{share.number}-of-{share.of}.lock"


def _refuse_other_shares(folder: Path, share: Share) -> None:
    """Where another process does shares of another number, both would write the same files."""
    for path in folder.glob(".harmonia-evaluate.*.lock"):
        if not path.name.endswith(f"-of-{share.of}.lock"):
            with _folder_lock.locked(path):
                continue


def _sweep(folder: Path, plan: Plan, todo: Todo, share: Share) -> None:
    """What was left half-written: of the shards that are to be done, and what all shares write,
    where there are no others.
    """
    rows = folder / _parts.ROWS
    if share == WHOLE:
        _atomic.remove_unfinished(folder, [_parts.RUN])
        _atomic.remove_unfinished(rows, [f"{one.label}.json" for one in plan.candidates])
        _origin.sweep(folder, plan)
    for number, candidate in enumerate(plan.candidates):
        lacks = [shard for shard, candidates in todo.items() if number in candidates]
        names = [_parts.path_of(folder, candidate.label, shard).name for shard in lacks]
        _atomic.remove_unfinished(rows / candidate.label, names)
