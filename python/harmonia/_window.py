"""A function over many items on several threads, of which a few are under way at a time."""

import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

PATIENCE = 0.2  # seconds: where waiting for a lock cannot be interrupted, Ctrl-C waits so long


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Item, Result]):
    """What became of an item: a result, or else an error."""

    item: Item
    result: Result | None
    error: Exception | None
    seconds: float


def outcomes(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    threads: int,
    stop: threading.Event | None = None,
) -> Generator[Outcome[Item, Result], None, None]:
    """`function(item)` for every item, in the order in which they are done.

    Items are taken while threads are free for them: no more than two a thread are taken and not yet
    given back, however many there are and however slow the caller is. What the function raises is
    the error of its outcome, whose frames are cleared, so that it keeps no arrays alive.

    Where the caller leaves, by Ctrl-C or otherwise, no further item begins, and `stop` is set, at
    which a long function may look; those that run are waited for, so that none is cut off while it
    writes. Another Ctrl-C does not wait.
    """
    if threads < 1:
        raise ValueError(f"outcomes: threads must be at least 1, got {threads}")
    stop = threading.Event() if stop is None else stop
    todo: SimpleQueue[tuple[Item] | None] = SimpleQueue()
    done: SimpleQueue[Outcome[Item, Result] | BaseException] = SimpleQueue()
    pool: list[threading.Thread] = []
    source, under_way, more = iter(items), 0, True
    try:
        while more or under_way:
            while more and under_way < 2 * threads:
                try:
                    item = next(source)
                except StopIteration:
                    more = False
                    break
                todo.put((item,))
                del item
                under_way += 1
                if len(pool) < threads:
                    # Daemons, so that a second Ctrl-C ends the process at once.
                    worker = threading.Thread(
                        target=_work, args=(function, todo, done, stop), daemon=True
                    )
                    pool.append(worker)
                    worker.start()
            if under_way:
                outcome = _next(done)
                under_way -= 1
                if isinstance(outcome, BaseException):
                    raise outcome
                yield outcome
                del outcome
    finally:
        stop.set()
        for _ in pool:
            todo.put(None)
        for worker in pool:
            while worker.is_alive():
                worker.join(PATIENCE)


def _work(
    function: Callable[[Item], Result],
    todo: "SimpleQueue[tuple[Item] | None]",
    done: "SimpleQueue[Outcome[Item, Result] | BaseException]",
    stop: threading.Event,
) -> None:
    while (entry := todo.get()) is not None and not stop.is_set():
        started = time.perf_counter()
        result: Result | None = None
        failed: Exception | None = None
        try:
            result = function(entry[0])
        except Exception as error:
            forget_frames(error)
            failed = error
        except BaseException as error:  # SystemExit and its like are for the caller
            done.put(error)
            return
        done.put(Outcome(entry[0], result, failed, time.perf_counter() - started))
        del entry, result, failed


def forget_frames(error: BaseException | None) -> None:
    """Let go of what the frames of an error hold, arrays above all; those that run still stay."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _next(
    done: "SimpleQueue[Outcome[Item, Result] | BaseException]",
) -> Outcome[Item, Result] | BaseException:
    while True:
        try:
            return done.get(timeout=PATIENCE)
        except Empty:
            continue


class Budget:
    """So much of something for all threads together; who wants more than that has it alone.

    Those who wait are served in the order in which they came, so that a large one has its turn.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._taken = 0
        self._came = 0
        self._turn = 0
        self._changed = threading.Condition()

    @contextmanager
    def share(self, amount: int) -> Iterator[None]:
        """Waits until there is so much, and holds it."""
        with self._changed:
            mine, self._came = self._came, self._came + 1
            self._changed.wait_for(lambda: mine == self._turn and self._has(amount))
            self._turn += 1
            self._taken += amount
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._taken -= amount
                self._changed.notify_all()

    def _has(self, amount: int) -> bool:
        return self._taken == 0 or self._taken + amount <= self._total
