"""The two tables of README.md: time beside peers, and quality beside methods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import default_report
import lut_report
import metric_report
from tables import Row, grid, times

OURS = "harmonia"
COMPOSITE = "composite"
MASK = "ellipse"
OTHERS = 3  # peers after the fastest that a line has room for


class Line(NamedTuple):
    """A row of the table of speeds; peers take so many times as long."""

    task: str
    picture: str
    threads: int
    time: str
    peers: dict[str, float]


def speed(methods: dict[str, Any], metrics: dict[str, Any], lut: dict[str, Any]) -> str:
    """A line a task that others do too, with the fastest of them in front."""
    head = ["task", "picture", "threads", "harmonia", "the fastest peer", "others"]
    found = [*of_methods(methods["rows"]), of_metrics(metrics["rows"]), *of_luts(lut)]
    lines = [
        [line.task, line.picture, str(line.threads), line.time, *beside(line.peers)]
        for line in found
        if line.peers
    ]
    alone: dict[str, list[str]] = {}
    for line in found:
        if not line.peers:
            said = f"at {line.picture} by {line.threads} threads"
            alone.setdefault(said, []).append(f"{line.task} {line.time}")
    measured = {where(document["environment"]) for document in (methods, metrics, lut)}
    return "\n\n".join(
        (
            grid([head, *lines], left=6),
            *(f"Without a peer, {said}: {', '.join(times)}." for said, times in alone.items()),
            f"Minima of one run in turns, on uint8 pictures; methods under a soft mask of "
            f"{cover(methods['rows'])} %. {'; '.join(sorted(measured))}.",
        )
    )


def cover(rows: list[Row]) -> int:
    return next(round(100 * row["coverage"]) for row in rows if row["mask"] == MASK)


def where(head: dict[str, Any]) -> str:
    return f"{head['cpu']}, {head['cores']} cores, {head['date']}"


def beside(peers: dict[str, float]) -> list[str]:
    """The fastest, and some more; one that needs less time than ours is in bold."""
    words = [
        f"**{name} {times(value)}**" if value < 1 else f"{name} {times(value)}"
        for name, value in sorted(peers.items(), key=lambda peer: peer[1])
    ]
    return [words[0], "; ".join(words[1 : 1 + OTHERS])]


def is_floor(row: Row) -> bool:
    return "bytes" in row["name"]


def of_methods(rows: list[Row]) -> list[Line]:
    """Each method at its largest picture, on two threads under the soft mask."""
    lines = []
    for method in dict.fromkeys(row["method"] for row in rows):
        wanted = (method, MASK, 2)
        chosen = [row for row in rows if (row["method"], row["mask"], row["threads"]) == wanted]
        width = max(row["width"] for row in chosen)
        chosen = [row for row in chosen if row["width"] == width]
        (ours,) = (row for row in chosen if row["name"] == OURS)
        peers = {
            row["name"]: row["minimum"] / ours["minimum"]
            for row in chosen
            if not is_floor(row) and not row["name"].startswith(OURS)
        }
        time = f"{min(ours['milliseconds']):.3g} ms"
        lines.append(Line(f"`{method}`", f"{width}x{ours['height']}", 2, time, peers))
    return lines


def of_metrics(rows: list[Row]) -> Line:
    """All six scores at once."""
    size, threads = (1024, 1024), 2
    chosen = metric_report.of_group(rows, "six", size, "noisy", threads)
    ours = metric_report.ours_of(chosen)
    peers = {
        row["name"]: row["minimum"] / ours["minimum"]
        for row in chosen
        if row["name"] not in (OURS, metric_report.FLOOR)
    }
    time = f"{min(ours['milliseconds']):.3g} ms"
    return Line("`evaluate`, six scores", "1024x1024", threads, time, peers)


def of_luts(lut: dict[str, Any]) -> list[Line]:
    """Tables of 33^3 nodes on 4K frames of bytes, whole and under a mask."""
    lines = []
    for part, task in (("picture", "3D table of 33^3"), ("masked", "the same, mask of 25 %")):
        chosen = lut_report.of_setting(lut, part, "uint8", "trilinear")
        ours = lut_report.ours_of(chosen)["new"]
        milliseconds = ours["minimum"] * ours["width"] * ours["height"] / 1e6
        peers = lut_report.fastest(chosen)
        picture = f"{ours['width']}x{ours['height']}"
        lines.append(Line(task, picture, 1, f"{milliseconds:.3g} ms", peers))
    return lines


def quality(default: dict[str, Any], published: list[dict[str, str]]) -> str:
    """Every method on every set of composites, and on what fits already."""
    rows = default_report.parted(default)
    unseen = default_report.by_set(rows["unseen"])
    triplets = default_report.by_set(rows["triplets"])["all"]
    sets = {"ten public triplets": triplets, **unseen}
    found = {title: {row["name"]: row for row in own} for title, own in sets.items()}
    still = {row["name"]: f"{row['median']:.1f}" for row in rows["untouched"]}
    errors = {row["name"]: 0.0 for row in triplets}
    for row in rows["unseen"]:
        errors[row["name"]] += row["fmse"]
    names = sorted(errors, key=lambda name: errors[name])
    head = ["fMSE (closer, %)", *found, "changes what fits, levels"]
    lines = [
        [
            name if name == COMPOSITE else f"`{name}`",
            *(distance(own[name], own.values()) for own in found.values()),
            still.get(name, ""),
        ]
        for name in names
    ]
    quick = f"{default_report.quick(rows)} {where(default['environment'])}."
    return "\n\n".join((grid([head, *lines]), quick, on_subtle(published)))


def distance(row: Row, beside: Iterable[Row]) -> str:
    """The least of a set is in bold."""
    fmse = f"{row['fmse']:.0f}"
    if row["fmse"] == min(other["fmse"] for other in beside):
        fmse = f"**{fmse}**"
    return fmse if row["name"] == COMPOSITE else f"{fmse} ({default_report.percent(row, 'better')})"


def on_subtle(published: list[dict[str, str]]) -> str:
    """What the authors of iHarmony4 measured of classical methods."""
    wanted = ("iHarmony4-all", "256", "fMSE")
    found = {
        row["method"]: float(row["value"])
        for row in published
        if (row["dataset"], row["resolution"], row["metric"]) == wanted
        and row["source"].startswith("bcmi/Image-Harmonization-Dataset-iHarmony4 ")
    }
    composite, xue, lalonde = (
        found[name] for name in ("Input composite", "Xue et al.", "Lalonde & Efros")
    )
    return (
        f"On subtle composites a statistical match can do harm: over the test set of iHarmony4 its "
        f"authors publish a fMSE of {composite:.0f} for the composite as it is, {xue:.0f} for Xue "
        f"et al. and {lalonde:.0f} for Lalonde & Efros."
    )
