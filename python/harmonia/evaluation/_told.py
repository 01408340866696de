"""What becomes of samples in other processes, on its way back as text."""

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

from harmonia.evaluation._plan import Row
from harmonia.evaluation._shards import Found

_KINDS = (ValueError, TypeError, ImportError, MemoryError, OSError, RuntimeError)


def told(samples: Iterable[tuple[int, Found]]) -> str:
    """As JSON, in which a float is itself to the bit."""
    return json.dumps(list(map(_told, samples)))


def parsed(text: str) -> Iterator[tuple[int, Found]]:
    """The samples again."""
    for index, failed, rows in json.loads(text):
        if failed:
            yield index, _error_of(failed)
            continue
        found: dict[int, Row | Exception] = {}
        for number, error, row in rows:
            if error:
                found[number] = _error_of(error)
            else:
                found[number] = Row._make([*row[:4], tuple(row[4])])
        yield index, found


def _told(sample: tuple[int, Found]) -> list[Any]:
    index, found = sample
    if isinstance(found, Exception):
        return [index, _error_told(found), []]
    rows = [
        [number, _error_told(row), None] if isinstance(row, Exception) else [number, None, row]
        for number, row in found.items()
    ]
    return [index, None, rows]


def _error_told(error: Exception) -> dict[str, Any]:
    said: dict[str, Any] = {"said": str(error), "system": None, "kind": None}
    if isinstance(error, OSError) and error.strerror:
        name = None if error.filename is None else os.fsdecode(error.filename)
        said["system"] = [error.errno, error.strerror, name]
    kinds = [number for number, kind in enumerate(_KINDS) if isinstance(error, kind)]
    if kinds:
        said["kind"] = kinds[0]
    else:
        said["said"] = f"{type(error).__name__}: {error}"
    return said


def _error_of(told: dict[str, Any]) -> Exception:
    """The same, or what it is a kind of among those that a sentence makes."""
    if told["system"]:
        return OSError(*told["system"])
    error: Exception = (RuntimeError if told["kind"] is None else _KINDS[told["kind"]])(
        told["said"]
    )
    return error
