"""A plan carried out by processes of this machine, to which samples are handed out.

Small pictures keep Python busier than the kernels: threads then wait for each other, and processes
do not. They cost a start, and each loads the candidates for itself.
"""

import contextlib
import ctypes
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from harmonia import _cores
from harmonia._build import get_num_threads
from harmonia.evaluation._candidates import Compute
from harmonia.evaluation._plan import Plan, measure
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
from harmonia.evaluation._told import parsed, told

AT_ONCE = 16  # samples that are handed out together, at most
LAST = 4  # hands for each process of what is left: the last are small, so that all end together
AHEAD = 2  # hands that a process has, so that it need not wait for the next
ATTEMPTS = 3  # at samples whose process died: it may have been the one beside that took the memory

KEPT = 1 << 24  # bytes, of a block or at the end of the heap, that stay with a process
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h


@dataclass(eq=False)
class _Hand:
    """Samples that are handed out together, all of one shard."""

    shard: Shard
    indices: range
    deaths: int = 0


@dataclass(eq=False)
class _Child:
    """A process, and what it has."""

    process: BaseProcess
    connection: "Connection[Any, Any]"
    hands: deque[_Hand] = field(default_factory=deque)


def run_in_processes(
    plan: Plan,
    folder: Path,
    *,
    workers: int | None = None,
    share: Share = WHOLE,
    step: Callable[[Step], object] = lambda step: None,
) -> list[Failure]:
    """As `_run.run`, with the same numbers. A process that dies is replaced, and what it had is
    measured again; samples whose processes keep dying are failures.
    """
    workers, context = workers or get_num_threads(), _context()
    failures: list[Failure] = []
    with begun(plan, folder, share) as todo:
        total = samples_of(plan, share)
        left = sum(len(plan.indices(shard)) for shard in todo)
        done = total - left
        step(Step(done, total))
        if not todo:
            return []
        came = _carried_out(plan, list(_hands(plan, todo, left, workers)), workers, context)
        with Writer() as writer, contextlib.closing(came):
            for hand, found in came:
                here: tuple[Failure, ...] = ()
                for index, of_sample in found:
                    here += hand.shard.add(plan.dataset.entry(index).name, of_sample, plan)
                failures += here
                if not hand.shard.left:
                    writer.add(hand.shard.write, folder, plan)
                done += len(hand.indices)
                step(Step(done, total, here))
    return failures


def _hands(plan: Plan, todo: Todo, left: int, workers: int) -> Iterator[_Hand]:
    for number, candidates in todo.items():
        indices = plan.indices(number)
        shard = Shard(number, candidates, len(indices))
        while indices:
            count = max(1, min(AT_ONCE, left // (LAST * workers), len(indices)))
            yield _Hand(shard, indices[:count])
            indices, left = indices[count:], left - count


def _carried_out(
    plan: Plan, hands: list[_Hand], workers: int, context: Any
) -> Generator[tuple[_Hand, Iterable[tuple[int, Found]]], None, None]:
    """What becomes of each hand, in the order in which they come back."""
    left = deque(hands)
    children = [_begun(context) for _ in range(min(workers, len(hands)))]
    try:
        for child in children:
            _send(child, plan)
        for _ in range(AHEAD):
            for child in children:
                _hand_out(child, left)
        while busy := [child for child in children if child.hands]:
            ready = wait([child.connection for child in busy])
            for child in busy:
                if child.connection not in ready:
                    continue
                try:
                    text = child.connection.recv()
                except (EOFError, OSError):
                    children.remove(child)
                    yield from _buried(child, left)
                    if left:
                        children.append(_begun(context))
                        _send(children[-1], plan)
                        for _ in range(AHEAD):
                            _hand_out(children[-1], left)
                    continue
                hand = child.hands.popleft()
                _hand_out(child, left)
                yield hand, parsed(text)
    finally:
        for child in children:
            child.connection.close()  # at which a process that waits ends
            if child.hands:
                child.process.terminate()
        for child in children:
            child.process.join()


def _begun(context: Any) -> _Child:
    """A process that loads what it needs. It gets the plan later: a pipe takes up only so much, and
    the next one would begin when this one reads it.
    """
    there: Connection[Any, Any]
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    there.close()  # so that its end is seen when the process has gone
    return _Child(process, here)


def _context() -> Any:
    """How processes begin: as forks of one that has loaded this module and has no threads.

    A fork of this process would take over the locks of threads that do not come along.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    forkserver.ensure_running()  # it loads while this process looks through the folder
    return context


def _hand_out(child: _Child, left: "deque[_Hand]") -> None:
    if left:
        hand = left.popleft()
        child.hands.append(hand)
        _send(child, (hand.indices, hand.shard.candidates))


def _send(child: _Child, what: Any) -> None:
    with contextlib.suppress(OSError):  # it has died, which the next look at it tells
        child.connection.send(what)


def _buried(
    child: _Child, left: "deque[_Hand]"
) -> Iterator[tuple[_Hand, Iterable[tuple[int, Found]]]]:
    """Put back what a process had that died; give up what has killed several."""
    child.connection.close()
    child.process.join()
    first = child.hands[0]
    first.deaths += 1
    if first.deaths >= ATTEMPTS:
        child.hands.popleft()
        died = RuntimeError(
            f"the process died {ATTEMPTS} times that measured this sample and those beside it; "
            "there may be too little memory"
        )
        yield first, [(index, died) for index in first.indices]
    left.extendleft(reversed(child.hands))


def _serve(connection: "Connection[Any, Any]") -> None:
    """What a process does until there is nothing more for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that began it ends it
    _cores.use_one_thread()
    _keep_what_is_freed()
    computes: dict[int, Compute] = {}
    with contextlib.suppress(EOFError, OSError):  # the one that began it has ended
        plan: Plan = connection.recv()
        while True:
            indices, numbers = connection.recv()
            connection.send(
                told((index, _measured(plan, index, numbers, computes)) for index in indices)
            )


def _keep_what_is_freed() -> None:
    """The pictures of a sample lie where those of the last one lay. Otherwise glibc gives their
    pages back to the system after each, and waits until it has zeroed others.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, KEPT)
        mallopt(_M_TRIM_THRESHOLD, 2 * KEPT)


def _measured(plan: Plan, index: int, numbers: list[int], computes: dict[int, Compute]) -> Found:
    try:
        for number in numbers:
            if number not in computes:
                computes[number] = plan.candidates[number].open()
                _cores.use_one_thread()  # it may have loaded torch
        return measure(plan, index, {number: computes[number] for number in numbers})
    except Exception as error:
        return error.with_traceback(None)
