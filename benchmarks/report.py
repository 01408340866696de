"""Print the tables of benchmarks/results, and put the 4K ones into README.md.

`python benchmarks/report.py` rewrites the region between the speed markers;
with `--check` it fails when README.md and the results disagree.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- speed:begin -->", "<!-- speed:end -->"
OURS = "harmonia"
Row = dict[str, Any]


def load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((RESULTS / name).read_text())
    return document


def table(rows: list[Row], method: str, width: int, height: int) -> str:
    """One line an implementation, one pair of columns a (mask, threads)."""
    chosen = [row for row in rows if (row["method"], row["width"]) == (method, width)]
    settings = list(dict.fromkeys((row["mask"], row["threads"]) for row in chosen))
    cells = {(row["mask"], row["threads"], row["name"]): row for row in chosen}
    coverage = {row["mask"]: round(100 * row["coverage"]) for row in chosen}
    head = [f"{method}, {width}x{height} uint8"]
    for mask, threads in settings:
        head += [f"{mask} ({coverage[mask]} %), {threads} thread{'s'[: threads > 1]}", "x"]
    lines = [[*head, "mask", "levels off"], ["---", *["---:"] * (2 * len(settings)), "---", "---"]]
    last_mask, last_threads = settings[-1]
    names = sorted(
        dict.fromkeys(row["name"] for row in chosen),
        key=lambda name: cells[settings[1][0], settings[1][1], name]["minimum"],
    )
    for name in names:
        line = [f"**{name}**" if name.startswith(OURS) else name]
        for mask, threads in settings:
            row, ours = cells[mask, threads, name], cells.get((mask, threads, OURS))
            line += [two(row), ratio(row, ours)]
        row = cells[last_mask, last_threads, name]
        off = row["levels_off"]
        line += [row["uses_mask"], f"{off['mean']:.2f} / {off['max']:.1f}" if off else ""]
        lines.append(line)
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def two(row: Row) -> str:
    return f"{row['minimum']:.3g} ({row['median']:.3g})"


def ratio(row: Row, ours: Row | None) -> str:
    """How many times our time: minimum over minimum (median over median)."""
    if ours is None or ours is row or not row["levels_off"]:
        return ""
    low, middle = (row[key] / ours[key] for key in ("minimum", "median"))
    return f"{low:.3g} ({middle:.3g})"


def machine(head: dict[str, Any]) -> str:
    peers = ", ".join(f"{name} {version}" for name, version in head["peers"].items() if version)
    build = head["harmonia"]
    return (
        f"{head['cpu']}, {head['cores']} cores, {head['date']}; harmonia built by "
        f"{build.get('compiler', 'unknown')}; Python {head['python']}, {peers}. "
        f"Load average {head['load'][0]} before, {head['load_after'][0]} after."
    )


def readme_text(document: dict[str, Any]) -> str:
    rows = document["rows"]
    parts = [
        "Nanoseconds per pixel, minimum (median), all in one run, in turns. "
        '"x" is how many times as long as harmonia. '
        "`benchmarks/README.md` says how it is measured.",
        *(table(rows, method, 3840, 2160) for method in ("reinhard", "mkl")),
        machine(document["environment"]),
    ]
    return "\n\n".join(parts)


def process_lines(document: dict[str, Any]) -> Iterator[str]:
    yield "| in fresh processes | minimum | median | maximum | |"
    yield "| --- | ---: | ---: | ---: | --- |"
    for row in document["rows"]:
        figures = " | ".join(f"{row[key]:.3g}" for key in ("minimum", "median", "maximum"))
        yield f"| {row['name']} | {figures} | {row['unit']} |"


def replaced(readme: str, region: str) -> str:
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"README.md has no region between {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{region}\n{END}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, fail on a difference")
    arguments = parser.parse_args()
    methods = load("methods.json")
    region = readme_text(methods)
    readme = README.read_text()
    if arguments.check:
        if replaced(readme, region) != readme:
            print("README.md and benchmarks/results disagree; run python benchmarks/report.py")
            return 1
        return 0
    print(region)
    for method in ("reinhard", "mkl"):
        print("\n" + table(methods["rows"], method, 1024, 1024))
    if (RESULTS / "process.json").exists():
        print("\n" + "\n".join(process_lines(load("process.json"))))
    README.write_text(replaced(readme, region))
    return 0


if __name__ == "__main__":
    sys.exit(main())
