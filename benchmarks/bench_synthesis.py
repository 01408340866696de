"""The recipe hcoco at 640 x 480, beside the original transfers in NumPy.

    python benchmarks/bench_synthesis.py [--save-results] [--images 200] [--workers 2]
                                         [--composites 48] [--originals 2] [--source FOLDER]

A folder in COCO's format is made (`coco_folder.py`), or `--source` names one. For each transfer the
recipe makes whole sets on its workers, everything included: annotations, decoding, the choice of a
reference, the transfer, encoding, writing. One worker's parts are timed as well. The originals are
the formulas of the published codes, vectorized in float64 (`tests/reference`), on the same images,
one after the other, as those codes run; of them the transfer alone is timed. Figures are medians,
with the CPU time of all threads beside them, which says what a busy machine hides.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import coco_folder
import harmonia
import numpy as np
from environment import environment, write_results
from harmonia.synthesis import Unusable, prepare, synthesize

RESULTS = Path(__file__).parent / "results" / "synthesis.json"
METHODS = ("reinhard", "xiao", "cumulative_histogram", "idt")
OPTIONS = {"nearest": 0.0, "farthest": 1000.0, "test_share": 0.0}

Array = np.ndarray[Any, Any]
Original = Callable[[Array, Array, Array, Array], Array]

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))


def original(method: str) -> Original:
    """The colours of `image` under `mask` (bool), from those of another; all of them in 0..1."""
    from reference.cumulative_histogram import published
    from reference.idt import BINS, random_axes
    from reference.projections import apply, fit
    from reference.projections import original as bins
    from reference.regrain import regrain
    from reference.reinhard import reinhard
    from reference.xiao import ranked_matrix

    def lalphabeta(image: Array, mask: Array, other: Array, other_mask: Array) -> Array:
        weights, others = (side.astype(np.float32) for side in (mask, other_mask))
        return reinhard(image, weights, "lalphabeta", target=other, target_mask=others)

    def axes(image: Array, mask: Array, other: Array, other_mask: Array) -> Array:
        inside, wanted = image[mask], other[other_mask]
        matrix = ranked_matrix(np.cov(inside.T), np.cov(wanted.T))
        return (image - inside.mean(axis=0)) @ matrix.T + wanted.mean(axis=0)

    def histograms(image: Array, mask: Array, other: Array, other_mask: Array) -> Array:
        codes, others = (np.rint(side * 255).astype(np.uint8) for side in (image, other))
        return published(codes, mask, others, other_mask) / 255

    def distribution(image: Array, mask: Array, other: Array, other_mask: Array) -> Array:
        inside, wanted = image[mask], other[other_mask]
        ones = (np.ones(len(side)) for side in (inside, wanted))
        turned = random_axes(10, np.random.default_rng(0))
        weights = next(ones)
        steps = fit(inside, weights, wanted, next(ones), turned, [1] * 10, BINS, bins)
        changed = image.copy()
        changed[mask] = apply(inside, steps)
        return regrain(image, changed, mask.astype(float), whole=True)

    return dict(zip(METHODS, (lalphabeta, axes, histograms, distribution), strict=True))[method]


Times = tuple[float, float]  # seconds on the clock, and on all CPUs


def medians(times: list[Times]) -> Times:
    return statistics.median(wall for wall, _ in times), statistics.median(cpu for _, cpu in times)


def now() -> Times:
    return time.perf_counter(), time.process_time()


def since(started: Times, share: int = 1) -> Times:
    ended = now()
    return (ended[0] - started[0]) / share, (ended[1] - started[1]) / share


def of_originals(made: list[Any], source: Path, method: str) -> Times:
    transfer, times = original(method), []
    images = {path.stem: path for path in source.glob("*/*.jpg")}
    for one in made:
        other = harmonia.io.read(images[one.facts["reference"].stem]).pixels
        inside = np.ascontiguousarray(one.mask > 0)
        started = now()
        transfer(one.real / 255, inside, other / 255, inside)
        times.append(since(started))
    return medians(times)


def parts(source: Path, method: str, count: int) -> tuple[dict[str, float], list[Any]]:
    """Milliseconds of one worker on one thread for a composite, by what it does; and some."""
    recipe = prepare("hcoco", source, methods=method, **OPTIONS)
    times: dict[str, list[float]] = {"make": [], "transfer": [], "encode": []}
    composites = []
    harmonia.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        for number, task in enumerate(recipe.tasks[:count]):
            started = time.perf_counter()
            try:
                made = recipe.make(task, np.random.default_rng(number))
            except Unusable:
                continue
            times["make"].append(time.perf_counter() - started)
            other = harmonia.io.read(made.facts["reference"]).pixels
            started = time.perf_counter()
            harmonia.harmonize(
                made.real,
                made.mask,
                made.facts["method"],
                reference=other,
                reference_mask=made.mask,  # as many pixels; its own is in the annotations
                **made.facts["options"],
            )
            times["transfer"].append(time.perf_counter() - started)
            started = time.perf_counter()
            harmonia.io.write(f"{folder}/{number}.jpg", made.composite)
            harmonia.io.write(f"{folder}/{number}.png", np.stack([made.mask] * 3, axis=-1))
            times["encode"].append(time.perf_counter() - started)
            composites.append(made)
    found = {name: round(1e3 * statistics.median(some), 2) for name, some in times.items()}
    return found, composites


def of_sets(source: Path, method: str, count: int, workers: int, rounds: int) -> Times:
    """Of one composite, of a set of so many."""
    harmonia.set_num_threads(workers)
    found = []
    for seed in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            started = now()
            report = synthesize(
                "hcoco",
                source,
                Path(folder) / "set",
                seed=seed,
                count=count,
                workers=workers,
                filters={},
                sheet=0,
                methods=method,
                **OPTIONS,
            )
            found.append(since(started, count))
        if report.written != count:
            raise RuntimeError(f"{report.written} of {count} composites were made")
    return medians(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--save-results", action="store_true")
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--composites", type=int, default=48)
    parser.add_argument("--originals", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    before, rows = environment(), []
    with tempfile.TemporaryDirectory() as folder:
        source = chosen.source
        if source is None:
            source = Path(folder) / "coco"
            coco_folder.write(source, chosen.images, seed=0)
        for method in METHODS:
            shares, made = parts(source, method, chosen.composites)
            ours = of_sets(source, method, chosen.composites, chosen.workers, chosen.rounds)
            theirs = of_originals(made[: chosen.originals], source, method)
            row = {
                "recipe": "hcoco",
                "method": method,
                "workers": chosen.workers,
                "ms_per_composite": round(1e3 * ours[0], 2),
                "cpu_ms_per_composite": round(1e3 * ours[1], 2),
                "ms_on_one_thread": shares,
                "original_transfer_ms": round(1e3 * theirs[0], 1),
                "original_transfer_cpu_ms": round(1e3 * theirs[1], 1),
                "ratio": round(theirs[0] / ours[0], 1),
                "ratio_of_cpu": round(theirs[1] / ours[1], 1),
            }
            print(json.dumps(row))
            rows.append(row)
    if chosen.save_results:
        write_results(RESULTS, before, rows)


if __name__ == "__main__":
    main()
