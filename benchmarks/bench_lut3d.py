"""3D tables beside their peers, all of a group in turns, call by call.

    python benchmarks/bench_lut3d.py [--save-results] [--quick] [--rounds 15]
        [--photograph FILE] [--pillow-simd PYTHON] [PART ...]

Parts: picture (sizes, interpolations, threads), float, masked, coverage, table (its size), small
(what a call costs by itself) and prepare (what a table costs before its first call).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # OpenMP peers must not spin beside us
os.environ.setdefault("PILLOW_BLOCKS_MAX", "64")  # Pillow keeps freed memory for the next picture

import numpy as np
from environment import environment, others, write_results
from interleave import SelfTimed, interleave
from lut_catalogue import PREPARATIONS, Implementation, implementations
from lut_scene import LutScene, lut_scene
from pillow_lut import CLOCKS, OtherPillow, other_pillow, repeated
from threads import threads

RESULTS = Path(__file__).parent / "results" / "lut3d.json"
PEERS = ("numpy", "pillow", "opencolorio", "av", "numba", "torch", "opencv-python-headless")
PARTS = ("picture", "float", "masked", "coverage", "table", "small", "prepare")
FLOAT_ERROR = 0.01  # levels of 255 that any of them may be off on float32
SMALL = 100_000  # pixels; below, a timed call is many calls
QUICK = ("Pillow-SIMD", "OpenColorIO", "floor", "harmonia")
Row = dict[str, Any]


class Group(NamedTuple):
    part: str
    width: int = 3840
    height: int = 2160
    picture: str = "natural"  # or random pixels
    dtype: str = "uint8"
    interpolation: str = "trilinear"
    coverage: float | None = None
    nodes: int = 33
    threads: int = 1

    def __str__(self) -> str:
        mask = "" if self.coverage is None else f", mask of {round(100 * self.coverage)} %"
        return (
            f"{self.part}: {self.width}x{self.height} {self.dtype}, {self.picture}{mask}, "
            f"{self.interpolation} {self.nodes}^3, {self.threads} thread{'s'[: self.threads > 1]}"
        )

    def scene(self, photograph: str) -> LutScene:
        return lut_scene(
            self.height,
            self.width,
            photograph if self.picture == "natural" else self.picture,
            dtype=self.dtype,
            coverage=self.coverage,
            size=self.nodes,
            interpolation=self.interpolation,
        )


BETWEEN = ("trilinear", "tetrahedral")
GROUPS = [
    *(
        Group("picture", width, height, picture, interpolation=between, threads=count)
        for width, height, picture in (
            (3840, 2160, "natural"),
            (3840, 2160, "random"),
            (1024, 1024, "natural"),
            (6000, 4000, "natural"),
        )
        for between in BETWEEN
        for count in (1, 2)
    ),
    *(
        Group("float", dtype="float32", interpolation=between, threads=count)
        for between in BETWEEN
        for count in (1, 2)
    ),
    *(
        Group("masked", dtype=dtype, interpolation=between, coverage=0.25, threads=count)
        for dtype in ("uint8", "float32")
        for between in BETWEEN
        for count in (1, 2)
    ),
    *(
        Group("coverage", dtype=dtype, coverage=coverage)
        for dtype in ("uint8", "float32")
        for coverage in (0, 0.01, 0.1, 0.5, 1)
    ),
    *(Group("table", nodes=size) for size in (17, 33, 65, 129)),
    *(Group("small", size, size) for size in (8, 64)),
]


def measured(
    group: Group,
    scene: LutScene,
    chosen: list[Implementation],
    other: OtherPillow | None,
    rounds: int,
    clock: str,
) -> Iterator[Row]:
    """One row an implementation, its answer checked before it is timed."""
    times = max(1, SMALL // scene.pixels)
    calls: dict[str, Callable[[], object]] = {}
    answers = {}
    with threads(group.threads):
        for one in chosen:
            if one.elsewhere:
                assert other is not None
                key = other.prepare(one.elsewhere, scene, group.threads)
                output = other.output(key)
                calls[one.name] = SelfTimed(partial(other.seconds, key, times, clock))
            else:
                call, read = one.prepare(scene)
                output = read(call())
                calls[one.name] = SelfTimed(partial(repeated, call, times, clock))
            answers[one.name] = checked(one, scene, output)
            del output
        seconds = interleave(calls, rounds)
    for one in chosen:
        each = np.array(seconds[one.name])
        yield {
            **group._asdict(),
            "touched": None if scene.mask is None else round(float((scene.mask > 0).mean()), 4),
            "name": one.name,
            "maker": one.maker,
            "output": one.output,
            **answers[one.name],
            "minimum": round(float(each.min()) / scene.pixels * 1e9, 4),
            "median": round(float(np.median(each)) / scene.pixels * 1e9, 4),
            "milliseconds": [float(f"{1e3 * second:.5g}") for second in each],
        }


def checked(one: Implementation, scene: LutScene, output: Any) -> Row:
    """How far the answer is off; refuses one that is not what was asked for."""
    if one.maker == "floor":
        return {"levels_off": {}}
    off, kept = scene.levels_off(output), scene.background_kept(output)
    most = one.largest_error if scene.image.dtype == np.uint8 else FLOAT_ERROR
    assert not off or off["max"] <= most, f"{one.name} is {off} levels off"
    assert kept or one.maker != "harmonia", f"{one.name} changed a pixel outside the mask"
    return {"levels_off": off} if scene.mask is None else {"levels_off": off, "background": kept}


def preparations(rounds: int) -> Iterator[Row]:
    """Microseconds from nodes in memory to a first answer."""
    scene = lut_scene(8, 8)
    chosen = {name: make(scene) for name, needs, make in PREPARATIONS if not missing(needs)}
    with threads(1):
        seconds = interleave(chosen, 4 * rounds)
    for name, each in seconds.items():
        yield {
            **Group("prepare", 8, 8)._asdict(),
            "name": name,
            "minimum": round(1e6 * min(each), 2),
            "median": round(1e6 * float(np.median(each)), 2),
        }


def missing(needs: str) -> str:
    return Implementation("", "", needs=needs).missing


def chosen_implementations(
    group: Group, other: OtherPillow | None, quick: bool
) -> list[Implementation]:
    return [
        one
        for one in implementations()
        if one.serves(group)
        and not one.missing
        and (other is not None or not one.elsewhere)
        and (not quick or one.maker in QUICK)
    ]


def show(group: Group, rows: list[Row]) -> None:
    ours = {row["output"]: row for row in rows if row["name"] in ("harmonia", "harmonia, out=")}
    print(f"\n{group}  [load {os.getloadavg()[0]:.1f}]")
    for row in sorted(rows, key=lambda row: row["minimum"]):
        off = row["levels_off"]
        error = f"{off['mean']:.3f} / {off['max']:.3f}" if off else ""
        kept = "" if row.get("background", True) else "  changes the background"
        low, middle = (row[key] / ours[row["output"]][key] for key in ("minimum", "median"))
        print(
            f"  {row['name']:<48} {row['output']:<7} {error:>15} "
            f"{row['minimum']:>9.3f} ({row['median']:.3f}) ns/px  {low:.2f}x ({middle:.2f}x){kept}"
        )
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="whole pictures of 3840x2160 on one thread beside the two fastest peers",
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, choices=(1, 2), help="only what runs on so many")
    parser.add_argument("--photograph", default="", help="a file; clouds without it")
    parser.add_argument(
        "--pillow-simd",
        metavar="PYTHON",
        help="the interpreter of an environment that has Pillow-SIMD",
    )
    parser.add_argument(
        "--clock",
        choices=CLOCKS,
        default="wall",
        help="cpu: time of the calling thread, for --threads 1 on a machine that is not quiet",
    )
    chosen = parser.parse_args()
    if chosen.clock == "cpu" and chosen.threads != 1:
        parser.error("--clock cpu needs --threads 1: it sees no other thread")
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; choose of {', '.join(PARTS)}")
    return chosen


def main() -> None:
    options = arguments()
    parts = options.parts or PARTS
    groups = [group for group in GROUPS if group.part in parts]
    if options.quick:
        groups = [group for group in GROUPS[:4] if group.threads == 1]
    groups = [group for group in groups if options.threads in (None, group.threads)]
    with other_pillow(options.pillow_simd) as other:
        before, rows = environment(PEERS), []
        before["peers"]["pillow-simd"] = None if other is None else other.version
        before["clock"] = options.clock
        before["photograph"] = photograph_in_words(options.photograph)
        print(before)
        for group in groups:
            chosen = chosen_implementations(group, other, options.quick)
            scene = group.scene(options.photograph)
            found = list(measured(group, scene, chosen, other, options.rounds, options.clock))
            show(group, found)
            rows += found
            if other is not None:
                other.forget()
    if "prepare" in parts and not options.quick:
        for row in preparations(options.rounds):
            print(f"  {row['name']:<60} {row['minimum']:.1f} ({row['median']:.1f}) us")
            rows.append(row)
    if options.save_results:
        write_results(RESULTS, before, [*others(RESULTS, before, rows, Group._fields), *rows])


def photograph_in_words(path: str) -> str:
    if not path:
        return "clouds of scene.py"
    from PIL import Image

    with Image.open(path) as opened:
        width, height = opened.size
    return f"photograph of {width}x{height}, scaled to size by Lanczos"


if __name__ == "__main__":
    main()
