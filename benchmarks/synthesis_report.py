"""The tables of synthesis: how fast sets are made, what the filters accept, what kills leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tables import Row, grid, kill_sentence, machine, times

Document = dict[str, Any]


def region(synthesis: Document, random: Document) -> str:
    """For docs/guide/synthesis.md."""
    idt = next(row for row in synthesis["rows"] if row["method"] == "idt")
    others = [row["ms_per_composite"] for row in synthesis["rows"] if row is not idt]
    return (
        f"On two cores `hcoco` takes {min(others):.0f} to {max(others):.0f} ms for a composite of "
        f"640 x 480, files and all, and {idt['ms_per_composite']:.0f} ms where the transfer is IDT "
        f"with regrain, which alone takes {idt['original_transfer_ms']:.0f} ms in NumPy. "
        f"`random_composites` makes {most(random['rows'], 'processes'):.0f} of 256 x 256 a second "
        f"in two processes, as a loader has them, and {most(random['rows'], 'threads'):.0f} in two "
        "threads."
    )


def most(rows: list[Row], workers: str) -> float:
    return max(rate_of(row) for row in rows if workers in row)


def rate_of(row: Row) -> float:
    found = row.get("composites a second")
    return float(row["later epochs"]["composites a second"] if found is None else found)


def parts(
    synthesis: Document, random: Document, scores: Document, kills: Document
) -> Iterator[str]:
    yield "## Synthesis\n\n" + made_table(synthesis["rows"])
    yield machine(synthesis["environment"])
    yield random_table(random["rows"])
    yield spread_sentence(random["rows"])
    yield machine(random["environment"])
    yield "What the filters accept, of foregrounds that were changed so:"
    yield scores_table(scores["rows"])
    yield kill_sentence(kills, f"runs of {kills['rows'][0]['composites']} composites")


def made_table(rows: list[Row]) -> str:
    """The recipe's whole work, and the transfer beside that of the published formulas."""
    head = [
        "`hcoco`, ms a composite of 640 x 480",
        "2 workers, all included",
        "the transfer, one thread",
        "published formulas in NumPy, the transfer",
    ]
    lines = [
        [
            f"`{row['method']}`",
            f"{row['ms_per_composite']:.1f}",
            f"{row['ms_on_one_thread']['transfer']:.2f}",
            f"{row['original_transfer_ms']:.0f} "
            f"({times(row['original_transfer_ms'] / row['ms_on_one_thread']['transfer'])})",
        ]
        for row in rows
    ]
    return grid([head, *lines])


def random_table(rows: list[Row]) -> str:
    head = ["`random_composites`, 256 x 256", "composites a second", "CPU ms a composite"]
    lines = []
    for row in rows:
        if row["case"] != "speed":
            continue
        workers = "threads" if "threads" in row else "processes"
        cpu = row.get("later epochs", {}).get("CPU ms a composite")
        lines.append(
            [
                f"{row[workers]} {workers if row[workers] > 1 else workers[:-1]}",
                f"{rate_of(row):.0f}",
                "" if cpu is None else f"{cpu:.2f}",
            ]
        )
    return grid([head, *lines])


def spread_sentence(rows: list[Row]) -> str:
    row = next(row for row in rows if row["case"] == "spread")
    return (
        f"{row['composites']:,} of them: mean MSE {row['mse']:.0f}, PSNR {row['psnr']:.1f} dB, "
        f"fMSE {row['fmse']:.0f}; the composites of iHarmony4's test set have 172, 31.6 and 1387."
    )


def scores_table(rows: list[Row]) -> str:
    names = ("aesthetics", "identity", "plausible_hue", "all")
    head = ["accepted, %", "should", *names]
    lines = [
        [row["kind"], row["wanted"], *(f"{100 * row[name]:.0f}" for name in names)] for row in rows
    ]
    return grid([head, *lines], left=2)
