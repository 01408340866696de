"""`harmonia batch` beside ideal workers, and its memory however many files there are.

    python benchmarks/bench_batch.py [--save-results] [--rounds 5] [--workers 2] [--only NAME ...]

Ideal is the throughput of one thread that decodes, harmonizes and encodes one picture after
another, times the number of workers. Two processes of such a loop at a time show how near to that
the machine comes. The three take turns, each into a fresh folder; figures are medians.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import harmonia
import numpy as np
from environment import environment, write_results
from processes import peak_of, seconds_of, start
from scene import scene

RESULTS = Path(__file__).parent / "results" / "batch.json"


@dataclass(frozen=True)
class Case:
    name: str
    suffix: str
    method: str
    height: int
    width: int
    files: int


CASES = (
    Case("PNG, 1.4 Mpx", ".png", "auto", 1000, 1400, 24),
    Case("PNG, 1.4 Mpx, mkl", ".png", "mkl", 1000, 1400, 24),
    Case("JPEG, 1.4 Mpx", ".jpg", "auto", 1000, 1400, 24),
    Case("JPEG, 1.4 Mpx, mkl", ".jpg", "mkl", 1000, 1400, 48),
    Case("PNG, 256 x 256", ".png", "auto", 256, 256, 400),
    Case("PNG, 256 x 256, mkl", ".png", "mkl", 256, 256, 400),
)
DISTINCT = 12  # pictures; the others are links to them
COUNTS = (100, 1_000, 10_000)  # files whose memory is measured
SMALL = Case("PNG, 256 x 256", ".png", "mkl", 256, 256, 0)

# What one process of the ideal does: all pictures of a list, when it is told to.
LOOP = """
import json, sys
import harmonia
harmonia.set_num_threads(1)
pictures, method = json.loads(sys.argv[1]), sys.argv[2]
def one(image, mask, out):
    picture = harmonia.io.read(image)
    found = harmonia.io.read_mask(mask, image_size=picture.pixels.shape[:2])
    made = harmonia.harmonize(picture.pixels, found.mask, method)
    harmonia.io.write(out, made, like=picture)
one(*pictures[0][:2], pictures[0][2] + ".warm" + pictures[0][2][-4:])
print("ready", flush=True)
sys.stdin.readline()
for words in pictures:
    one(*words)
print("done", flush=True)
"""

# What the command does, from the same state: imported, and warm after one picture.
BATCH = """
import sys
from harmonia import cli
source, warm, out, workers, method = sys.argv[1:]
common = ["--workers", workers, "-m", method]
if cli.main(["batch", warm, "-o", out + ".warm", *common]):
    sys.exit("failed")
print("ready", flush=True)
sys.stdin.readline()
if cli.main(["batch", source, "-o", out, *common]):
    sys.exit("failed")
print("done", flush=True)
"""


def fill(folder: Path, case: Case, files: int) -> Path:
    """Composites and masks; the distinct ones first, then links to them."""
    folder.mkdir()
    for n in range(files):
        for name in (f"{{:05}}{case.suffix}", "{:05}_mask.png"):
            target = folder / name.format(n)
            if n >= DISTINCT:
                os.link(folder / name.format(n % DISTINCT), target)
                continue
            one = scene(case.height, case.width, "ellipse")
            shifted = np.roll(one.image, 37 * n, axis=1) if "mask" not in name else one.mask
            if shifted.ndim == 2:
                shifted = np.stack([shifted] * 3, axis=-1)
            harmonia.io.write(target, shifted)
    return folder


def loops(source: Path, out: Path, case: Case, count: int) -> float:
    """The pictures of a folder shared out among processes of one thread."""
    out.mkdir()
    pictures = [
        [
            os.fspath(source / f"{n:05}{case.suffix}"),
            os.fspath(source / f"{n:05}_mask.png"),
            os.fspath(out / f"{n:05}{case.suffix}"),
        ]
        for n in range(case.files)
    ]
    started = [start(LOOP, json.dumps(pictures[n::count]), case.method) for n in range(count)]
    return seconds_of(started)[0]


def batch(source: Path, warm: Path, out: Path, case: Case, workers: int) -> float:
    words = (os.fspath(source), os.fspath(warm), os.fspath(out), str(workers), case.method)
    return seconds_of([start(BATCH, *words)])[0]


def measure(case: Case, rounds: int, workers: int) -> dict[str, Any]:
    times: dict[str, list[float]] = {"one thread": [], "processes": [], "batch": []}
    expected: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as room:
        root = Path(room)
        source = fill(root / "in", case, case.files)
        warm = fill(root / "warm", case, 2)
        for turn in range(rounds):
            names = list(times)[turn % 3 :] + list(times)[: turn % 3]
            for name in names:
                out = root / "out"
                if name == "batch":
                    times[name].append(batch(source, warm, out, case, workers))
                else:
                    count = 1 if name == "one thread" else workers
                    times[name].append(loops(source, out, case, count))
                made = {path.name: path.read_bytes() for path in out.glob(f"?????{case.suffix}")}
                expected = expected or made
                if len(made) != case.files or made != expected:
                    raise RuntimeError(f"{name} wrote other files than those before it")
                for folder in root.glob("out*"):
                    shutil.rmtree(folder)
    medians = {name: statistics.median(values) for name, values in times.items()}
    both = zip(times["one thread"], times["batch"], strict=True)
    ratios = [alone / (workers * together) for alone, together in both]
    return {
        "case": case.name,
        "method": case.method,
        "files": case.files,
        "workers": workers,
        "seconds": {name: round(value, 3) for name, value in medians.items()},
        "files a second": round(case.files / medians["batch"], 2),
        "of the ideal": round(medians["one thread"] / (workers * medians["batch"]), 3),
        "of the ideal, processes": round(
            medians["one thread"] / (workers * medians["processes"]), 3
        ),
        "of the ideal, by round": [round(ratio, 3) for ratio in ratios],
        "load": round(os.getloadavg()[0], 2),
    }


def memory(counts: tuple[int, ...], workers: int) -> Iterator[dict[str, Any]]:
    """The most memory that a whole run of the command takes, by the number of files."""
    with tempfile.TemporaryDirectory() as room:
        for count in counts:
            source = fill(Path(room, f"in{count}"), SMALL, count)
            out = Path(room, f"out{count}")
            words = ["batch", source, "-o", out, "-m", SMALL.method, "--workers", str(workers)]
            peak, seconds = peak_of([os.fspath(word) for word in words])
            if len(list(out.glob("*.png"))) != count:
                raise RuntimeError(f"the run over {count} files is not whole")
            yield {
                "case": "memory",
                "files": count,
                "workers": workers,
                "peak MiB": round(peak, 1),
                "files a second": round(count / seconds, 1),
            }
            shutil.rmtree(out)
            shutil.rmtree(source)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", nargs="*", help="cases whose names hold one of these, or memory")
    arguments = parser.parse_args()

    def wanted(name: str) -> bool:
        return arguments.only is None or any(part in name for part in arguments.only)

    before, rows = environment(("numpy", "pillow")), []
    for case in CASES:
        if wanted(case.name):
            rows.append(measure(case, arguments.rounds, arguments.workers))
            print(json.dumps(rows[-1]), flush=True)
    if wanted("memory"):
        for row in memory(COUNTS, arguments.workers):
            rows.append(row)
            print(json.dumps(row), flush=True)
    if arguments.save_results:
        write_results(RESULTS, before, rows)


if __name__ == "__main__":
    main()
