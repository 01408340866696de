"""The network that ships, beside composites and classical methods, on what it was not trained on.

    python benchmarks/bench_default.py CORPUS [--triplets DIR] [--measured FILE]
        [--composites DIR] [--weights FILE] [--save-results] [--sheet FILE.png] [--worst FILE.png]

CORPUS holds manifest.csv, images and masks; used are rows with use == "test" and a human mask.

- Triplets: a folder as `bench_triplets.py` has it, with manifest.csv (name, subset). They are
  brought to 256 x 256 as iDIH's authors do, then harmonized.
- Unseen: composites of the corpus whose changes are none that training draws (`unseen.py`), two of
  each photograph and kind. `measured` needs --measured, a file of changes of light.
- Untouched: the photographs themselves, which fit already: how far they are changed.
- Times: pictures from scene.py with a mask of 25 %, in turns, by as many threads as harmonia has;
  and the command from its start to the file, as a process.

With --weights, of another run of the training, it is that network alone, and --save-results writes
default_again.json: how far runs are apart.

--sheet draws 24 results without a real: those of --composites, and foregrounds of test photographs
pasted onto others. --worst draws the five of the unseen that came out worst beside their composite.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import harmonia
import numpy as np
from bench_triplets import read_triplets
from default_sheets import pair_sheet, pasted, real_composites, worst_sheet
from environment import environment, write_results
from harmonia._resize import cv2_resize
from harmonia.evaluation import published
from interleave import interleave
from PIL import Image
from scene import ellipse, scene
from unseen import NEAR, SIDE, Composite, Photograph, composites, distance, draws, photographs

RESULTS = Path(__file__).parent / "results" / "default.json"
AGAIN = RESULTS.with_name("default_again.json")
OURS = "harmonia"
METRICS = ("mse", "fmse", "psnr")
PROTOCOL = f"idih-{SIDE}"
ROUNDS = 2  # composites of a photograph and a kind
DOUBLED = 2.0  # of the composite's fMSE, which is 3 dB
WORST = 5
SHEET = 24

SIZES = ((1024, 1024), (2160, 3840))
COVERAGE = 0.25
TURNS = 17  # those above half a second take five of them
STARTS = 5
BESIDE = ("mkl", "lalonde_efros")

# As published.csv has them: all of iHarmony4 at 256 x 256.
PUBLISHED = ("composite", "iDIH", "CDTNet")
LEADERBOARD = "bcmi/Image-Harmonization-Dataset-iHarmony4"

Pixels = np.ndarray[Any, Any]
Row = dict[str, Any]
Method = Callable[[Pixels, Pixels], Pixels]


class Errors(NamedTuple):
    of: Mapping[str, float]
    ratio: float  # of the fMSE to that of the composite


def methods(weights: Path | None) -> dict[str, Method]:
    """Ours first, as it ships; by other weights it is alone."""
    if weights:
        return {OURS: harmonia.load(OURS, weights=weights)}
    return {
        OURS: harmonia.load(OURS),
        **{name: of_method(name) for name in harmonia.list_methods()},
    }


def of_method(name: str) -> Method:
    return lambda image, mask: harmonia.harmonize(image, mask, name)


# Quality


def errors(output: Pixels, sample: Composite) -> Mapping[str, float]:
    return harmonia.evaluate(output, sample.real, sample.mask, metrics=METRICS, protocol=PROTOCOL)


def quality(
    table: str, sets: Mapping[str, Sequence[Composite]], calls: Mapping[str, Method]
) -> Iterator[tuple[Row, list[Errors]]]:
    """A row a set and method, and the errors that it is of; a composite may be in several sets."""
    each = {id(one): one for samples in sets.values() for one in samples}
    before = {key: errors(one.composite, one) for key, one in each.items()}
    for name, call in {"composite": unchanged, **calls}.items():
        found = {}
        for key, one in each.items():
            of = errors(call(one.composite, one.mask), one)
            found[key] = Errors(of, of["fmse"] / before[key]["fmse"])
        for group, samples in sets.items():
            own = [found[id(one)] for one in samples]
            row = row_of(table, group, name, own)
            if name == "composite" and table == "unseen":
                row |= spread(samples)
            yield row, own


def unchanged(image: Pixels, mask: Pixels) -> Pixels:
    return image


def row_of(table: str, group: str, name: str, found: Sequence[Errors]) -> Row:
    means = {key: round(float(np.mean([one.of[key] for one in found])), 2) for key in METRICS}
    ratios = [one.ratio for one in found]
    print(f"{group:20} {name:20} fMSE {means['fmse']:8.1f}  PSNR {means['psnr']:6.2f}", flush=True)
    return {
        "table": table,
        "set": group,
        "name": name,
        **means,
        "of": len(found),
        "better": sum(ratio < 1 for ratio in ratios),
        "doubled": sum(ratio > DOUBLED for ratio in ratios),
        "worst": round(max(ratios), 2),
    }


def spread(samples: Sequence[Composite]) -> Row:
    """How far composites are from their reals, and how many are as far as they should be."""
    away = [distance(one) for one in samples]
    reached = sum(far >= (1 - NEAR) * one.aim for far, one in zip(away, samples, strict=True))
    return {
        "median": round(float(np.median(away)), 2),
        "spread": round(float(np.std(np.log(away))), 3),
        "reached": reached,
    }


def triplets(folder: Path) -> dict[str, list[Composite]]:
    """By sub-dataset, and all of them."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        subsets = {row["name"]: row["subset"] for row in csv.DictReader(file)}
    sets: dict[str, list[Composite]] = {subset: [] for subset in subsets.values()}
    for triplet in read_triplets(folder):
        pictures = (triplet.composite, np.uint8(255) * triplet.inside, triplet.real)
        small = [cv2_resize(one, (SIDE, SIDE), "linear") for one in pictures]
        one = Composite(triplet.name, *small, aim=0.0)
        sets[subsets[triplet.name]].append(one)
    return {**sets, "all": [one for samples in sets.values() for one in samples]}


def untouched(found: Sequence[Photograph], calls: Mapping[str, Method]) -> Iterator[Row]:
    """Levels by which photographs change that fit already, means within the mask."""
    for name, call in calls.items():
        changes = []
        for one in found:
            inside = one.mask > 127
            apart = call(one.real, one.mask)[inside].astype(np.int16) - one.real[inside]
            changes.append(float(np.abs(apart).mean()))
        figures = {"mean": np.mean(changes), "median": np.median(changes), "largest": max(changes)}
        rounded = {key: round(float(value), 2) for key, value in figures.items()}
        print(f"{'untouched':20} {name:20} {rounded}", flush=True)
        yield {"table": "untouched", "name": name, "of": len(changes), **rounded}


def told_by_others() -> Iterator[Row]:
    """Of iHarmony4 itself, for orientation."""
    for name in PUBLISHED:
        values = {
            metric: row.value
            for metric in METRICS
            for row in published("iharmony4", SIDE, metric, subset="All", method=name)
            if row.source.startswith(LEADERBOARD) and is_called(row.method, name)
        }
        yield {"table": "published", "name": name, **values}


def is_called(method: str, name: str) -> bool:
    """The leaderboard writes "Input composite"."""
    return method.casefold().removeprefix("input ") == name.casefold()


# Times


def times(calls: Mapping[str, Method]) -> Iterator[Row]:
    timed = {name: calls[name] for name in (OURS, *BESIDE)}
    for height, width in SIZES:
        image, mask = scene(height, width, "ellipse").image, ellipse(height, width, COVERAGE)
        runs = {
            name: lambda call=call, image=image, mask=mask: call(image, mask)
            for name, call in timed.items()
        }
        for name, seconds in interleave(runs, TURNS).items():
            yield time_row(f"{width} x {height}", name, seconds)
    yield from starts()


def starts() -> Iterator[Row]:
    """The command from its start, in turns."""
    height, width = SIZES[0]
    seconds: dict[str, list[float]] = {name: [] for name in (OURS, *BESIDE)}
    with tempfile.TemporaryDirectory() as folder:
        source, mask, out = (Path(folder) / name for name in ("in.jpg", "mask.png", "out.png"))
        Image.fromarray(scene(height, width, "ellipse").image).save(source, quality=95)
        Image.fromarray(ellipse(height, width, COVERAGE)).save(mask)
        for turn in range(-1, STARTS):  # the first one reads the disk
            for name, found in seconds.items():
                out.unlink(missing_ok=True)
                words = [sys.executable, "-m", "harmonia", source, mask, "-o", out, "-m", name]
                begun = time.perf_counter()
                subprocess.run(words, check=True, capture_output=True)
                if turn >= 0:
                    found.append(time.perf_counter() - begun)
    for name, found in seconds.items():
        yield time_row(f"command, {width} x {height}", name, found)


def time_row(case: str, name: str, seconds: Sequence[float]) -> Row:
    middle = round(1e3 * statistics.median(seconds), 2)
    print(f"{case:20} {name:20} {middle:8.1f} ms", flush=True)
    return {
        "table": "times",
        "case": case,
        "name": name,
        "milliseconds": middle,
        "minimum": round(1e3 * min(seconds), 2),
        "repeats": len(seconds),
        "threads": harmonia.get_num_threads(),
    }


# Pictures


def worst_of(
    sets: Mapping[str, Sequence[Composite]], found: Mapping[str, Sequence[Errors]]
) -> list[tuple[str, Composite]]:
    """With a label each."""
    all_of_them = [
        (one.ratio, f"{group}, {sample.name}: fMSE x {one.ratio:.1f}", sample)
        for group, samples in sets.items()
        for sample, one in zip(samples, found[group], strict=True)
    ]
    all_of_them.sort(key=lambda entry: -entry[0])
    return [(label, sample) for _, label, sample in all_of_them[:WORST]]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--triplets", type=Path, help="a folder of triplets with manifest.csv")
    parser.add_argument("--measured", type=Path, help="measured changes of light")
    parser.add_argument("--composites", type=Path, help="a folder of composites without reals")
    parser.add_argument("--weights", type=Path, help="of another run than that which ships")
    parser.add_argument("--first", type=int, help="only so many photographs, to try it out")
    parser.add_argument(
        "--save-results", action="store_true", help="write default.json, or default_again.json"
    )
    parser.add_argument("--sheet", type=Path, help="draw results without a real")
    parser.add_argument("--worst", type=Path, help="draw the worst results")
    told = parser.parse_args()
    part = not told.triplets or not told.measured or told.first
    if told.save_results and part:
        parser.error("--save-results wants --triplets and --measured, and no --first")

    before = environment(("numpy", "onnxruntime"))
    calls = methods(told.weights)
    found = photographs(told.corpus, told.first)
    rows: list[Row] = [] if told.weights else list(told_by_others())
    if told.triplets:
        rows += [row for row, _ in quality("triplets", triplets(told.triplets), calls)]
    sets = {
        kind: list(composites(kind, draw, found, ROUNDS))
        for kind, draw in draws(found, told.measured).items()
    }
    ours: dict[str, list[Errors]] = {}
    for row, each in quality("unseen", sets, calls):
        rows.append(row)
        if row["name"] == OURS:
            ours[row["set"]] = each
    rows += untouched(found, calls)
    if not told.weights:
        rows += times(calls)
    if told.save_results:
        write_results(AGAIN if told.weights else RESULTS, before, rows)
    if told.sheet:
        scenes = real_composites(told.composites) if told.composites else []
        scenes += pasted(told.corpus, SHEET - len(scenes))
        pair_sheet(scenes, calls[OURS]).save(told.sheet)
    if told.worst:
        worst_sheet(worst_of(sets, ours), calls[OURS]).save(told.worst)


if __name__ == "__main__":
    main()
