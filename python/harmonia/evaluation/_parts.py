"""Rows on disk: a CSV file for each shard of each candidate, and what they are rows of.

results/run.json                 the plan: what must be equal for rows to stand side by side
results/rows/LABEL.json          what is measured under that label
results/rows/LABEL/00000.csv     number, name, subset, foreground, and the metrics

A file is there whole or not at all. Numbers are written so that they read back to the bit.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from harmonia import _atomic, _json
from harmonia.evaluation._plan import Plan, Row

RUN = "run.json"
ROWS = "rows"
FIXED = ("number", "name", "subset", "foreground")
ANOTHER = "choose another output folder"

# What differs, where the value itself says nothing to a reader.
IN_WORDS = {
    "list": "other samples of the dataset",
    "protocol_says": "another definition of the protocol",
    "options": "other options or weights",
}
FREE = ("choice",)  # in words what "list" says to the bit


class OtherRun(ValueError):
    """A folder holds the results of another evaluation."""


def begin(folder: Path, plan: Plan) -> None:
    """Make the folder that of a plan, or see that it is."""
    (folder / ROWS).mkdir(parents=True, exist_ok=True)
    begun = any((folder / ROWS).glob("*/*.csv"))
    _same(folder / RUN, plan.identity(), begun, f"{folder} holds an evaluation", ANOTHER)
    for candidate in plan.candidates:
        rows = folder / ROWS / candidate.label
        rows.mkdir(exist_ok=True)
        begun = any(rows.glob("*.csv"))
        before = f"{folder} holds results of {candidate.label!r}"
        cure = f"give it another label, as in {candidate.label}2=..., or {ANOTHER}"
        _same(rows.with_name(f"{candidate.label}.json"), candidate.identity(), begun, before, cure)


def said_of_run(folder: Path) -> dict[str, Any]:
    """What the plan was, of which a folder holds results."""
    path = folder / RUN
    try:
        said = _json.read(path)
    except FileNotFoundError:
        raise FileNotFoundError(f"{folder} holds no evaluation: it has no {RUN}") from None
    except ValueError:
        said = {}
    if not _is_plan(said):
        raise OtherRun(f"{path} is damaged; {ANOTHER}, or remove this one")
    return said


def _is_plan(said: Any) -> bool:
    """Whether it says what `Plan.identity` does."""
    kinds: dict[str, type] = {"samples": int, "shard_size": int, "metrics": list}
    kinds |= dict.fromkeys(("dataset", "protocol", "protocol_says"), str)
    return (
        isinstance(said, dict)
        and all(isinstance(said.get(name), kind) for name, kind in kinds.items())
        and all(isinstance(name, str) for name in said["metrics"])
        and said["shard_size"] > 0
        and "size" in said
    )


def labels(folder: Path) -> tuple[str, ...]:
    """Those that a folder has been asked for, in the order of their names."""
    found = (folder / ROWS).glob("*.json")
    return tuple(sorted(path.name.removesuffix(".json") for path in found))


def missing(folder: Path, labels: Sequence[str], shards: int) -> dict[int, list[int]]:
    """The labels, by number, that each shard still lacks; finished shards are left out."""
    there = [{path.stem for path in (folder / ROWS / label).glob("*.csv")} for label in labels]
    found = {}
    for shard in range(shards):
        lacking = [number for number, names in enumerate(there) if f"{shard:05}" not in names]
        if lacking:
            found[shard] = lacking
    return found


def write(
    folder: Path, label: str, shard: int, metrics: Sequence[str], rows: Sequence[Row]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*FIXED, *metrics])
    for row in sorted(rows):
        fixed = (row.number, row.name, row.subset, repr(row.foreground))
        writer.writerow([*fixed, *map(repr, row.values)])
    _atomic.write(path_of(folder, label, shard), text.getvalue().encode())


def read(folder: Path, label: str, shard: int, metrics: Sequence[str]) -> Iterator[Row]:
    """The rows of a shard, in order; none where it is missing."""
    path = path_of(folder, label, shard)
    try:
        file = path.open(newline="", encoding="utf-8")
    except FileNotFoundError:
        return
    with file:
        lines = _lines(file, path)
        head = next(lines, [])
        if head != [*FIXED, *metrics]:
            raise OtherRun(f"{path} has the columns {', '.join(head)}; remove it, and run again")
        for line in lines:
            yield _row(line, len(head), path)


def path_of(folder: Path, label: str, shard: int) -> Path:
    return folder / ROWS / label / f"{shard:05}.csv"


def _lines(file: TextIO, path: Path) -> Iterator[list[str]]:
    try:
        yield from csv.reader(file)
    except (csv.Error, UnicodeDecodeError) as error:
        raise OtherRun(f"{path} is damaged ({error}); remove it, and run again") from None


def _row(line: list[str], columns: int, path: Path) -> Row:
    try:
        number, name, subset, foreground, *values = line
        row = Row(int(number), name, subset, float(foreground), tuple(map(float, values)))
    except ValueError:
        row = None
    if row is None or len(line) != columns:
        raise OtherRun(f"{path} is damaged at {','.join(line)!r}; remove it, and run again")
    return row


def _same(path: Path, said: dict[str, Any], begun: bool, before: str, cure: str) -> None:
    """See that a file says so. Where no rows stand for what it says, it may be written."""
    try:
        there = _json.read(path)
    except (FileNotFoundError, ValueError) as error:
        if begun:
            raise OtherRun(f"{before}, but {path} does not say of what ({error}); {cure}") from None
        there = None
    if not begun:
        if there != said:
            text = json.dumps(said, indent=2, default=str)
            _atomic.write(path, f"{text}\n".encode())
    elif difference := _difference(there, said):
        raise OtherRun(f"{before} of {difference}; {cure}")


def _difference(there: Any, said: dict[str, Any]) -> str:
    """The first in which they differ, in words; "" where they say the same."""
    known = there if isinstance(there, dict) else {}
    for name in (*said, *known):
        if name not in FREE and known.get(name) != said.get(name):
            now = f"{name.replace('_', ' ')} {known.get(name)!r}, not {said.get(name)!r}"
            return IN_WORDS.get(name, now)
    return ""
