"""The tables of results/metrics.json, for report.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tables import Row, grid, machine, times

OURS, FLOOR = "harmonia", "read once"
TASKS = {
    "six": "mse, fmse, psnr, fpsnr, ssim, fssim",
    "ssim": "ssim alone",
    "errors": "mse, fmse, psnr, fpsnr",
}
Size = tuple[int, int]


def sizes(rows: list[Row]) -> list[Size]:
    return list(dict.fromkeys((row["width"], row["height"]) for row in rows))


def of_group(rows: list[Row], task: str, size: Size, background: str, threads: int) -> list[Row]:
    wanted = (task, *size, background, threads)
    keys = ("task", "width", "height", "background", "threads")
    return [row for row in rows if tuple(row[key] for key in keys) == wanted]


def ours_of(rows: list[Row]) -> Row:
    (ours,) = (row for row in rows if row["name"] == OURS)
    return ours


# docs/guide/metrics.md


def region(document: dict[str, Any]) -> str:
    """One line a task and number of threads, at 1024 x 1024 with noise everywhere."""
    lines = [["1024x1024, ns a pixel", "threads", "harmonia", "peers, times as long"]]
    for task, names in TASKS.items():
        for threads in (1, 2):
            rows = of_group(document["rows"], task, (1024, 1024), "noisy", threads)
            ours = ours_of(rows)
            peers = sorted(
                (row for row in rows if row["name"] not in (OURS, FLOOR)),
                key=lambda row: row["minimum"],
            )
            words = [f"{row['name']} {times(row['minimum'] / ours['minimum'])}" for row in peers]
            lines.append([names, str(threads), f"{ours['minimum']:.3g}", "; ".join(words)])
    return f"{grid(lines)}\n\n{whole_set(document['rows'])}\n\n{machine(document['environment'])}"


def whole_set(rows: list[Row]) -> str:
    """A sentence on the test set of iHarmony4."""
    (row,) = of_group(rows, "test set", (256, 256), "noisy", 2)
    seconds = min(row["milliseconds"]) / 1000
    return (
        f"All six scores of 7,404 pairs of 256 x 256, as many as the test set of iHarmony4 has, "
        f"take {seconds:.2g} s on two threads."
    )


# RESULTS.md


def parts(document: dict[str, Any]) -> Iterator[str]:
    rows = document["rows"]
    yield "## Metrics\n\nNanoseconds per pixel, minimum (median), all of a group in turns."
    yield (
        '"x" is how many times as long as harmonia. A "noisy" background differs everywhere; where '
        'it is "kept", as by every method here, most windows need not be computed. "off" is the '
        "largest distance from the exact value, as a share of it."
    )
    for task, names in TASKS.items():
        for size in sizes([row for row in rows if row["task"] == task]):
            yield task_table(rows, task, names, size)
    yield whole_set(rows)
    yield set_table([row for row in rows if row["task"] == "test set"])
    yield machine(document["environment"])


def task_table(rows: list[Row], task: str, names: str, size: Size) -> str:
    settings = [(background, threads) for background in ("noisy", "kept") for threads in (1, 2)]
    groups = {setting: of_group(rows, task, size, *setting) for setting in settings}
    head = [f"{names}, {size[0]}x{size[1]} uint8", "off"]
    for background, threads in settings:
        head += [f"{background}, {threads} thread{'s'[: threads > 1]}", "x"]
    first = sorted(groups[settings[0]], key=lambda row: row["minimum"])
    lines = [head]
    for name in (row["name"] for row in first):
        off = max(row["off"] for rows in groups.values() for row in rows if row["name"] == name)
        line = [f"**{name}**" if name == OURS else name, "" if name == FLOOR else f"{off:.1g}"]
        for setting in settings:
            (row,) = (row for row in groups[setting] if row["name"] == name)
            ratio = row["minimum"] / ours_of(groups[setting])["minimum"]
            shown = "" if name == OURS else f"{ratio:.3g}"
            line += [f"{row['minimum']:.3g} ({row['median']:.3g})", shown]
        lines.append(line)
    return grid(lines)


def set_table(rows: list[Row]) -> str:
    head = ["7,404 pairs of 256x256, seconds", "1 thread", "2 threads"]
    lines = [head]
    for background in ("noisy", "kept"):
        cells = {row["threads"]: row for row in rows if row["background"] == background}
        seconds = [f"{min(cells[threads]['milliseconds']) / 1000:.2f}" for threads in (1, 2)]
        lines.append([f"{background} background", *seconds])
    return grid(lines)
