"""Networks beside an eager way to run them, in turns, call by call.

    python benchmarks/bench_nets.py [--save-results] [--rounds 3] [NAME ...]

Each network with the weights it is born with, at 256x256 and 3840x2160 on one thread and two,
under a mask of 25 % and one of everything. Times are of whole calls with uint8 pictures. Those that
`net_peers.py` has no eager way for run alone. The peak of resident memory is that of a process of
its own that does one picture of 3840x2160 with a full mask. Multiply-adds are what torch counts at
256x256 with a full mask, of operators that it knows: convolutions, linear layers and attention.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # busy threads of torch only wait for others

import harmonia
import numpy as np
import torch
from environment import environment, others, write_results
from harmonia.nets._session import Session
from harmonia.nets._weights import architecture_of
from interleave import interleave
from net_peers import EAGER
from torch.utils.flop_counter import FlopCounterMode

RESULTS = Path(__file__).parent / "results" / "nets.json"
SIZES = ((256, 256), (3840, 2160))
COVERAGES = (0.25, 1.0)
Row = dict[str, Any]


def scene(width: int, height: int, coverage: float) -> tuple[Any, Any]:
    """Random pixels, and a rectangle in their middle."""
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    mask = np.zeros((height, width), np.uint8)
    tall, wide = (round(side * coverage**0.5) for side in (height, width))
    top, left = (height - tall) // 2, (width - wide) // 2
    mask[top : top + tall, left : left + wide] = 255
    return image, mask


def loaded(method: str) -> Session:
    name, _, variant = method.partition(".")
    torch.manual_seed(0)
    return Session(architecture_of(name).variants[variant]().eval(), method)


def size_of(session: Session) -> Row:
    counter = FlopCounterMode(display=False)
    with counter, torch.inference_mode():
        session.network(torch.rand(1, 3, 256, 256), torch.ones(1, 1, 256, 256))
    return {
        "parameters": sum(tensor.numel() for tensor in session.network.parameters()),
        "multiply_adds_256": counter.get_total_flops() // 2,
    }


# What the system tells a parent of a child's peak holds the parent's own.
PEAK = """
import re, sys
sys.path.insert(0, {folder!r})
from bench_nets import loaded, scene, torch
torch.set_num_threads(1)
session, given = loaded({method!r}), scene(3840, 2160, 1.0)
def peak():
    return re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
before = peak()
session(*given)
print(before, peak())
"""


def memory_of(method: str) -> Row:
    """MiB before the call, with torch and the weights, and at its peak."""
    code = PEAK.format(folder=str(Path(__file__).parent), method=method)
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE)
    before, peak = (int(kilobytes) / 1024 for kilobytes in done.stdout.split())
    return {"mib_before": round(before), "mib_at_peak": round(peak)}


def measured(
    method: str, rounds: int, sizes: tuple[tuple[int, int], ...], numbers: list[int]
) -> Iterator[Row]:
    session = loaded(method)
    about = size_of(session) | memory_of(method)
    eager = EAGER.get(method.partition(".")[0])
    for width, height in sizes:
        for coverage in COVERAGES:
            image, mask = scene(width, height, coverage)
            calls = {"harmonia": partial(session, image, mask)}
            off = None
            if eager is not None:
                calls["eager"] = partial(eager, session.network, image, mask)
                apart = np.abs(calls["harmonia"]().astype(int) - calls["eager"]().astype(int))
                off = int(apart.max())
                assert off <= 1, f"{method}: {off} codes apart"
            for threads in numbers:
                torch.set_num_threads(threads)
                harmonia.set_num_threads(threads)
                for name, seconds in interleave(calls, rounds).items():
                    yield {
                        "method": method,
                        "width": width,
                        "height": height,
                        "coverage": coverage,
                        "threads": threads,
                        "name": name,
                        "milliseconds": [float(f"{1e3 * one:.5g}") for one in seconds],
                        "minimum": float(f"{1e3 * min(seconds):.5g}"),
                        "codes_apart": off,
                        **about,
                    }


def main() -> None:
    every = [
        f"{name}.{next(iter(architecture_of(name).variants))}" for name in harmonia.list_networks()
    ]
    every.insert(every.index("pctnet.cnn") + 1, "pctnet.vit")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(every))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--save-results", action="store_true")
    parser.add_argument("--small", action="store_true", help="256x256 alone")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    before = environment(("numpy", "torch"))
    rows: list[Row] = []
    for method in given.names or every:
        sizes = SIZES[: 1 if given.small else None]
        for row in measured(method, given.rounds, sizes, given.threads):
            print(
                f"{row['method']:>18} {row['width']}x{row['height']} {row['coverage']:>5.0%} "
                f"{row['threads']} {row['name']:>9} {row['minimum']:>9.4g} ms",
                flush=True,
            )
            rows.append(row)
            if given.save_results:
                fields = ("method", "width", "coverage", "threads")
                write_results(RESULTS, before, others(RESULTS, before, rows, fields) + rows)


if __name__ == "__main__":
    main()
