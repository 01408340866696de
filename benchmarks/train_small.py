"""Trains networks small, from nothing, and says what they are worth beside the methods.

    OMP_WAIT_POLICY=PASSIVE python benchmarks/train_small.py CORPUS WORK [--minutes 30]
        [--measured FILE] [--save-results] [--figure train_small.png]

CORPUS holds manifest.csv, images and masks. Networks learn from composites that are made of rows
with use == "train" meanwhile; the best is chosen on composites of "val", and figures are of "test",
both with human masks (mask_kind == "gt") and the same in every run. WORK keeps the runs: the same
call again goes on with them. A run lasts about so many minutes; its steps follow from the pace of
the first few. Needs torch, and matplotlib for the figure.

- iSSAM and CDTNet, which begins with the iSSAM that was trained before it, frozen, as its authors
  did.
- CharmNet, which learns from renderings too. There are none here: in their place are photographs
  with human masks, each in four of ten lights of --measured (`lit_scenes.py`), which stand in for
  the scenes of RdHarmony that a game engine rendered in ten styles. They are as real as the others
  but for their light, so that its figures are those of its training, and not of what renderings
  add. It works at 256 x 256 alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import harmonia
import numpy as np
from environment import environment, write_results
from harmonia.datasets import Dataset, Sample
from harmonia.synthesis import random_composites
from harmonia.training import Progress, train
from lit_scenes import rendered

RESULTS = Path(__file__).parent / "results" / "train_small.json"
METRICS = ("mse", "fmse", "psnr")
SIDE = 256  # of what is harmonized
TRIED = 12  # steps whose pace says how long a run is


@dataclass(frozen=True)
class Small:
    """A recipe at a width that two cores train."""

    size: int
    batch: int
    options: Mapping[str, Any] = field(default_factory=dict)
    trunk: str | None = None  # the run whose network its own begins with
    rate: float | None = None  # or that of its authors
    rendered: bool = False  # whether it learns from renderings too


RUNS = {
    "issam": Small(128, 16, {"width": 16, "base": 128}),
    "cdtnet": Small(256, 8, {"width": 16, "base": 128}, trunk="issam"),
    # Ten times the rate of its authors, who take a thousand times the steps.
    "charmnet": Small(256, 8, {"width": 16}, rate=1e-3, rendered=True),
}


def pairs(corpus: Path, use: str, kind: str = "") -> list[tuple[Path, Path]]:
    """Photographs with masks of a use, and of a kind of mask."""
    return [
        (corpus / row["image"], corpus / row["mask"])
        for row in rows_of(corpus / "manifest.csv")
        if row["use"] == use and kind in ("", row["mask_kind"])
    ]


def rendered_of(corpus: Path, measured: Path, work: Path) -> Dataset:
    """Of photographs with human masks, nearly whole."""
    found = pairs(corpus, "train", "gt")
    photographs = random_composites(found, size=SIDE, least_area=1.0, mirror=False)
    return rendered(photographs, measured, work)


def trained(
    name: str,
    data: Mapping[str, Sequence[Sample]],
    validation: Sequence[Sample],
    work: Path,
    minutes: float,
) -> dict[str, Any]:
    """Run a recipe, or what is left of it; its row."""
    small, folder = RUNS[name], work / name
    options = dict(small.options)
    if small.trunk is not None:
        options["trunk"] = str(work / small.trunk / "best.safetensors")

    def run(out: Path, steps: int, tell: Callable[[Progress], None], **others: Any) -> Any:
        return train(
            name,
            data,
            out,
            steps=steps,
            size=small.size,
            batch=small.batch,
            rate=small.rate,
            precision="bfloat16",  # twice as many steps in the same time
            progress=tell,
            **others,
            **options,
        )

    begun = folder / "run.json"
    if begun.is_file():
        steps = int(json.loads(begun.read_text(encoding="utf-8"))["steps"])
    else:
        steps = steps_of(minutes, small.batch, run)
    print(f"{name}: {steps} steps of {small.batch}", flush=True)

    def tell(progress: Progress) -> None:
        if progress.validation:
            fmse, beside = (progress.validation[key] for key in ("fmse", "composite_fmse"))
            print(f"{name} {progress.step:6} of {steps}: fMSE {fmse:.1f}, composites {beside:.1f}")

    run(folder, steps, tell, validation=validation, protocol=f"idih-{SIDE}")
    row = {"name": name, "steps": steps, "batch": small.batch, "options": dict(small.options)}
    return row | pace_of(folder)


def steps_of(minutes: float, batch: int, run: Callable[..., Any]) -> int:
    """As many as fit, by the pace of a few, of which the first are slower."""
    paces: list[tuple[int, float]] = []

    def tell(progress: Progress) -> None:
        pace = progress.pace
        paces.append((pace.samples, pace.waiting + pace.working))

    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder) / "tried", TRIED, tell)
    (before, then), (after, now) = paces[len(paces) // 2], paces[-1]
    return max(TRIED, math.floor(60 * minutes * (after - before) / (now - then) / batch))


def pace_of(folder: Path) -> dict[str, float]:
    """Of a run since it last went on, as its own table has it."""
    last = rows_of(folder / "speed.csv")[-1]
    rate, waiting = float(last["samples_a_second"]), float(last["waiting"])
    return {"samples a second": round(rate, 2), "waiting": round(waiting, 4)}


def scores(name: str, samples: Iterable[Sample], call: Callable[[Sample], Any]) -> dict[str, Any]:
    """Means over samples, and how many came nearer to their reals."""
    found = []
    better = 0
    for sample in samples:
        ours, before = (
            harmonia.evaluate(
                output, sample.real, sample.mask, metrics=METRICS, protocol=f"idih-{SIDE}"
            )
            for output in (call(sample), sample.composite)
        )
        found.append(ours)
        better += ours["fmse"] < before["fmse"]
    means = {key: round(float(np.mean([one[key] for one in found])), 2) for key in METRICS}
    print(f"{name:20} fMSE {means['fmse']:8.1f}  PSNR {means['psnr']:6.2f}", flush=True)
    return {"name": name, **means, "better": better, "of": len(found)}


def of_method(name: str) -> Callable[[Sample], Any]:
    return lambda sample: harmonia.harmonize(sample.composite, sample.mask, name)


def curve(folder: Path) -> list[list[float]]:
    """Validation fMSE by steps."""
    rows = rows_of(folder / "validation.csv")
    return [[int(row["step"]), round(float(row["fmse"]), 2)] for row in rows]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def draw(path: Path, rows: list[dict[str, Any]], composite: float) -> None:
    """Learning curves: fMSE on the validation composites by samples seen."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for row in rows:
        if "curve" in row:
            steps, values = zip(*row["curve"], strict=True)
            seen = [step * row["batch"] / 1000 for step in steps]
            axes.plot(seen, values, marker=".", label=row["name"])
    axes.axhline(composite, color="gray", linestyle="--", label="composite")
    axes.set(
        xlabel="samples seen, in thousands", ylabel="fMSE on validation composites", ylim=(0, None)
    )
    axes.legend()
    figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("work", type=Path, help="the folder of the runs")
    parser.add_argument("--minutes", type=float, default=30.0, help="for each recipe")
    parser.add_argument("--recipes", nargs="+", default=list(RUNS), choices=list(RUNS))
    parser.add_argument("--measured", type=Path, help="measured changes of light")
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--figure", type=Path, help="draw the learning curves")
    told = parser.parse_args()
    if told.measured is None and any(RUNS[name].rendered for name in told.recipes):
        parser.error("charmnet wants --measured, or choose others by --recipes")

    before = environment(("numpy", "torch"))
    real = random_composites(pairs(told.corpus, "train"), size=SIDE, measured=told.measured)
    validation, test = (
        list(random_composites(pairs(told.corpus, use, "gt"), size=SIDE, seed=seed))
        for seed, use in ((1, "val"), (2, "test"))
    )
    rows = []
    for name in told.recipes:
        data: dict[str, Sequence[Sample]] = {"data": real}
        if RUNS[name].rendered:
            data["rendered"] = rendered_of(told.corpus, told.measured, told.work)
        rows.append(trained(name, data, validation, told.work, told.minutes))
    print(f"{len(test)} composites of {SIDE} x {SIDE} that nothing was chosen by")
    table = [scores("composite", test, lambda sample: sample.composite)]
    table += [scores(name, test, of_method(name)) for name in harmonia.list_methods()]
    for row in rows:
        folder = told.work / row["name"]
        network = harmonia.load(row["name"], weights=folder / "best.safetensors")
        found = scores(
            row["name"],
            test,
            lambda sample, network=network: network(sample.composite, sample.mask),
        )
        table.append({**found, **row, "curve": curve(folder)})
    if told.save_results:
        write_results(RESULTS, before, table)
    if told.figure:
        untouched = scores("val composites", validation, lambda sample: sample.composite)
        draw(told.figure, table, untouched["fmse"])


if __name__ == "__main__":
    main()
