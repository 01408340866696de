"""The tables of the network that ships, beside composites and classical methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tables import Row, grid, machine, times

OURS = "harmonia"
COMPOSITE = "composite"

METRICS = (
    "`harmonia` beside composites and the classical methods with their usual options, on "
    "pictures of 256 x 256 that it was not trained on. MSE, fMSE and PSNR are means by iDIH's "
    "protocol, whose PSNR is against the brightest code of the real. "
    '"Doubled" are results whose fMSE is more than twice that of their composite, 3 dB below '
    "it; the worst is the largest such ratio."
)
UNSEEN = (
    "Foregrounds of test photographs of the corpus with changed colours, by `unseen.py`: as in "
    "another light that was measured and held back from training, with the colours of another "
    "photograph by `idt`, and edited as by hand. They are mixed with what was, so that "
    "distances spread about as in iHarmony4's test set: "
)


def card(default: dict[str, Any], again: dict[str, Any]) -> str:
    """What the card of the model says; the whole tables are in RESULTS.md."""
    rows = parted(default)
    said = (
        f"{METRICS} The last column is of a second run of the training, with `--seed 1`.",
        summary(rows, again["rows"]),
        UNSEEN + spread(rows),
        still(rows),
        orientation(rows),
    )
    return "\n\n".join(said)


def summary(rows: dict[str, list[Row]], again: list[Row]) -> str:
    triplets = by_set(rows["triplets"])["all"]
    second = {row["set"]: row["fmse"] for row in again if row["name"] == OURS and "set" in row}
    second["ten public triplets"] = second["all"]
    return beside_best(by_set(rows["unseen"]) | {"ten public triplets": triplets}, second)


def still(rows: dict[str, list[Row]]) -> str:
    own = next(row for row in rows["untouched"] if row["name"] == OURS)
    levels = f"{own['median']:.1f} levels (median; mean {own['mean']:.1f})"
    return f"What fits already it changes by {levels}."


def quick(rows: dict[str, list[Row]]) -> str:
    own = {row["case"]: row["milliseconds"] for row in rows["times"] if row["name"] == OURS}
    cases = ", ".join(f"{own[case]:.0f} ms at {case}" for case in own if "," not in case)
    return f"`harmonia` takes {cases} with a mask of 25 %."


def parted(default: dict[str, Any]) -> dict[str, list[Row]]:
    """Rows by their tables."""
    names = ("triplets", "unseen", "untouched", "times", "published")
    return {name: [row for row in default["rows"] if row["table"] == name] for name in names}


def parts(default: dict[str, Any], designs: dict[str, Any]) -> Iterator[str]:
    rows = parted(default)
    yield from quality(rows)
    yield "### Times"
    yield (
        "A mask of 25 %, the network loaded before; and the command `harmonia`, from its start to "
        "the written file."
    )
    yield time_table(rows["times"])
    yield machine(default["environment"])
    yield "### Designs"
    yield (
        "What the network may predict, each trained alike and three times on the same statistics "
        "of few composites: medians on composites of other photographs, and how far the three are "
        "apart. What is within that of another is as good; `quadratic` ships, which bends smoothly "
        "beyond the colours that it was fitted to."
    )
    yield design_table(designs["rows"])


def quality(rows: dict[str, list[Row]]) -> Iterator[str]:
    triplets, unseen, untouched = (rows[name] for name in ("triplets", "unseen", "untouched"))
    yield "## The default network"
    yield METRICS
    yield "### Ten public triplets"
    yield from sets(triplets)
    yield "### Changes that training did not draw"
    yield UNSEEN + spread(rows)
    yield from sets(unseen)
    yield orientation(rows)
    yield "### Photographs that fit already"
    yield untouched_table(untouched)


def spread(rows: dict[str, list[Row]]) -> str:
    return f"{'; '.join(far(row) for row in rows['unseen'] if row['name'] == COMPOSITE)}."


def orientation(rows: dict[str, list[Row]]) -> str:
    return (
        f"Published for all of iHarmony4's test set at 256 x 256: {others(rows['published'])}. "
        "That is another test set, and those networks learned from its training part: the figures "
        "say how large errors are there, and are not to be compared with those above."
    )


def sets(rows: list[Row]) -> Iterator[str]:
    """A table of each set, and one of how ours stands to the best of the others."""
    found = by_set(rows)
    for own in found.values():
        yield table(own)
    yield beside_best(found)


def by_set(rows: list[Row]) -> dict[str, list[Row]]:
    names = dict.fromkeys(row["set"] for row in rows)
    return {name: [row for row in rows if row["set"] == name] for name in names}


def table(rows: list[Row]) -> str:
    title = f"{rows[0]['set']}, {rows[0]['of']}"
    head = [title, "MSE", "fMSE", "PSNR", "closer than the composite, %", "doubled, %", "worst"]
    lines = []
    for row in sorted(rows, key=lambda row: row["fmse"]):
        line = [called(row), f"{row['mse']:.1f}", f"{row['fmse']:.0f}", f"{row['psnr']:.2f}"]
        if row["name"] == COMPOSITE:
            line += ["", "", ""]
        else:
            line += [percent(row, "better"), percent(row, "doubled"), f"{row['worst']:.1f}x"]
        lines.append(line)
    return grid([head, *lines])


def called(row: Row) -> str:
    name = str(row["name"])
    return name if name == COMPOSITE else f"**`{name}`**" if name == OURS else f"`{name}`"


def percent(row: Row, key: str) -> str:
    return f"{100 * row[key] / row['of']:.0f}"


def beside_best(sets: dict[str, list[Row]], again: dict[str, float] | None = None) -> str:
    """With `again`, how far a second run came."""
    head = [
        "mean fMSE",
        "composite",
        "`harmonia`",
        "better, %",
        "best classical",
        "",
        "ours / best",
    ]
    lines = [[*head, "second run"] if again else head]
    for name, rows in sets.items():
        own = next(row for row in rows if row["name"] == OURS)
        fmse = {row["name"]: row["fmse"] for row in rows}
        ours, composite = fmse.pop(OURS), fmse.pop(COMPOSITE)
        best = min(fmse, key=lambda method: fmse[method])
        figures = [f"{composite:.0f}", f"{ours:.0f}", percent(own, "better")]
        figures += [f"{fmse[best]:.0f}", f"`{best}`"]
        figures += [f"{ours / fmse[best]:.2f}"]
        figures += [f"{again[name]:.0f}"] if again else []
        lines.append([name, *figures])
    return grid(lines)


def far(row: Row) -> str:
    return (
        f"`{row['set']}` with a median of {row['median']:.1f} levels and a standard deviation of "
        f"their logarithm of {row['spread']:.2f}, {row['reached']} of {row['of']} as far as drawn"
    )


def others(rows: list[Row]) -> str:
    return ", ".join(
        f"{row['name']} fMSE {row['fmse']:.0f} and PSNR {row['psnr']:.2f}" for row in rows
    )


def untouched_table(rows: list[Row]) -> str:
    head = [f"mean change within the mask in levels, {rows[0]['of']}", "mean", "median", "largest"]
    lines = [
        [called(row), *(f"{row[key]:.1f}" for key in ("mean", "median", "largest"))]
        for row in sorted(rows, key=lambda row: row["mean"])
    ]
    return grid([head, *lines])


def time_table(rows: list[Row]) -> str:
    """Medians, and how many times as long as ours."""
    names = list(dict.fromkeys(row["name"] for row in rows))
    threads = rows[0]["threads"]
    head = [f"ms, median, {threads} thread{'s'[: threads > 1]}", *(f"`{name}`" for name in names)]
    lines = []
    for case in dict.fromkeys(row["case"] for row in rows):
        found = {row["name"]: row["milliseconds"] for row in rows if row["case"] == case}
        cells = [
            in_full(found[name])
            + ("" if name == OURS else f" ({times(found[name] / found[OURS])})")
            for name in names
        ]
        lines.append([case, *cells])
    return grid([head, *lines])


def in_full(milliseconds: float) -> str:
    return f"{milliseconds:,.0f}" if milliseconds >= 1000 else f"{milliseconds:.3g}"


def design_table(rows: list[Row]) -> str:
    lines = [["design", "parameters", "fMSE", "apart", "better, %"]]
    for row in rows:
        name, fmse = str(row["name"]), f"{row['fmse']:.0f}"
        if name == COMPOSITE:
            lines.append([name, "", fmse, "", ""])
            continue
        size = f"{row['parameters'] / 1e6:.2f} M"
        lines.append(
            [f"`{name}`", size, fmse, f"{row['spread']:.0f}", f"{100 * row['better']:.0f}"]
        )
    return grid(lines)
