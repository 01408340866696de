"""What has become of every task of a set so far: a file that grows by a line a task.

{"settings": {...}, "folders": ["HCOCO/composite_images", ...]}
{"subset": "HCOCO", "name": "c1_2_1", "row": {...}, "sizes": [9, 9, 9], "digests": [8, 8]}
{"subset": "HCOCO", "name": "c1_2_2", "reasons": ["filter hue", "filter hue"]}
{"lists": ["IHD_train.txt"]}

A line comes after the files that it tells of. The system has it as soon as it is written, so that a
process may be killed at any moment. The disk has it when the system sees fit: after a power cut the
last lines may be missing, and their tasks are done again.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from harmonia import _atomic, _json
from harmonia.synthesis._set_files import Written

NAME = ".harmonia-synthesis.jsonl"
LOCK = ".harmonia-synthesis.lock"

Key = tuple[str, str]  # subset and name of a task


@dataclass(frozen=True, slots=True)
class Done:
    """A composite that is there: its row of the manifest as JSON, and its files."""

    row: str
    written: Written


@dataclass(frozen=True, slots=True)
class Missed:
    """A task that gave no composite."""

    reasons: tuple[str, ...]


@dataclass
class Record:
    """What a journal says."""

    settings: dict[str, Any]
    folders: list[str] = field(default_factory=list)  # of pictures
    tasks: dict[Key, Done | Missed] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    length: int = 0  # bytes, without a last line that was not written to its end


def read(root: Path) -> Record | None:
    """None where there is none."""
    path = root / NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    record: Record | None = None
    length = 0
    for line in data.splitlines(keepends=True):
        try:
            said = _json.parse(line)
            if record is None:
                record = Record(dict(said["settings"]), list(said["folders"]))
            elif not line.endswith(b"\n"):
                break
            elif "lists" in said:
                record.lists = list(said["lists"])
            else:
                record.tasks[said["subset"], said["name"]] = _parsed(said)
        except (ValueError, KeyError, TypeError, OverflowError):
            break  # what follows is no older
        length += len(line)
    if record is None:
        raise ValueError(
            f"{path} is no journal of a synthesis; choose another folder, or remove it"
        )
    record.length = length
    return record


def write(root: Path, record: Record) -> None:
    """Put a journal there anew."""
    head = {"settings": record.settings, "folders": record.folders}
    lines = [json.dumps(head, ensure_ascii=False) + "\n"]
    lines += [line(key, state) for key, state in record.tasks.items()]
    if record.lists:
        lines.append(json.dumps({"lists": record.lists}, ensure_ascii=False) + "\n")
    _atomic.write(root / NAME, "".join(lines).encode())


def line(key: Key, state: Done | Missed) -> str:
    start = {"subset": key[0], "name": key[1]}
    if isinstance(state, Missed):
        return json.dumps(start | {"reasons": state.reasons}, ensure_ascii=False) + "\n"
    files = {"sizes": state.written.sizes, "digests": state.written.digests}
    head, tail = (json.dumps(part, ensure_ascii=False) for part in (start, files))
    return f'{head[:-1]}, "row": {state.row}, {tail[1:]}\n'


class Appender:
    """A journal that is open to be continued, from the end of its last whole line."""

    def __init__(self, root: Path, length: int | None = None) -> None:
        self._descriptor = os.open(root / NAME, os.O_RDWR | getattr(os, "O_BINARY", 0))
        if length is not None:
            os.ftruncate(self._descriptor, length)
        os.lseek(self._descriptor, 0, os.SEEK_END)

    def __enter__(self) -> "Appender":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    def add(self, key: Key, state: Done | Missed) -> None:
        self._append(line(key, state))

    def add_lists(self, names: Iterable[str]) -> None:
        self._append(json.dumps({"lists": list(names)}, ensure_ascii=False) + "\n")

    def _append(self, text: str) -> None:
        data = memoryview(text.encode())
        while data:
            data = data[os.write(self._descriptor, data) :]


def _parsed(said: Mapping[str, Any]) -> Done | Missed:
    if "reasons" in said:
        return Missed(tuple(map(str, said["reasons"])))
    composite, mask, real = map(int, said["sizes"])
    of_mask, of_real = map(int, said["digests"])
    row = json.dumps(said["row"], ensure_ascii=False)
    return Done(row, Written((composite, mask, real), (of_mask, of_real)))
