"""What an output folder holds, so that a run can go on where one ended, and never mixes two."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harmonia import _atomic, _json
from harmonia.cli._batch.jobs import Job

NAME = ".harmonia-batch.json"
LOCK = ".harmonia-batch.lock"


@dataclass
class Record:
    """The settings of the runs that wrote to a folder, and of what each output was to be made."""

    settings: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)  # name: digest of its job


def read(folder: Path) -> Record:
    path = folder / NAME
    try:
        data = _json.read(path)
        return Record(dict(data["settings"]), dict(data["outputs"]))
    except FileNotFoundError:
        return Record()
    except (ValueError, KeyError, TypeError):
        raise ValueError(
            f"{path} is no record of a batch; choose another folder with -o, or remove it"
        ) from None


def write(folder: Path, record: Record) -> None:
    text = json.dumps({"settings": record.settings, "outputs": record.outputs}, indent=0)
    _atomic.write(folder / NAME, text.encode())


def digest(job: Job) -> str:
    """What tells jobs of one output apart."""
    named = (job.image, job.mask, job.reference, job.reference_mask)
    files = [name and os.fspath(Path(name).absolute()) for name in named]
    said = [*files, job.method, job.strength, job.options]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=repr).encode()).hexdigest()[:16]


def plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as they come back from a record."""
    found: dict[str, Any] = json.loads(json.dumps(settings, default=repr))
    return found


def left_to_do(
    folder: Path, jobs: Iterable[Job], settings: dict[str, Any], *, shared: Iterable[str] = ()
) -> list[Job]:
    """The jobs whose output is not there, or is older than a file that it is made of.

    Outputs that were made otherwise are refused. `shared` are files that all jobs are made of.
    """
    record = read(folder)
    if record.settings and record.settings != settings:
        first = next((name for name in record.outputs if (folder / name).exists()), None)
        if first is not None:
            differs = _differs(record.settings, settings)
            raise ValueError(f"{folder / first} was made with {differs}; {CURE}")
        record = Record()
    newest = max((_changed(name) for name in shared), default=0)
    left = []
    for job in jobs:
        made = _changed(folder / job.output)
        if not made:
            left.append(job)
        elif job.output not in record.outputs:
            raise ValueError(
                f"{folder / job.output} is there already, and no batch made it; {CURE}"
            )
        elif record.outputs[job.output] != digest(job):
            raise ValueError(
                f"{folder / job.output} was made of other files or settings than {job.image} has "
                f"now; {CURE}"
            )
        elif max(newest, *map(_changed, job.inputs)) > made:
            left.append(job)
    return left


CURE = "choose another folder with -o, or pass --overwrite to make all anew"


def start_over(folder: Path, jobs: Iterable[Job]) -> None:
    """Take the outputs of these jobs away, so that none can pass for one of the next run."""
    record = read_if_whole(folder)
    there = [job.output for job in jobs if (folder / job.output).exists()]
    if not there:
        return
    for name in there:
        record.outputs.pop(name, None)
    write(folder, record)  # from here on, those that are there still are nobody's
    for name in there:
        (folder / name).unlink(missing_ok=True)


def read_if_whole(folder: Path) -> Record:
    try:
        return read(folder)
    except ValueError:
        return Record()


def begin(folder: Path, jobs: Iterable[Job], settings: dict[str, Any]) -> None:
    """Write down what is going to be made, before any of it is."""
    before = read_if_whole(folder)
    outputs = before.outputs if before.settings == settings else {}
    outputs.update((job.output, digest(job)) for job in jobs)
    write(folder, Record(settings, outputs))


def sweep(folder: Path, jobs: Iterable[Job]) -> None:
    """Remove what killed runs left of files that they were writing."""
    names: dict[Path, set[str]] = {folder: {NAME}}
    for job in jobs:
        target = folder / job.output
        names.setdefault(target.parent, set()).add(target.name)
    for parent, there in names.items():
        _atomic.remove_unfinished(parent, there)


def _changed(name: str | Path) -> int:
    """When a file was written last, in nanoseconds; 0 where there is none."""
    try:
        return Path(name).stat().st_mtime_ns
    except OSError:
        return 0


def _differs(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    for key in sorted({*before, *now}):
        if before.get(key) != now.get(key):
            return f"{key.replace('_', ' ')} {before.get(key)!r} and not {now.get(key)!r}"
    return "other settings"
