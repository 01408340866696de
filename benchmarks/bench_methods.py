"""Masked colour transfer beside its peers: `pytest benchmarks/bench_methods.py`.

All implementations of one group take turns round by round (interleave.py); pytest-benchmark then
replays their times, so that its table and ours come from the same calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from environment import environment, others, write_results
from implementations import IMPLEMENTATIONS, Implementation
from interleave import Replay, interleave
from scene import scene
from threads import threads

RESULTS = Path(__file__).parent / "results" / "methods.json"
REPLAY = Replay()

pytestmark = [
    pytest.mark.benchmark(timer=REPLAY.time),
    pytest.mark.filterwarnings("default"),  # peers warn about their own futures
]


class Group(NamedTuple):
    method: str
    height: int
    width: int
    mask: str
    threads: int

    def __str__(self) -> str:
        size = f"{self.width}x{self.height}"
        return f"{self.method} {size} uint8, {self.mask} mask, {self.threads} thread(s)"


GROUPS = [
    Group(method, height, width, mask, count)
    for height, width, mask in (
        (1024, 1024, "ellipse"),
        (2160, 3840, "ellipse"),
        (2160, 3840, "everywhere"),
    )
    for method in ("reinhard", "mkl")
    for count in (1, 2)
] + [
    Group(method, 1024, 1024, "ellipse", 2)
    for method in dict.fromkeys(one.method for one in IMPLEMENTATIONS)
    if method not in ("reinhard", "mkl")
]
CASES = [(group, one) for group in GROUPS for one in IMPLEMENTATIONS if one.method == group.method]


@cache
def errors(implementation: Implementation, height: int, width: int, mask: str) -> dict[str, float]:
    """Levels off the exact result of its own formula, over the pixels that change."""
    if implementation.exact is None:
        return {}
    where = scene(height, width, mask)
    off = np.abs(implementation.run(where) - implementation.exact(where))
    changed = off if implementation.mask == "none" else off[where.mask > 0]
    return {"mean": round(float(changed.mean()), 4), "max": round(float(off.max()), 4)}


@cache
def measured(group: Group, rounds: int) -> dict[str, list[float]]:
    """Seconds of every call of every implementation that runs here."""
    where = scene(group.height, group.width, group.mask)
    calls = {
        one.name: lambda one=one: one.run(where)
        for one in IMPLEMENTATIONS
        if one.method == group.method and not one.missing
    }
    with threads(group.threads):
        return interleave(calls, rounds)


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> Iterator[list[dict[str, Any]]]:
    """Collects one row a test; kept only where asked for."""
    rows: list[dict[str, Any]] = []
    before = environment()
    yield rows
    if request.config.getoption("--save-results"):
        write_results(RESULTS, before, [*others(RESULTS, before, rows, Group._fields), *rows])


@pytest.mark.parametrize(
    ("group", "implementation"), CASES, ids=[f"{group}: {one.name}" for group, one in CASES]
)
def test_method(
    benchmark: Any,
    results: list[dict[str, Any]],
    request: pytest.FixtureRequest,
    group: Group,
    implementation: Implementation,
) -> None:
    if implementation.missing:
        pytest.skip(implementation.missing)
    where = scene(group.height, group.width, group.mask)
    off = errors(implementation, group.height, group.width, group.mask)
    if off:
        assert off["max"] <= implementation.largest_error
        assert off["mean"] <= implementation.mean_error
    seconds = measured(group, request.config.getoption("--rounds"))[implementation.name]
    nanoseconds = np.array(seconds) / where.pixels * 1e9
    row = {
        **group._asdict(),
        "coverage": round(where.coverage, 3),
        "touched": round(where.touched, 3),
        "name": implementation.name,
        "uses_mask": implementation.mask,
        "levels_off": off,
        "minimum": round(float(nanoseconds.min()), 3),
        "median": round(float(np.median(nanoseconds)), 3),
        "milliseconds": [round(1e3 * one, 3) for one in seconds],
    }
    results.append(row)
    benchmark.group, benchmark.name = str(group), implementation.name
    benchmark.extra_info.update(levels_off=off, ns_per_pixel=row["minimum"])
    benchmark.pedantic(REPLAY.player(seconds), rounds=len(seconds), iterations=1)
