"""The table of small trainings, beside composites and methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tables import Row, grid, machine


def parts(small: dict[str, Any], kills: dict[str, Any]) -> Iterator[str]:
    yield "## Training"
    yield (
        "Networks narrower than their authors have them, trained from nothing by "
        "`train_small.py` on composites that were made meanwhile, and tried on others; the best "
        "first. A step of `charmnet` takes as many samples of each of its two sources, of which "
        "the second is photographs in other lights and no renderings."
    )
    yield table(small["rows"])
    yield machine(small["environment"])
    yield kills_sentence(kills["rows"][0])


def kills_sentence(row: Row) -> str:
    return (
        f"{row['kills while checkpoints were written']} processes were killed by SIGKILL while "
        f"they wrote checkpoints: {row['corrupt']} left a corrupt one. Of runs that were killed "
        f"{row['kills of a run']} times, {row['equal to the undisturbed run']} of "
        f"{row['runs to the end']} that went on to the end equal an undisturbed run to the byte."
    )


def table(rows: list[Row]) -> str:
    head = ["", "fMSE", "PSNR", "closer than the composite, %", "steps", "samples a second"]
    lines = [
        [
            row["name"] if row["name"] == "composite" else f"`{row['name']}`",
            f"{row['fmse']:.0f}",
            f"{row['psnr']:.2f}",
            "" if row["name"] == "composite" else f"{100 * row['better'] / row['of']:.0f}",
            f"{row['steps']} of {row['batch']}" if "steps" in row else "",
            f"{row['samples a second']:.3g}" if "steps" in row else "",
        ]
        for row in sorted(rows, key=lambda row: row["fmse"])
    ]
    return grid([head, *lines])
