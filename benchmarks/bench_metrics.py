"""Scores beside their peers: `pytest benchmarks/bench_metrics.py`.

As in bench_methods.py, all implementations of a group take turns, and pytest-benchmark replays
their times.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from environment import environment, others, write_results
from floor import reading_floor
from interleave import Replay, interleave
from metric_peers import IMPLEMENTATIONS, Implementation, Scores, ours_six, skimage_six
from metric_scene import case
from threads import threads

RESULTS = Path(__file__).parent / "results" / "metrics.json"
PEERS = (
    "numpy",
    "opencv-contrib-python-headless",
    "opencv-python-headless",
    "scikit-image",
    "torch",
    "torchmetrics",
    "kornia",
    "piq",
    "pytorch-msssim",
)
REPLAY = Replay()
IMAGES_OF_THE_TEST_SET = 7404  # of iHarmony4, scored at 256 x 256

pytestmark = [
    pytest.mark.benchmark(timer=REPLAY.time),
    pytest.mark.filterwarnings("default"),  # peers warn about their own futures
]


class Group(NamedTuple):
    task: str
    height: int
    width: int
    background: str
    threads: int

    def __str__(self) -> str:
        size = f"{self.width}x{self.height}"
        return f"{self.task} {size} uint8, {self.background} background, {self.threads} thread(s)"


FLOOR = Implementation("read once", "errors", lambda scored: reading_floor(scored))
GROUPS = [
    Group(task, height, width, background, count)
    for height, width in ((256, 256), (1024, 1024), (2160, 3840))
    for task in ("six", "ssim", "errors")
    for background in ("noisy", "kept")
    for count in (1, 2)
]
CASES = [
    (group, one) for group in GROUPS for one in [*IMPLEMENTATIONS, FLOOR] if one.task == group.task
]


@cache
def exact(height: int, width: int, background: str) -> Scores:
    """By scikit-image and NumPy in float64, where scikit-image is there."""
    scored = case(height, width, background)
    if IMPLEMENTATIONS[1].missing:
        return {}
    return skimage_six(scored)


@cache
def measured(group: Group, rounds: int) -> dict[str, list[float]]:
    """Seconds of every call of every implementation that runs here."""
    scored = case(group.height, group.width, group.background)
    calls = {
        one.name: lambda one=one: one.run(scored)
        for one in [*IMPLEMENTATIONS, FLOOR]
        if one.task == group.task and not one.missing
    }
    with threads(group.threads):
        return interleave(calls, rounds)


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> Iterator[list[dict[str, Any]]]:
    """Collects one row a test; kept only where asked for."""
    rows: list[dict[str, Any]] = []
    before = environment(PEERS)
    yield rows
    if request.config.getoption("--save-results"):
        write_results(RESULTS, before, [*others(RESULTS, before, rows, Group._fields), *rows])


@pytest.mark.parametrize(
    ("group", "implementation"), CASES, ids=[f"{group}: {one.name}" for group, one in CASES]
)
def test_scores(
    benchmark: Any,
    results: list[dict[str, Any]],
    request: pytest.FixtureRequest,
    group: Group,
    implementation: Implementation,
) -> None:
    if implementation.missing:
        pytest.skip(implementation.missing)
    scored = case(group.height, group.width, group.background)
    wanted = exact(group.height, group.width, group.background)
    off = {
        name: abs(value / wanted[name] - 1)
        for name, value in implementation.run(scored).items()
        if name in wanted
    }
    assert all(error <= implementation.tolerance for error in off.values()), off
    seconds = measured(group, request.config.getoption("--rounds"))[implementation.name]
    nanoseconds = np.array(seconds) / scored.pixels * 1e9
    row = {
        **group._asdict(),
        "name": implementation.name,
        "off": float(f"{max(off.values(), default=0.0):.2g}"),
        "minimum": round(float(nanoseconds.min()), 3),
        "median": round(float(np.median(nanoseconds)), 3),
        "milliseconds": [round(1e3 * one, 4) for one in seconds],
    }
    results.append(row)
    benchmark.group, benchmark.name = str(group), implementation.name
    benchmark.extra_info.update(off=row["off"], ns_per_pixel=row["minimum"])
    benchmark.pedantic(REPLAY.player(seconds), rounds=len(seconds), iterations=1)


@pytest.mark.parametrize("background", ["noisy", "kept"])
@pytest.mark.parametrize("count", [1, 2])
def test_a_test_set(
    benchmark: Any, results: list[dict[str, Any]], background: str, count: int
) -> None:
    """All six scores of as many images as the test set of iHarmony4 holds, 32 different ones.

    Every thread takes images of its own, and harmonia one thread for each.
    """
    pairs = [case(256, 256, background, seed) for seed in range(32)]

    def score(first: int) -> None:
        for number in range(first, IMAGES_OF_THE_TEST_SET, count):
            ours_six(pairs[number % len(pairs)])

    with threads(1), ThreadPoolExecutor(count) as pool:
        calls = {"harmonia": lambda: list(pool.map(score, range(count)))}
        seconds = interleave(calls, 3)["harmonia"]
    group = Group("test set", 256, 256, background, count)
    nanoseconds = np.array(seconds) / (IMAGES_OF_THE_TEST_SET * 65536) * 1e9
    results.append(
        {
            **group._asdict(),
            "name": "harmonia",
            "off": 0.0,
            "minimum": round(float(nanoseconds.min()), 3),
            "median": round(float(np.median(nanoseconds)), 3),
            "milliseconds": [round(1e3 * one, 1) for one in seconds],
        }
    )
    benchmark.group, benchmark.name = str(group), "harmonia"
    benchmark.pedantic(REPLAY.player(seconds), rounds=len(seconds), iterations=1)
