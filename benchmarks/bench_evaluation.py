"""`harmonia evaluate` beside ideal workers, and its memory however many images there are.

    python benchmarks/bench_evaluation.py [--save-results] [--rounds 5] [--workers 2]
                                          [--samples 2000] [--only evaluate memory]
                                          [--counts 200 2000 20000]
                                          [--engine local processes]

The composite and five methods with a closed form are scored by the protocol idih on samples of
256 x 256. Ideal is the throughput of one thread that reads, harmonizes and scores one sample after
another and writes nothing, times the number of workers. As many
processes of such a loop at a time show how near to that the machine comes. They and the engines
take turns; figures are medians, and all must find the same means.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from environment import environment, write_results
from evaluation_scene import command, fill
from harmonia.evaluation import Results
from processes import peak_of, seconds_of, start

RESULTS = Path(__file__).parent / "results" / "evaluation.json"
METHODS = "composite,mean_shift,white_balance,reinhard,mkl,xiao"
WARM = 40  # samples
ALONE, TOGETHER = "one loop", "loops together"
ENGINES = ("local", "processes")

# What one process of the ideal does when it is told to; prints the errors of its samples.
LOOP = """
import json, sys
import harmonia
from harmonia import datasets
harmonia.set_num_threads(1)
root, methods, number, count = sys.argv[1], sys.argv[2].split(","), *map(int, sys.argv[3:])
whole = datasets.load("folder", root)
def scores(dataset):
    found = {method: [] for method in methods}
    for sample in dataset:
        for method in methods:
            out = sample.composite
            if method != "composite":
                out = harmonia.harmonize(out, sample.mask, method)
            score = harmonia.evaluate(out, sample.real, sample.mask, protocol="idih")
            found[method].append(score["mse"])
    return found
scores(whole[:20])
print("ready", flush=True)
sys.stdin.readline()
found = scores(whole[number::count])
print("done", flush=True)
print(json.dumps(found))
"""

# What the command does, from the same state: imported, and warm.
EVALUATE = """
import json, sys
from harmonia import cli
warm, words = json.loads(sys.argv[1]), json.loads(sys.argv[2])
if cli.main(warm):
    sys.exit("failed")
print("ready", flush=True)
sys.stdin.readline()
if cli.main(words):
    sys.exit("failed")
print("done", flush=True)
"""


def loops(source: Path, count: int) -> tuple[float, dict[str, float]]:
    """The samples shared out among processes of one thread: the time, and the mean errors."""
    seconds, said = seconds_of(
        [start(LOOP, os.fspath(source), METHODS, str(n), str(count)) for n in range(count)]
    )
    found = [json.loads(text) for text in said]
    errors = {method: [e for one in found for e in one[method]] for method in METHODS.split(",")}
    return seconds, {method: math.fsum(of) / len(of) for method, of in errors.items()}


def evaluated(
    source: Path, warm: Path, out: Path, workers: int, engine: str
) -> tuple[float, dict[str, float]]:
    own = ("--workers", str(workers), "--engine", engine)
    words = [
        json.dumps(command(root, folder, METHODS, *own))
        for root, folder in ((warm, out.with_name("out-warm")), (source, out))
    ]
    seconds, _ = seconds_of([start(EVALUATE, *words)])
    results = Results(out)
    errors = {label: [row.values[0] for row in results.rows(label)] for label in results.labels}
    return seconds, {label: math.fsum(of) / len(of) for label, of in errors.items()}


def measure(samples: int, rounds: int, workers: int, engines: Sequence[str]) -> dict[str, Any]:
    times: dict[str, list[float]] = {name: [] for name in (ALONE, TOGETHER, *engines)}
    expected: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as room:
        root = Path(room)
        source, warm = fill(root / "in", samples), fill(root / "warm", WARM)
        for turn in range(rounds):
            first = turn % len(times)
            for name in [*times][first:] + [*times][:first]:
                if name in engines:
                    seconds, means = evaluated(source, warm, root / "out", workers, name)
                else:
                    seconds, means = loops(source, 1 if name == ALONE else workers)
                times[name].append(seconds)
                expected = expected or means
                if means != expected:
                    raise RuntimeError(f"{name} finds other means than those before it")
                for folder in root.glob("out*"):
                    shutil.rmtree(folder)
    medians = {name: statistics.median(values) for name, values in times.items()}
    shares = {
        name: [alone / (workers * own) for alone, own in zip(times[ALONE], values, strict=True)]
        for name, values in times.items()
        if name != ALONE
    }
    return {
        "case": "evaluate",
        "methods": METHODS,
        "samples": samples,
        "workers": workers,
        "seconds": {name: round(value, 3) for name, value in medians.items()},
        "samples a second": {name: round(samples / medians[name], 1) for name in engines},
        "of the ideal": {
            name: round(medians[ALONE] / (workers * medians[name]), 3) for name in shares
        },
        "of the ideal, by round": {
            name: [round(share, 3) for share in values] for name, values in shares.items()
        },
        "load": round(os.getloadavg()[0], 2),
    }


def memory(counts: Sequence[int], workers: int, engines: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The most memory that a whole run of the command takes, by the number of images."""
    with tempfile.TemporaryDirectory() as room:
        for count in counts:
            source, out = fill(Path(room, f"in{count}"), count), Path(room, f"out{count}")
            for engine in engines:
                own = ("--workers", str(workers), "--engine", engine)
                peak, seconds = peak_of(command(source, out, METHODS, *own))
                if not Results(out).is_whole:
                    raise RuntimeError(f"the run over {count} images is not whole")
                yield {
                    "case": "memory",
                    "methods": METHODS,
                    "samples": count,
                    "workers": workers,
                    "engine": engine,
                    "peak MiB": round(peak, 1),
                    "samples a second": round(count / seconds, 1),
                }
                shutil.rmtree(out)
            shutil.rmtree(source)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--counts", type=int, nargs="*", default=[200, 2_000, 20_000])
    parser.add_argument("--only", nargs="*", choices=("evaluate", "memory"))
    parser.add_argument("--engine", nargs="+", choices=ENGINES, default=ENGINES)
    arguments = parser.parse_args()
    workers, engines = arguments.workers, arguments.engine
    before, rows = environment(("numpy", "pillow")), []
    if arguments.only is None or "evaluate" in arguments.only:
        rows.append(measure(arguments.samples, arguments.rounds, workers, engines))
        print(json.dumps(rows[-1]), flush=True)
    if arguments.only is None or "memory" in arguments.only:
        for row in memory(arguments.counts, workers, engines):
            rows.append(row)
            print(json.dumps(row), flush=True)
    if arguments.save_results:
        write_results(RESULTS, before, rows)


if __name__ == "__main__":
    main()
