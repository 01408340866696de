"""Time several callables in turns, so that a slow moment of the machine hits all of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

SLOW_SECONDS = 0.5  # such a callable joins every fourth round only


@dataclass(frozen=True)
class SelfTimed:
    """A call that tells its own seconds: one in another process, or one to be set up untimed."""

    seconds: Callable[[], float]

    def __call__(self) -> None:
        self.seconds()


def interleave(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of every call. Each round starts with another callable; outputs are dropped."""
    seconds: dict[str, list[float]] = {name: [timed(call)] for name, call in calls.items()}
    slow = {name for name, (warm_up,) in seconds.items() if warm_up > SLOW_SECONDS}
    for times in seconds.values():
        times.clear()
    names = list(calls)
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                if name not in slow or turn % 4 == 0:
                    seconds[name].append(timed(calls[name]))
    finally:
        gc.enable()
    return seconds


def timed(call: Callable[[], object]) -> float:
    if isinstance(call, SelfTimed):
        return call.seconds()
    start = time.perf_counter()
    output = call()
    seconds = time.perf_counter() - start
    del output
    return seconds


class Replay:
    """A clock for pytest-benchmark that runs by times measured before, round by round."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def player(self, seconds: list[float]) -> Callable[[], None]:
        left: Iterator[float] = iter(seconds)

        def play() -> None:
            self.now += next(left)

        return play
