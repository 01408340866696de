"""Import time, peak memory, the GIL and Ctrl-C, each in fresh processes.

    python benchmarks/bench_process.py [--save-results] [import memory ticker interrupt ...]

Every figure is taken inside a child process, which is this file run with `--child`.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from environment import environment, write_results
from scene import ellipse, picture

RESULTS = Path(__file__).parent / "results" / "process.json"
METHODS = ("reinhard", "mkl")
TICKER_SECONDS = 0.6
Row = dict[str, Any]


def child(name: str, *arguments: object) -> list[str]:
    return [sys.executable, __file__, "--child", name, *map(str, arguments)]


def ask(name: str, *arguments: object) -> Any:
    """What a fresh process running CHILDREN[name] printed, as JSON."""
    command = child(name, *arguments)
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


# Import time


def child_import() -> dict[str, Any]:
    start = time.perf_counter()  # numpy is there already
    import harmonia  # noqa: F401

    seconds = time.perf_counter() - start
    unwanted = sorted({"torch", "onnxruntime", "imageio", "PIL"} & set(sys.modules))
    return {"milliseconds": 1e3 * seconds, "also_imported": unwanted}


def bench_import(repeats: int = 31) -> Iterator[Row]:
    answers = [ask("import") for _ in range(repeats + 1)][1:]  # the first one reads the disk
    yield {
        "name": "import harmonia, over import numpy",
        "unit": "ms",
        **spread([answer["milliseconds"] for answer in answers]),
        "also_imported": answers[0]["also_imported"],
    }


# Peak memory


def status_bytes(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return 1024 * int(line.split()[1])
    raise LookupError(field)


def child_memory(folder: str, method: str, threads: str) -> float:
    """Growth of the peak during the first call, in images."""
    import harmonia

    harmonia.set_num_threads(int(threads))
    image, mask = (np.load(Path(folder) / name) for name in ("image.npy", "mask.npy"))
    ctypes.CDLL(None).malloc_trim(0)  # freed memory that is still ours would hide growth
    Path("/proc/self/clear_refs").write_text("5")  # peak := now
    before = status_bytes("VmRSS")
    output = harmonia.harmonize(image, mask, method)
    growth = status_bytes("VmHWM") - before
    assert output.shape == image.shape
    return growth / image.nbytes


def bench_memory(repeats: int = 5) -> Iterator[Row]:
    image, mask = picture(2160, 3840, (120, 110, 100), seed=1), ellipse(2160, 3840)
    inputs = {"uint8": image, "uint16": image.astype(np.uint16) * 257}
    inputs["float32"] = image.astype(np.float32) / 255
    for dtype, array in inputs.items():
        with tempfile.TemporaryDirectory() as folder:
            np.save(Path(folder) / "image.npy", array)
            np.save(Path(folder) / "mask.npy", mask)
            for method in METHODS:
                grown = [ask("memory", folder, method, 2) for _ in range(repeats)]
                yield {
                    "name": f"peak memory over before, {method}, 3840x2160 {dtype}",
                    "unit": "images",
                    **spread(grown),
                }


# The GIL


class Ticker(threading.Thread):
    """Counts in Python, and notes the longest pause between two counts."""

    def __init__(self, pause: float) -> None:
        super().__init__(daemon=True)
        self.pause, self.count, self.longest, self.running = pause, 0, 0.0, True

    def run(self) -> None:
        last = time.perf_counter()
        while self.running:
            if self.pause:
                time.sleep(self.pause)
            now = time.perf_counter()
            self.longest = max(self.longest, now - last)
            last = now
            self.count += 1


def ticks(pause: float, work: Callable[[], object]) -> tuple[float, float]:
    """Ticks a second while `work` is repeated, and the longest pause in milliseconds."""
    ticker = Ticker(pause)
    ticker.start()
    time.sleep(0.05)
    count, start, ticker.longest = ticker.count, time.perf_counter(), 0.0
    while time.perf_counter() - start < TICKER_SECONDS:
        work()
    count, seconds = ticker.count - count, time.perf_counter() - start
    longest = ticker.longest
    ticker.running = False
    ticker.join()
    return count / seconds, 1e3 * longest


def hash_in_threads(image: Any, threads: int) -> None:
    """Holds no GIL and touches little memory: what it costs the ticker, the machine costs."""
    parts = np.array_split(image[:1000], threads)
    workers = [threading.Thread(target=hashlib.sha256, args=(part,)) for part in parts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def child_ticker(work: str, threads: str, pause: str, rounds: str) -> dict[str, list[float]]:
    """24-megapixel calls beside a ticker, in turns with a main thread that sleeps as long."""
    import harmonia

    harmonia.set_num_threads(int(threads))
    image, mask = picture(4000, 6000, (120, 110, 100), seed=1), ellipse(4000, 6000)

    def call() -> None:
        if work == "control":
            hash_in_threads(image, int(threads))
        else:
            harmonia.harmonize(image, mask, work)

    call()
    answers: dict[str, list[float]] = {"loss": [], "longest": []}
    for _ in range(int(rounds)):
        busy, longest = ticks(float(pause), call)
        alone, _ = ticks(float(pause), lambda: time.sleep(TICKER_SECONDS))
        answers["loss"].append(100 * (1 - busy / alone))
        answers["longest"].append(longest)
    return answers


def bench_ticker(rounds: int = 11) -> Iterator[Row]:
    settings = [(1, 0.0), (1, 0.001), (2, 0.0), (2, 0.001)]
    cores = len(os.sched_getaffinity(0))
    for threads, pause in settings:
        if not pause and threads >= cores:
            continue  # it would lose the core, not the GIL
        for work in ("control", *METHODS):
            answer = ask("ticker", work, threads, pause, rounds)
            kind = "sleeping 1 ms a tick" if pause else "never sleeping"
            yield {
                "name": f"ticks lost, {work}, 6000x4000, {threads} thread(s), ticker {kind}",
                "unit": "%",
                **spread(answer["loss"]),
                "longest_pause_ms": spread(answer["longest"]),
            }


# Ctrl-C


def child_interrupt(method: str, threads: str) -> None:
    """Harmonizes an 8k image for ever; answers every SIGINT with the time it was noticed."""
    import harmonia

    harmonia.set_num_threads(int(threads))
    image, mask = picture(4320, 7680, (120, 110, 100), seed=1), ellipse(4320, 7680)
    harmonia.harmonize(image, mask, method)
    start = time.perf_counter()
    harmonia.harmonize(image, mask, method)
    print(1e3 * (time.perf_counter() - start), flush=True)
    while True:
        try:
            while True:
                harmonia.harmonize(image, mask, method)
        except KeyboardInterrupt:
            print(time.monotonic(), flush=True)


def bench_interrupt(repeats: int = 30) -> Iterator[Row]:
    chance = random.Random(1)
    for method in METHODS:
        for threads in (1, 2):
            command = child("interrupt", method, threads)
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                call = float(process.stdout.readline())
                waits = []
                for _ in range(repeats):
                    time.sleep(chance.uniform(0.1, 0.1 + 2e-3 * call))
                    sent = time.monotonic()  # one clock for all processes
                    process.send_signal(signal.SIGINT)
                    waits.append(1e3 * (float(process.stdout.readline()) - sent))
                process.kill()
            yield {
                "name": f"Ctrl-C seen, {method}, 7680x4320, {threads} thread(s)",
                "unit": "ms",
                **spread(waits),
                "call_ms": call,
            }


def spread(values: list[float]) -> dict[str, float]:
    return {
        "minimum": round(min(values), 3),
        "median": round(statistics.median(values), 3),
        "maximum": round(max(values), 3),
    }


CHILDREN: dict[str, Callable[..., Any]] = {
    "import": child_import,
    "memory": child_memory,
    "ticker": child_ticker,
    "interrupt": child_interrupt,
}
BENCHES: dict[str, Callable[[], Iterator[Row]]] = {
    "import": bench_import,
    "memory": bench_memory,
    "ticker": bench_ticker,
    "interrupt": bench_interrupt,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("benches", nargs="*", help=f"of {', '.join(BENCHES)}; all by default")
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    arguments = parser.parse_args()
    before, rows = environment(), []
    for name in arguments.benches or BENCHES:
        for row in BENCHES[name]():
            rows.append(row)
            more = {key: row[key] for key in row if key not in ("name", "unit", *spread([0.0]))}
            print(
                f"{row['name']:72} {row['minimum']:9.2f} {row['median']:9.2f} "
                f"{row['maximum']:9.2f} {row['unit']} {more or ''}",
                flush=True,
            )
    if arguments.save_results:
        write_results(RESULTS, before, rows)


if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if sys.argv[1:2] == ["--child"]:
        answer = CHILDREN[sys.argv[2]](*sys.argv[3:])
        print(json.dumps(answer))
    else:
        main()
