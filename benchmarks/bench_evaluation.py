"""`harmonia evaluate` beside ideal workers, and its memory however many images there are.

    python benchmarks/bench_evaluation.py [--save-results] [--rounds 5] [--workers 2]
                                          [--samples 2000] [--only evaluate memory]
                                          [--counts 200 2000 20000]

The composite and five methods with a closed form are scored by the protocol idih on samples of
256 x 256. Ideal is the throughput of one thread that reads, harmonizes and scores one sample after
another and writes nothing, times the number of workers. Two processes of such a loop at a time show
how near to that the machine comes. The three take turns; figures are medians, and all must find the
same means.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from environment import environment, write_results
from evaluation_scene import command, fill
from harmonia.evaluation import Results

RESULTS = Path(__file__).parent / "results" / "evaluation.json"
METHODS = "composite,mean_shift,white_balance,reinhard,mkl,xiao"
WARM = 40  # samples

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

# The command, and the peak of its memory: what the system tells a parent holds the parent's own.
RUN = """
import re, sys
from harmonia.cli import main
status = main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
raise SystemExit(status)
"""


def start(code: str, *words: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    expect(process, "ready")
    return process


def expect(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return
    raise RuntimeError(f"a process ended without saying {word!r}")


def seconds_of(processes: list[subprocess.Popen[str]]) -> tuple[float, list[str]]:
    """From the word to the last one's end, and what each said after that."""
    started = time.perf_counter()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        expect(process, "done")
    seconds = time.perf_counter() - started
    said = []
    for process in processes:
        assert process.stdout is not None
        said.append(process.stdout.read())  # communicate would pass by what is read ahead
        process.communicate()
    return seconds, said


def loops(source: Path, count: int) -> tuple[float, dict[str, float]]:
    """The samples shared out among processes of one thread: the time, and the mean errors."""
    seconds, said = seconds_of(
        [start(LOOP, os.fspath(source), METHODS, str(n), str(count)) for n in range(count)]
    )
    found = [json.loads(text) for text in said]
    errors = {method: [e for one in found for e in one[method]] for method in METHODS.split(",")}
    return seconds, {method: math.fsum(of) / len(of) for method, of in errors.items()}


def evaluated(source: Path, warm: Path, out: Path, workers: int) -> tuple[float, dict[str, float]]:
    words = [
        json.dumps(command(root, folder, METHODS, "--workers", str(workers)))
        for root, folder in ((warm, out.with_name("out-warm")), (source, out))
    ]
    seconds, _ = seconds_of([start(EVALUATE, *words)])
    results = Results(out)
    errors = {label: [row.values[0] for row in results.rows(label)] for label in results.labels}
    return seconds, {label: math.fsum(of) / len(of) for label, of in errors.items()}


def measure(samples: int, rounds: int, workers: int) -> dict[str, Any]:
    times: dict[str, list[float]] = {"one thread": [], "processes": [], "evaluate": []}
    expected: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as room:
        root = Path(room)
        source, warm = fill(root / "in", samples), fill(root / "warm", WARM)
        for turn in range(rounds):
            for name in list(times)[turn % 3 :] + list(times)[: turn % 3]:
                if name == "evaluate":
                    seconds, means = evaluated(source, warm, root / "out", workers)
                else:
                    seconds, means = loops(source, 1 if name == "one thread" else workers)
                times[name].append(seconds)
                expected = expected or means
                if means != expected:
                    raise RuntimeError(f"{name} finds other means than those before it")
                for folder in root.glob("out*"):
                    shutil.rmtree(folder)
    medians = {name: statistics.median(values) for name, values in times.items()}
    rows = zip(*times.values(), strict=True)
    by_round = [(alone, both, together) for alone, both, together in rows]
    return {
        "case": "evaluate",
        "methods": METHODS,
        "samples": samples,
        "workers": workers,
        "seconds": {name: round(value, 3) for name, value in medians.items()},
        "samples a second": round(samples / medians["evaluate"], 1),
        "of the ideal": round(medians["one thread"] / (workers * medians["evaluate"]), 3),
        "of the ideal, processes": round(
            medians["one thread"] / (workers * medians["processes"]), 3
        ),
        "of the ideal, by round": [
            round(alone / (workers * together), 3) for alone, _, together in by_round
        ],
        "of processes, by round": [round(both / together, 3) for _, both, together in by_round],
        "load": round(os.getloadavg()[0], 2),
    }


def memory(counts: list[int], workers: int) -> Iterator[dict[str, Any]]:
    """The most memory that a whole run of the command takes, by the number of images."""
    with tempfile.TemporaryDirectory() as room:
        for count in counts:
            source, out = fill(Path(room, f"in{count}"), count), Path(room, f"out{count}")
            words = command(source, out, METHODS, "--workers", str(workers))
            started = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", RUN, *words], stdout=subprocess.PIPE, text=True
            )
            seconds = time.perf_counter() - started
            if done.returncode or not Results(out).is_whole:
                raise RuntimeError(f"the run over {count} images failed")
            yield {
                "case": "memory",
                "methods": METHODS,
                "samples": count,
                "workers": workers,
                "peak MiB": round(int(done.stdout.splitlines()[-1]) / 1024, 1),
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
    arguments = parser.parse_args()
    before, rows = environment(("numpy", "pillow")), []
    if arguments.only is None or "evaluate" in arguments.only:
        rows.append(measure(arguments.samples, arguments.rounds, arguments.workers))
        print(json.dumps(rows[-1]), flush=True)
    if arguments.only is None or "memory" in arguments.only:
        for row in memory(arguments.counts, arguments.workers):
            rows.append(row)
            print(json.dumps(row), flush=True)
    if arguments.save_results:
        write_results(RESULTS, before, rows)


if __name__ == "__main__":
    main()
