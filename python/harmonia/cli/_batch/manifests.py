"""Manifests: CSV or JSON lines that name pictures, masks and what is particular to each."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harmonia import _json
from harmonia.cli._arguments import option
from harmonia.cli._batch.jobs import Job, with_suffix

SUFFIXES = (".csv", ".jsonl")
FILES = ("mask", "reference", "reference_mask")
COLUMNS = ("image", "composite", "output", "method", "strength", "options", *FILES)


def jobs(path: Path, *, mask: str | None = None, suffix: str | None = None) -> list[Job]:
    """The rows of a manifest, whose paths are relative to it. `mask` is for rows without one."""
    rows = _csv(path) if path.suffix.lower() == ".csv" else _json_lines(path)
    found = [_job(row, path, place, mask, suffix) for place, row in rows]
    if not found:
        raise ValueError(f"{path} names no pictures")
    return found


def _csv(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="", strict=True)
        try:
            for row in reader:
                place = f"{path}, line {reader.line_num}"
                if "" in row:
                    raise ValueError(f"{place}: has more cells than the first line has columns")
                cells = {key: value.strip() for key, value in row.items() if value}
                yield place, {key: value for key, value in cells.items() if value}
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"{path}, line {reader.line_num}: is no CSV: {error}") from None


def _json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is no UTF-8: {error}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            row = _json.parse(line)
        except ValueError as error:
            raise ValueError(f"{place}: is no JSON: {error}") from None
        if not isinstance(row, dict):
            raise ValueError(f'{place}: must be an object such as {{"image": ...}}, got {line}')
        yield place, {key: value for key, value in row.items() if value not in (None, "")}


def _job(row: dict[str, Any], path: Path, place: str, mask: str | None, suffix: str | None) -> Job:
    unknown = [str(key) for key in row if key not in COLUMNS]
    if unknown:
        raise ValueError(
            f"{place}: unknown column {unknown[0]!r}; the columns are {', '.join(COLUMNS)}"
        )
    if "image" in row and "composite" in row:
        raise ValueError(f"{place}: image and composite are two names of one column; leave one")
    for name in ("image", "composite", "output", "method", *FILES):
        if not isinstance(row.get(name, ""), str):
            raise ValueError(f"{place}: {name} must be text, got {row[name]!r}")
    image = row.get("image", row.get("composite"))
    if image is None:
        raise ValueError(f"{place}: names no image")
    if Path(os.path.normpath(image)).name in ("", os.pardir):
        raise ValueError(f"{place}: image must name a file, got {image!r}")
    named = {name: _file(path, row[name]) for name in FILES if name in row}
    if "mask" not in named and mask is None:
        raise ValueError(f"{place}: names no mask; add one, or pass --mask FILE for all")
    if "reference_mask" in named and "reference" not in named:
        raise ValueError(f"{place}: reference_mask needs a reference; name one as well")
    return Job(
        image=_file(path, image),
        output=row["output"] if "output" in row else with_suffix(_name(image), suffix),
        mask=named.pop("mask", mask or ""),
        method=row.get("method"),
        strength=_strength(row["strength"], place) if "strength" in row else None,
        options=_options(row["options"], place) if "options" in row else None,
        **named,
    )


def _file(path: Path, name: str) -> str:
    return os.path.normpath(path.parent / name)


def _name(image: str) -> str:
    """What an output is called whose row does not say: as its picture, if that lies below."""
    name = os.path.normpath(image)
    outside = Path(name).is_absolute() or Path(name).parts[0] == os.pardir
    return Path(name).name if outside else name


def _strength(value: Any, place: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError(f"{place}: strength must be a number from 0 to 1, got {value!r}")
    return number


def _options(value: Any, place: str) -> dict[str, Any]:
    """An object, or the text of one, or NAME=VALUE with semicolons between several."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = _json.parse(value)
        except ValueError as error:
            raise ValueError(f"{place}: options are no JSON: {error}") from None
    if isinstance(value, dict):
        return value
    try:
        return dict(option(part.strip()) for part in value.split(";"))
    except Exception:
        raise ValueError(
            f"{place}: options must be NAME=VALUE, with ; between several, got {value!r}"
        ) from None
