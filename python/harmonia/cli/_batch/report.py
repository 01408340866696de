"""A row for every picture of a run, as CSV or JSON lines."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from harmonia import _atomic

SUFFIXES = (".csv", ".jsonl")


class Row(NamedTuple):
    image: str
    output: str
    status: str  # written, failed, skipped or left
    seconds: float | None = None
    foreground: float | None = None
    notes: tuple[str, ...] = ()
    error: str = ""


def check(path: Path) -> None:
    """Refuse a name that says no format, and to replace what is no report."""
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"--report {path}: the name must end in {' or '.join(SUFFIXES)}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"--report {path}: there is no folder {path.parent}")
    if path.exists():
        with path.open("rb") as file:
            start = file.read(200)
        if start and not start.startswith((_csv([]).strip(), b'{"image": ')):
            raise FileExistsError(f"--report {path} is there already, and is no report of a batch")


def write(path: Path, rows: Iterable[Row]) -> None:
    _atomic.write(path, (_csv if path.suffix.lower() == ".csv" else _json_lines)(rows))


def _csv(rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Row._fields)
    for row in rows:
        writer.writerow({**row._asdict(), "notes": "; ".join(row.notes)}.values())
    return text.getvalue().encode()


def _json_lines(rows: Iterable[Row]) -> bytes:
    return "".join(json.dumps(row._asdict(), ensure_ascii=False) + "\n" for row in rows).encode()
