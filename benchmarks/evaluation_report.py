"""The tables of an evaluation: how near to ideal workers, its memory, what kills leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tables import Row, grid, kill_sentence, machine

Document = dict[str, Any]
LOOPS = "loops together"  # what the machine gives to processes that share nothing


def region(evaluation: Document, kills: Document) -> str:
    """For docs/guide/evaluation.md."""
    row = speed_of(evaluation)
    share = row["of the ideal"]
    reached = ", ".join(f"`--engine {name}` {share[name]:.2f}" for name in engines(row))
    speed = (
        f"Of {row['workers']} ideal workers on as many cores, over {row['samples']:,} images of "
        f"256 x 256 with {methods_of(row)} methods: {reached}; processes that share nothing "
        f"{share[LOOPS]:.2f}."
    )
    return " ".join(filter(None, (speed, peaks(evaluation), kill_sentence(kills, "runs"))))


def parts(evaluation: Document, kills: Document) -> Iterator[str]:
    yield f"## Evaluation\n\n{speed_table(speed_of(evaluation))}"
    if peaks(evaluation):
        yield peaks(evaluation)
    yield machine(evaluation["environment"])
    yield kill_sentence(kills, "runs")


def speed_of(evaluation: Document) -> Row:
    return next(row for row in evaluation["rows"] if row["case"] == "evaluate")


def engines(row: Row) -> list[str]:
    return list(row["samples a second"])


def methods_of(row: Row) -> int:
    return len(row["methods"].split(","))


def speed_table(row: Row) -> str:
    """Ideal is one thread that reads, computes and scores, times the number of workers."""
    head = [
        f"`harmonia evaluate`, {methods_of(row)} methods, {row['workers']} workers",
        "images a second",
        "of the ideal",
        "by round",
    ]
    lines = []
    for name in row["of the ideal"]:
        shares = row["of the ideal, by round"][name]
        rate = row["samples a second"].get(name)
        lines.append(
            [
                f"`--engine {name}`" if rate else f"{name}, which share nothing",
                f"{rate:.3g}" if rate else "",
                f"{row['of the ideal'][name]:.2f}",
                f"{min(shares):.2f} to {max(shares):.2f}",
            ]
        )
    return grid([head, *lines])


def peaks(evaluation: Document) -> str:
    """By engine; empty where memory was not measured."""
    found: dict[str, list[str]] = {}
    for row in evaluation["rows"]:
        if row["case"] == "memory":
            said = f"{row['peak MiB']:.0f} MiB for {row['samples']:,}"
            found.setdefault(row["engine"], []).append(said)
    if not found:
        return ""
    said = "; ".join(f"`--engine {name}` {', '.join(each)}" for name, each in found.items())
    return f"Peak memory by the number of images: {said}."
