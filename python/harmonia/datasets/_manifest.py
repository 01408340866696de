"""Manifests: a row a sample, in CSV with a header or as an object of JSON a line."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harmonia import _json
from harmonia.datasets._lists import numbered_lines
from harmonia.datasets._triplets import line_of

NEEDED = ("composite", "mask")
KNOWN = (*NEEDED, "real", "name", "subset")

Row = tuple[int, dict[str, Any]]  # the number of its line, and what stands in its columns


def lines_in(path: Path) -> list[str]:
    """The samples of a manifest as lines, in its order; paths in it are relative to its folder.

    Its columns are composite, mask and, where wanted, real, name and subset; what stands in others
    is extra.
    """
    if path.suffix.lower() in (".csv", ".tsv"):
        rows = _csv_rows(path)
    elif path.suffix.lower() in (".jsonl", ".ndjson"):
        rows = _json_rows(path)
    else:
        raise ValueError(f"{path}: a manifest must be a .csv, .tsv or .jsonl file")
    lines: list[str] = []
    at: dict[str, int] = {}
    for number, row in rows:
        name, line = _line(path, number, row)
        if name in at:
            raise ValueError(f"{path}, line {number}: {name!r} is the name of line {at[name]} too")
        at[name] = number
        lines.append(line)
    if not lines:
        raise ValueError(f"{path}: holds no samples")
    return lines


def _line(path: Path, number: int, row: dict[str, Any]) -> tuple[str, str]:
    for column, value in row.items():
        if column in KNOWN and value is not None and not isinstance(value, str):
            raise ValueError(f"{path}, line {number}: {column} must be text, is {value!r}")
    for column in NEEDED:
        if not row.get(column):
            raise ValueError(f"{path}, line {number}: has no {column}")
    composite, mask, real = (str(row.get(c) or "").replace("\\", "/") for c in KNOWN[:3])
    for column, file in zip(KNOWN[:3], (composite, mask, real), strict=True):
        if file and Path(file).name in ("", ".."):
            raise ValueError(f"{path}, line {number}: {column} must name a file, is {file!r}")
    name = row.get("name") or Path(composite).with_suffix("").as_posix()
    extras = {column: value for column, value in row.items() if column not in KNOWN}
    return name, line_of(name, composite, mask, real or None, row.get("subset") or "", extras)


def _csv_rows(path: Path) -> Iterator[Row]:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file, delimiter=delimiter, strict=True)
            columns = rows.fieldnames or []
            missing = [column for column in NEEDED if column not in columns]
            if missing:
                raise ValueError(
                    f"{path}: has no column {' nor '.join(missing)}; its columns are "
                    f"{', '.join(columns) or 'none'}"
                )
            for row in rows:
                if None in row or None in row.values():
                    raise ValueError(
                        f"{path}, line {rows.line_num}: has not as many fields as the header"
                    )
                yield rows.line_num, {c: value.strip() for c, value in row.items()}
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: a manifest must be UTF-8 text ({error.reason})") from None
    except csv.Error as error:
        raise ValueError(f"{path}: is no CSV ({error})") from None


def _json_rows(path: Path) -> Iterator[Row]:
    for number, line in numbered_lines(path):
        try:
            row = _json.parse(line)
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: is no JSON ({error})") from None
        if not isinstance(row, dict):
            raise ValueError(f"{path}, line {number}: must be an object, {{...}}")
        yield number, row
