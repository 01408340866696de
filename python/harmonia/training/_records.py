"""The tables of a run: rows are added, and those after the step that a run goes on from removed."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harmonia import _atomic


class Table:
    """A CSV file with a column "step" first; columns are those of its first row.

    Numbers are written with all their digits, so that equal runs have equal files.
    """

    def __init__(self, path: Path, *, since: int) -> None:
        self._path = path
        self._names: list[str] | None = None
        rows = read(path)
        if rows:
            self._names = list(rows[0])
            kept = [row for row in rows if int(row["step"]) <= since]
            _atomic.write(path, "".join(map(self._line, [_named(self._names), *kept])).encode())
        else:  # a row that was cut off, perhaps below its names
            path.unlink(missing_ok=True)

    def add(self, row: Mapping[str, Any]) -> None:
        text = ""
        if self._names is None:
            self._names = list(row)
            text = self._line(_named(self._names))
        with self._path.open("a", encoding="utf-8", newline="") as file:
            file.write(text + self._line(row))

    def _line(self, row: Mapping[str, Any]) -> str:
        line = io.StringIO()
        names = self._names or []
        csv.writer(line, lineterminator="\n").writerow([row[name] for name in names])
        return line.getvalue()


def read(path: Path) -> list[dict[str, str]]:
    """The whole rows of a table; one that was cut off while it was written does not count."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is no table of a run: {error}") from None
    whole = text[: text.rfind("\n") + 1]
    try:
        return list(csv.DictReader(io.StringIO(whole)))
    except csv.Error as error:
        raise ValueError(f"{path}: is no table of a run: {error}") from None


def _named(names: list[str]) -> dict[str, str]:
    return dict(zip(names, names, strict=True))
