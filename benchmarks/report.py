"""Write the tables of benchmarks/results: RESULTS.md, and regions of README.md and other pages.

`python benchmarks/report.py` rewrites RESULTS.md and the regions between the markers of the pages.
With `--check` it writes nothing, prints what it would change, and fails if that is anything, or if
one of these pages has a figure with a unit outside the regions.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import default_report
import evaluation_report
import lut_report
import metric_report
import net_report
import readme_report
import synthesis_report
import training_report
from pages import difference, loose_figures, replaced
from tables import Row, grid, kill_sentence, machine

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
ROOT = FOLDER.parent
GUIDE = ROOT / "docs/guide"
TABLES = FOLDER / "RESULTS.md"
CARD = ROOT / "python/harmonia/models/harmonia.md"
PUBLISHED = ROOT / "python/harmonia/evaluation/published.csv"
OURS = "harmonia"
Setting = tuple[str, int]


def load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text())
    return document


# Speed


def speed_table(rows: list[Row], method: str, width: int, height: int) -> str:
    """One line an implementation, one pair of columns a (mask, threads)."""
    chosen = [row for row in rows if (row["method"], row["width"]) == (method, width)]
    settings = list(dict.fromkeys((row["mask"], row["threads"]) for row in chosen))
    cells = {(row["mask"], row["threads"], row["name"]): row for row in chosen}
    coverage = {row["mask"]: round(100 * row["coverage"]) for row in chosen}
    head = [f"{method}, {width}x{height} uint8", "mask", "levels off"]
    for mask, threads in settings:
        head += [f"{mask} ({coverage[mask]} %), {threads} thread{'s'[: threads > 1]}", "x"]
    lines = [head]
    names = sorted(
        dict.fromkeys(row["name"] for row in chosen),
        key=lambda name: cells[*settings[-1], name]["minimum"],
    )
    for name in names:
        row = cells[*settings[-1], name]
        line = [f"**{name}**" if name.startswith(OURS) else name, row["uses_mask"]]
        line.append(worst([cells[*setting, name]["levels_off"] for setting in settings]))
        for setting in settings:
            row, ours = cells[*setting, name], cells.get((*setting, OURS))
            line += [f"{row['minimum']:.3g} ({row['median']:.3g})", ratio(row, ours)]
        lines.append(line)
    return grid(lines, left=3)


def worst(offs: list[dict[str, float]]) -> str:
    """Mean / largest error where they are largest; the masks differ in what they show of it."""
    known = [off for off in offs if off]
    if not known:
        return ""
    return f"{max(off['mean'] for off in known):.2f} / {max(off['max'] for off in known):.1f}"


def is_floor(row: Row) -> bool:
    return "bytes" in row["name"]


def ratio(row: Row, ours: Row | None) -> str:
    """How many times our time: minimum over minimum (median over median)."""
    if ours is None or ours is row or is_floor(row):
        return ""
    low, middle = (row[key] / ours[key] for key in ("minimum", "median"))
    return f"{low:.3g} ({middle:.3g})"


def process_table(rows: list[Row]) -> str:
    head = ["in fresh processes", "unit", "minimum", "median", "maximum"]
    figures = [[f"{row[key]:.3g}" for key in ("minimum", "median", "maximum")] for row in rows]
    names = [[row["name"], row["unit"]] for row in rows]
    return grid([head, *(left + right for left, right in zip(names, figures, strict=True))], left=2)


def growth_table(rows: list[Row]) -> str:
    sizes = [f"{size} Mpx" for size in rows[0]["minimum"]]
    head = [f"ms, {rows[0]['threads']} threads", *sizes, "per pixel, 24 over 1 Mpx"]
    lines = [
        [
            row["method"],
            *(f"{value:.3g}" for value in row["minimum"].values()),
            f"{row['growth']:.2f}",
        ]
        for row in rows
    ]
    return grid([head, *lines])


def batch_table(rows: list[Row]) -> str:
    """Throughput beside that of ideal workers: one thread's, times their number."""
    head = ["`harmonia batch`, 2 workers", "pictures a second", "of ideal workers", "two processes"]
    lines = [
        [
            row["case"],
            f"{row['files a second']:.3g}",
            f"{row['of the ideal']:.2f}",
            f"{row['of the ideal, processes']:.2f}",
        ]
        for row in rows
        if row["case"] != "memory"
    ]
    memory = [row for row in rows if row["case"] == "memory"]
    said = ", ".join(f"{row['peak MiB']:.0f} MiB for {row['files']:,} files" for row in memory)
    return f"{grid([head, *lines])}\n\nPeak memory over pictures of 256 x 256: {said}."


def batch_sentence(rows: list[Row]) -> str:
    """For docs/guide/command_line.md."""
    large = [row["of the ideal"] for row in rows if "Mpx" in row["case"]]
    most = max((row for row in rows if row["case"] == "memory"), key=lambda row: row["files"])
    return (
        f"On two cores, `batch` reaches {min(large):.2f} to {max(large):.2f} of two ideal workers "
        f"with pictures of 1.4 Mpx, and takes {most['peak MiB']:.0f} MiB for "
        f"{most['files']:,} of 256 x 256."
    )


# Quality


def quality_table(rows: list[Row]) -> str:
    head = ["mean over the triplets", "MSE", "fMSE", "PSNR", "closer than the composite"]
    lines = [
        [
            row["name"] if row["name"] == "composite" else f"`{row['name']}`",
            f"{row['mse']:.0f}",
            f"{row['fmse']:.0f}",
            f"{row['psnr']:.2f}",
            "" if row["name"] == "composite" else f"{row['better']} of {row['of']}",
        ]
        for row in sorted(rows, key=lambda row: row["mse"])
    ]
    return grid([head, *lines])


# Documents


def regions() -> dict[Path, dict[str, str]]:
    """What stands between the markers of each page."""
    methods, metrics, lut, default = map(load, ("methods", "metrics", "lut3d", "default"))
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        published = list(csv.DictReader(file))
    synthesis = synthesis_report.region(load("synthesis"), load("random"))
    evaluated = evaluation_report.region(load("evaluation"), load("kill_evaluation"))
    return {
        ROOT / "README.md": {
            "speed": readme_report.speed(methods, metrics, lut),
            "default": readme_report.quality(default, published),
        },
        GUIDE / "command_line.md": {"batch": batch_sentence(load("batch")["rows"])},
        GUIDE / "evaluation.md": {"evaluation": evaluated},
        GUIDE / "luts.md": {"lut": lut_report.region(lut)},
        GUIDE / "metrics.md": {"metrics": metric_report.region(metrics)},
        GUIDE / "networks.md": {"networks": net_report.region(load("nets"))},
        GUIDE / "synthesis.md": {"synthesis": synthesis},
        CARD: {"card": default_report.card(default, load("default_again"))},
    }


def parts() -> Iterator[str]:
    methods, process, growth = load("methods"), load("process"), load("growth")
    yield "# Results\n\nWritten by `report.py`; [README.md](README.md) says how they are measured."
    yield "## Speed\n\nNanoseconds per pixel, minimum (median), all in one run, in turns."
    yield '"x" is how many times as long as harmonia: minimum over minimum (median over median).'
    pictures = dict.fromkeys(
        (row["method"], row["width"], row["height"]) for row in methods["rows"]
    )
    for method, width, height in sorted(pictures, key=lambda picture: -picture[1]):
        yield speed_table(methods["rows"], method, width, height)
    yield machine(methods["environment"])
    yield from lut_report.parts(load("lut3d"))
    yield from metric_report.parts(load("metrics"))
    yield from net_report.parts(load("nets"))
    yield f"## Batches\n\n{batch_table(load('batch')['rows'])}"
    yield machine(load("batch")["environment"])
    kills = load("kill_batch")
    yield kill_sentence(kills, f"runs over {kills['rows'][0]['files']} files")
    synthesis = map(load, ("synthesis", "random", "scores", "kill_synthesis"))
    yield from synthesis_report.parts(*synthesis)
    yield from evaluation_report.parts(load("evaluation"), load("kill_evaluation"))
    yield from training_report.parts(load("train_small"), load("kill_training"))
    yield from default_report.parts(load("default"), load("default_designs"))
    yield f"## Growth\n\n{growth_table(growth['rows'])}\n\n{machine(growth['environment'])}"
    yield f"## Processes\n\n{process_table(process['rows'])}\n\n{machine(process['environment'])}"
    yield "## Quality\n\nTen public triplets of composite, mask and real photograph."
    yield quality_table(load("triplets")["rows"])


def documents() -> dict[Path, str]:
    """Every page as the results have it."""
    pages = {TABLES: "\n\n".join(parts()) + "\n"}
    for path, inside in regions().items():
        page = path.read_text(encoding="utf-8")
        for name, region in inside.items():
            page = replaced(page, name, region)
        pages[path] = page
    return pages


def complaints() -> list[str]:
    """Where pages and results disagree, and figures that no result stands behind."""
    pages = documents()
    stale = [difference(path, text) for path, text in pages.items()]
    loose = [
        f"{path}:{number}: a figure outside the regions that report.py writes: {line}"
        for path in pages
        if path not in (TABLES, CARD)
        for number, line in loose_figures(path.read_text(encoding="utf-8"))
    ]
    return [*filter(None, stale), *loose]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, fail on a difference")
    arguments = parser.parse_args()
    if not arguments.check:
        for path, text in documents().items():
            path.write_text(text, encoding="utf-8")
        return 0
    found = complaints()
    print(*found, sep="\n", end="\n" if found else "")
    if found:
        print("README, pages and results disagree; python benchmarks/report.py writes the regions")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
