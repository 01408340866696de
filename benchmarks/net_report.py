"""The tables of results/nets.json, for report.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tables import Row, grid, machine, times

OURS, EAGER = "harmonia", "eager"


def find(rows: list[Row], **wanted: Any) -> Row | None:
    return next((row for row in rows if all(row[key] == wanted[key] for key in wanted)), None)


def cell(rows: list[Row], **wanted: Any) -> str:
    """Our milliseconds, and how many times as long the eager way takes."""
    ours = find(rows, name=OURS, **wanted)
    if ours is None:
        return ""
    eager = find(rows, name=EAGER, **wanted)
    low = ours["minimum"]
    said = f"{low:.3g}" if low < 1000 else f"{low:,.0f}"
    return f"{said} (eager {times(eager['minimum'] / ours['minimum'])})" if eager else said


def table(rows: list[Row], settings: list[tuple[int, float, int]], head: list[str]) -> str:
    lines = [["network", "parameters", "GMACs at 256", *head, "MiB at 4K"]]
    for method in dict.fromkeys(row["method"] for row in rows):
        of_method = [row for row in rows if row["method"] == method]
        about = of_method[0]
        lines.append(
            [
                f"`{method}`",
                f"{about['parameters'] / 1e6:.2f} M",
                f"{about['multiply_adds_256'] / 1e9:.3g}",
                *(
                    cell(of_method, width=width, coverage=coverage, threads=threads)
                    for width, coverage, threads in settings
                ),
                str(about["mib_at_peak"]),
            ]
        )
    return grid(lines)


def region(document: dict[str, Any]) -> str:
    """For docs/guide/networks.md: one thread, 256 x 256 whole and 4K under a mask of a quarter."""
    settings = [(256, 1.0, 1), (3840, 0.25, 1)]
    head = ["256x256, ms", "3840x2160, mask of 25 %, ms"]
    said = table(document["rows"], settings, head)
    return f"{said}\n\n{machine(document['environment'])}"


def parts(document: dict[str, Any]) -> Iterator[str]:
    rows = document["rows"]
    yield "## Networks\n\nMilliseconds of a call on a uint8 picture, minima of calls in turns."
    for threads in sorted({row["threads"] for row in rows}):
        settings = [(width, part, threads) for width in (256, 3840) for part in (0.25, 1.0)]
        head = [
            f"{width} wide, mask of {part:.0%}, {threads} thread{'s'[: threads > 1]}"
            for width, part, _ in settings
        ]
        yield table([row for row in rows if row["threads"] == threads], settings, head)
    yield machine(document["environment"])
