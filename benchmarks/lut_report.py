"""The tables of results/lut3d.json, for report.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tables import Row, grid, machine, times

OURS = "harmonia"
Key = Callable[[Row], Any]


def of_part(document: dict[str, Any], *parts: str) -> list[Row]:
    return [row for part in parts for row in document["rows"] if row["part"] == part]


def grouped(rows: list[Row], key: Key) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def ours_of(rows: list[Row]) -> dict[str, Row]:
    """Our row for each kind of output memory."""
    return {row["output"]: row for row in rows if row["name"] in (OURS, f"{OURS}, out=")}


def ratio(row: Row, rows: list[Row], key: str = "minimum") -> float:
    """How many times our time, with the same kind of output."""
    return float(row[key] / ours_of(rows)[row["output"]][key])


# docs/guide/luts.md


def of_setting(document: dict[str, Any], part: str, dtype: str, between: str) -> list[Row]:
    """What took turns on the photograph at 4K, on one thread."""
    return [
        row
        for row in of_part(document, part)
        if (row["width"], row["picture"], row["threads"]) == (3840, "natural", 1)
        and (row["dtype"], row["interpolation"]) == (dtype, between)
    ]


def region(document: dict[str, Any]) -> str:
    """One line a task, on one thread: our time, the floor, the fastest variant of each peer."""
    lines = [["ns a pixel", "harmonia", "`out=`", "floor", "peers, times as long"]]
    tasks = dict.fromkeys(
        (row["part"], row["dtype"], row["interpolation"])
        for row in of_part(document, "picture", "float", "masked")
    )
    for part, dtype, between in tasks:
        chosen = of_setting(document, part, dtype, between)
        task = f"{dtype}, {between}" + (", mask of 25 %" if part == "masked" else "")
        ours = ours_of(chosen)
        (floor,) = (row for row in chosen if row["maker"] == "floor")
        figures = [f"{row['minimum']:.2f}" for row in (ours["new"], ours["reused"], floor)]
        lines.append([task, *figures, fastest_peers(chosen)])
    return f"{grid(lines)}\n\n{conditions(document['environment'])}"


def conditions(head: dict[str, Any]) -> str:
    clock = {"wall": "", "cpu": " CPU time of the calling thread."}[head["clock"]]
    return f"Picture: {head['photograph']}.{clock} {machine(head)}"


def fastest(rows: list[Row]) -> dict[str, float]:
    """Each peer's fastest variant, as so many times our time."""
    peers = grouped(
        [row for row in rows if row["maker"] not in (OURS, "floor")], lambda row: row["maker"]
    )
    return {name: min(ratio(row, rows) for row in variants) for name, variants in peers.items()}


def fastest_peers(rows: list[Row]) -> str:
    words = [(value, f"{name} {times(value)}") for name, value in fastest(rows).items()]
    return "; ".join(f"**{word}**" if value < 1 else word for value, word in sorted(words))


# RESULTS.md


def parts(document: dict[str, Any]) -> Iterator[str]:
    yield "## 3D tables\n\nNanoseconds per pixel, minimum (median), all of a group in turns."
    yield (
        '"x" is how many times as long as harmonia with the same kind of output, minimum over '
        'minimum (median over median): "new" memory made by every call, or "reused" (`out=`). '
        "Below 1 the peer is faster."
    )
    for part in ("picture", "float", "masked"):
        tasks = grouped(
            of_part(document, part),
            lambda row: (
                row["picture"],
                row["width"],
                row["height"],
                row["dtype"],
                row["interpolation"],
                row["coverage"],
            ),
        )
        for task, rows in tasks.items():
            yield task_table(title(*task), rows)
    coverage = of_part(document, "coverage")
    if coverage:
        yield coverage_table(coverage)
    for part, unit, scale in (("table", "ns a pixel", 1.0), ("small", "us a call", 1e-3)):
        rows = of_part(document, part)
        if rows:
            yield columns_table(rows, unit, scale)
    prepared = of_part(document, "prepare")
    if prepared:
        yield prepare_table(prepared)
    yield conditions(document["environment"])


def title(
    picture: str, width: int, height: int, dtype: str, between: str, coverage: float | None
) -> str:
    pixels = ", random pixels" if picture == "random" else ""
    mask = "" if coverage is None else f", mask of {round(100 * coverage)} %"
    return f"{between}, {width}x{height} {dtype}{pixels}{mask}"


def task_table(head: str, rows: list[Row]) -> str:
    """One line an implementation, a pair of columns a number of threads."""
    by_threads = grouped(rows, lambda row: row["threads"])
    cells = {(row["threads"], row["name"]): row for row in rows}
    masked = rows[0]["coverage"] is not None
    columns = [head, "output", "levels off", *(["background kept"] if masked else [])]
    left = len(columns)
    for count in by_threads:
        columns += [f"{count} thread{'s'[: count > 1]}", "x"]
    first = by_threads[min(by_threads)]
    lines = [columns]
    for row in sorted(first, key=lambda row: row["minimum"]):
        line = [bold(row), row["output"], error(row)]
        if masked:
            line.append({True: "yes", False: "no", None: ""}[row.get("background")])
        for count, group in by_threads.items():
            cell = cells.get((count, row["name"]))
            line += ["", ""] if cell is None else [time(cell), ratios(cell, group)]
        lines.append(line)
    return grid(lines, left=left)


def bold(row: Row) -> str:
    return f"**{row['name']}**" if row["maker"] == OURS else str(row["name"])


def error(row: Row) -> str:
    off = row["levels_off"]
    return f"{off['mean']:.3f} / {off['max']:.3f}" if off else ""


def time(row: Row, scale: float = 1.0) -> str:
    return f"{figure(scale * row['minimum'])} ({figure(scale * row['median'])})"


def figure(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def ratios(row: Row, rows: list[Row]) -> str:
    if row["maker"] in (OURS, "floor"):
        return ""
    return f"{ratio(row, rows):.3g} ({ratio(row, rows, 'median'):.3g})"


def coverage_table(rows: list[Row]) -> str:
    lines = [
        ["one thread, trilinear", "mean of the mask", "floor", "harmonia, `out=`", "over the floor"]
    ]
    for (dtype, coverage), group in grouped(
        rows, lambda row: (row["dtype"], row["coverage"])
    ).items():
        ours = ours_of(group)["reused"]
        (floor,) = (row for row in group if row["maker"] == "floor")
        over = ours["minimum"] / floor["minimum"]
        lines.append([dtype, f"{round(100 * coverage)} %", time(floor), time(ours), f"{over:.3g}"])
    return grid(lines, left=2)


def columns_table(rows: list[Row], unit: str, scale: float) -> str:
    """One line an implementation, a column a table size or a picture size."""
    by_size = grouped(rows, lambda row: (row["width"], row["height"], row["nodes"]))
    same_picture = len({row["width"] for row in rows}) == 1
    heads = [
        f"{nodes}^3" if same_picture else f"{width}x{height}" for width, height, nodes in by_size
    ]
    lines = [[f"{unit}, trilinear, one thread", *heads]]
    for name, group in grouped(rows, lambda row: row["name"]).items():
        cells = {(row["width"], row["height"], row["nodes"]): row for row in group}
        each = [
            time(cells[size], scale if same_picture else scale * size[0] * size[1])
            if size in cells
            else ""
            for size in by_size
        ]
        lines.append([f"**{name}**" if name.startswith(OURS) else name, *each])
    return grid(lines)


def prepare_table(rows: list[Row]) -> str:
    lines = [["from nodes to a table, 33^3", "us, minimum (median)"]]
    return grid([*lines, *([row["name"], time(row)] for row in rows)])
