"""Composites made on the fly, by the second: decoding, cutting, resizing and changing colours.

    python benchmarks/bench_random.py SOURCE [--save-results] [--threads 1 2] [--processes 2]
        [--seconds 20] [--measured FILE] [--size 256]

SOURCE is a folder or a .csv file of photographs with masks of your own. Each round makes composites
for so many seconds with one number of threads after the other. The first epoch reads photographs
that lend their colours, later ones remember them: both are measured. CPU time is that of the whole
process, and says what a loaded machine cannot: how much work a composite is.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import statistics
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import harmonia
import numpy as np
from environment import environment, write_results
from harmonia.synthesis import RandomComposites, random_composites

RESULTS = Path(__file__).parent / "results" / "random.json"
CHECKED = 32  # composites that every number of threads must make alike
ROUNDS = 3


def parts(dataset: RandomComposites, index: int) -> tuple[bytes, bytes, bytes]:
    sample = dataset[index]
    return sample.composite.tobytes(), sample.mask.tobytes(), sample.real.tobytes()


def produce(dataset: RandomComposites, threads: int, seconds: float) -> tuple[int, float, float]:
    """Composites made in about so many seconds, wall-clock and CPU time."""
    order = np.random.default_rng(0).permutation(len(dataset)).tolist()
    stop = time.perf_counter() + seconds
    items = itertools.takewhile(lambda _: time.perf_counter() < stop, itertools.cycle(order))
    begun, worked = time.perf_counter(), time.process_time()
    made = 0
    for outcome in in_threads(dataset, items, threads):
        if outcome.composite.shape != outcome.real.shape:
            raise RuntimeError("a composite has another shape than its real")
        made += 1
    return made, time.perf_counter() - begun, time.process_time() - worked


def in_threads(dataset: RandomComposites, items: Any, threads: int) -> Any:
    """Samples in any order, a few under way at a time."""
    with ThreadPoolExecutor(threads) as pool:
        under_way: set[Any] = set()
        for item in items:
            under_way.add(pool.submit(dataset.__getitem__, item))
            if len(under_way) >= 2 * threads:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        yield from (one.result() for one in under_way)


def measure(open_source: Any, threads: int, seconds: float) -> dict[str, Any]:
    rows: dict[str, list[tuple[int, float, float]]] = {"first epoch": [], "later epochs": []}
    dataset = open_source()
    for _ in range(ROUNDS):
        fresh = open_source()
        rows["first epoch"].append(produce(fresh, threads, seconds / ROUNDS))
        rows["later epochs"].append(produce(dataset.epoch(1), threads, seconds / ROUNDS))
    return {
        "threads": threads,
        **{
            epoch: {
                "composites a second": round(
                    statistics.median(n / wall for n, wall, _ in found), 1
                ),
                "CPU ms a composite": round(
                    statistics.median(1e3 * cpu / n for n, _, cpu in found), 3
                ),
            }
            for epoch, found in rows.items()
        },
        "load": round(os.getloadavg()[0], 2),
    }


def measure_processes(open_source: Any, processes: int, seconds: float) -> dict[str, Any]:
    """As a loader with workers of its own does: each process makes composites for itself."""
    rates = []
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for turn in range(ROUNDS):
            jobs = [
                (open_source().epoch(turn), part, seconds / ROUNDS) for part in range(processes)
            ]
            rates.append(sum(pool.starmap(_rate, jobs, chunksize=1)))
    return {
        "processes": processes,
        "composites a second": round(statistics.median(rates), 1),
        "load": round(os.getloadavg()[0], 2),
    }


def _rate(dataset: RandomComposites, part: int, seconds: float) -> float:
    """Composites a second, in one thread."""
    order = np.random.default_rng(part).permutation(len(dataset)).tolist()
    begun, made = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        dataset[order[made % len(order)]]
        made += 1
    return made / (time.perf_counter() - begun)


def spread(dataset: RandomComposites, count: int) -> dict[str, Any]:
    """How far composites are from their reals, beside what is aimed at."""
    chosen = np.random.default_rng(1).permutation(len(dataset))[:count].tolist()
    samples = [dataset[index] for index in chosen]
    samples = [sample for sample in samples if sample.extras and (sample.mask > 127).any()]
    scores = [
        harmonia.evaluate(s.composite, s.real, s.mask, metrics=("mse", "psnr", "fmse"))
        for s in samples
    ]
    numbers = {
        name: np.array([score[name] for score in scores]) for name in ("mse", "psnr", "fmse")
    }
    shares = np.array([sample.mask.mean() / 255 for sample in samples])
    aims = np.array([sample.extras["aim"] for sample in samples])
    return {
        "composites": len(samples),
        **{name: round(float(values.mean()), 2) for name, values in numbers.items()},
        "fpsnr": round(float(np.mean(10 * np.log10(255**2 / numbers["fmse"]))), 2),
        "fmse aimed at": round(float((aims**2).mean()), 1),
        "foreground of 0 to 5 %": round(float((shares < 0.05).mean()), 3),
        "mean foreground": round(float(shares.mean()), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source")
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--processes", type=int, nargs="*", default=[2])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--measured", help="a file of measured changes of light")
    parser.add_argument("--composites", type=int, default=2000, help="for the spread")
    arguments = parser.parse_args()
    harmonia.set_num_threads(1)

    def open_source() -> RandomComposites:
        return random_composites(arguments.source, size=arguments.size, measured=arguments.measured)

    before, rows = environment(("numpy", "pillow")), []
    alone = [parts(open_source(), index) for index in range(CHECKED)]
    for threads in arguments.threads:
        shared = open_source()
        with ThreadPoolExecutor(threads) as pool:
            if list(pool.map(lambda n, d=shared: parts(d, n), range(CHECKED))) != alone:
                raise RuntimeError(f"{threads} threads made other composites")
        rows.append(
            {"case": "speed", "size": arguments.size}
            | measure(open_source, threads, arguments.seconds)
        )
        print(json.dumps(rows[-1]), flush=True)
    for processes in arguments.processes:
        found = measure_processes(open_source, processes, arguments.seconds)
        rows.append({"case": "speed", "size": arguments.size} | found)
        print(json.dumps(rows[-1]), flush=True)
    rows.append({"case": "spread"} | spread(open_source(), arguments.composites))
    print(json.dumps(rows[-1]), flush=True)
    if arguments.save_results:
        write_results(RESULTS, before, rows)


if __name__ == "__main__":
    main()
