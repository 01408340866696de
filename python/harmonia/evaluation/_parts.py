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
from typing import Any

from harmonia import _atomic
from harmonia.evaluation._plan import Plan, Row

RUN = "run.json"
FIXED = ("number", "name", "subset", "foreground")


class OtherRun(ValueError):
    """A folder holds the results of another evaluation."""


def begin(folder: Path, plan: Plan) -> None:
    """Make the folder that of a plan, or see that it is."""
    folder.mkdir(parents=True, exist_ok=True)
    _same(folder / RUN, plan.identity(), f"{folder} holds an evaluation of")
    for candidate in plan.candidates:
        (folder / "rows" / candidate.label).mkdir(parents=True, exist_ok=True)
        path = folder / "rows" / f"{candidate.label}.json"
        _same(path, candidate.identity(), f"{folder} holds, as {candidate.label!r}, results of")


def missing(folder: Path, labels: Sequence[str], shards: int) -> dict[int, list[int]]:
    """The labels, by number, that each shard still lacks; finished shards are left out."""
    there = [{path.stem for path in (folder / "rows" / label).glob("*.csv")} for label in labels]
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


def read(folder: Path, label: str, metrics: Sequence[str]) -> Iterator[Row]:
    """All rows of a candidate, in order."""
    for path in sorted((folder / "rows" / label).glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            lines = csv.reader(file)
            head = next(lines, [])
            if head != [*FIXED, *metrics]:
                raise ValueError(
                    f"{path} has the columns {', '.join(head)}; remove it, and run again"
                )
            for number, name, subset, foreground, *values in lines:
                yield Row(int(number), name, subset, float(foreground), tuple(map(float, values)))


def path_of(folder: Path, label: str, shard: int) -> Path:
    return folder / "rows" / label / f"{shard:05}.csv"


def _same(path: Path, said: dict[str, Any], before: str) -> None:
    try:
        there = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        _atomic.write(path, (json.dumps(said, indent=2) + "\n").encode())
        return
    except ValueError:
        raise OtherRun(f"{path} is damaged; remove it and the rows beside it") from None
    differing = [name for name in said if there.get(name) != said[name]]
    if differing:
        name = differing[0]
        raise OtherRun(
            f"{before} another {name} ({there.get(name)!r}, now {said[name]!r}); choose another "
            "output folder, or another label"
        )
