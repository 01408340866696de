"""How the time of every method grows with the picture, from 1/4 to 24 megapixels.

    python benchmarks/bench_growth.py [--save-results] [--rounds 5] [METHOD ...]

All sizes of a method take turns, call by call. Time is linear in pixels where the last column stays
near 1: it holds nanoseconds per pixel at 24 megapixels over those at one.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import harmonia
import numpy as np
from environment import environment, write_results
from interleave import interleave
from scene import scene
from threads import threads

RESULTS = Path(__file__).parent / "results" / "growth.json"
SIZES = {0.25: (512, 512), 1: (1024, 1024), 4: (2048, 2048), 12: (3000, 4000), 24: (4000, 6000)}
COUNT = 2


def measure(method: str, rounds: int) -> dict[str, Any]:
    scenes = {megapixels: scene(*size, "ellipse") for megapixels, size in SIZES.items()}
    calls = {
        str(megapixels): lambda one=one: harmonia.harmonize(one.image, one.mask, method)
        for megapixels, one in scenes.items()
    }
    with threads(COUNT):
        seconds = interleave(calls, rounds)
    milliseconds = {key: round(1e3 * min(times), 2) for key, times in seconds.items()}
    medians = {key: round(1e3 * float(np.median(times)), 2) for key, times in seconds.items()}
    per_pixel = {
        str(megapixels): min(seconds[str(megapixels)]) / one.pixels * 1e9
        for megapixels, one in scenes.items()
    }
    return {
        "method": method,
        "threads": COUNT,
        "minimum": milliseconds,
        "median": medians,
        "growth": round(per_pixel["24"] / per_pixel["1"], 2),
    }


def line(row: dict[str, Any]) -> str:
    figures = " | ".join(f"{value:.3g}" for value in row["minimum"].values())
    return f"| {row['method']} | {figures} | {row['growth']:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("methods", nargs="*", metavar="METHOD", help="all of them by default")
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    before, rows = environment(), []
    for method in arguments.methods or harmonia.list_methods():
        rows.append(measure(method, arguments.rounds))
        print(line(rows[-1]), flush=True)
    if arguments.save_results:
        write_results(RESULTS, before, rows)


if __name__ == "__main__":
    main()
