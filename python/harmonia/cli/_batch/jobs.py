"""One picture of a batch: its files and what is particular to it."""

import functools
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """Paths as text, since there may be very many; None is what the whole run has."""

    image: str
    mask: str
    output: str  # within the output folder
    problem: str = ""  # why it cannot be done
    method: str | None = None
    strength: float | None = None
    options: dict[str, Any] | None = None
    reference: str | None = None
    reference_mask: str | None = None

    @property
    def inputs(self) -> list[str]:
        named = (self.image, self.mask, self.reference, self.reference_mask)
        return [name for name in named if name]


def with_suffix(output: str, suffix: str | None) -> str:
    if suffix is None:
        return output
    return Path(output).with_suffix(suffix).as_posix()


def check_outputs(jobs: Iterable[Job], folder: Path) -> None:
    """Refuse two outputs of one name, those outside the folder, and those that replace inputs."""
    root = os.path.realpath(folder)
    taken: dict[str, Job] = {}
    inputs: set[str] = set()
    for job in jobs:
        inputs.update(job.inputs)
        target = os.path.normpath(job.output)
        first = taken.setdefault(os.path.normcase(target), job)
        if first is not job:
            raise ValueError(
                f"{first.image} and {job.image} would both be written to {folder / job.output}; "
                "name their outputs in a manifest"
            )
    parents = {Path(target).parent: job for target, job in taken.items()}
    for parent, job in parents.items():
        there = Path(os.path.realpath(Path(root, parent)))
        if parent.is_absolute() or not there.is_relative_to(root):
            raise ValueError(
                f"{job.image}: the output {job.output} would lie outside {folder}; "
                "outputs are names within it"
            )
    real = functools.cache(os.path.realpath)  # of folders: there are fewer of them than files

    def place(path: str) -> tuple[str, str]:
        folder, name = os.path.split(path)
        return real(folder), name

    read = set(map(place, inputs))
    for target, job in taken.items():
        if place(f"{root}{os.sep}{target}") in read:
            raise ValueError(
                f"{folder / job.output} would replace a picture or mask that is read; "
                "choose another folder with -o"
            )


def chosen(jobs: list[Job], frame: str, source: Path) -> Job:
    """The job that a file name, or else a number from 0, names."""
    wanted = os.path.normpath(frame)
    root = source if source.is_dir() else source.parent
    for rank in range(3):
        found = [job for job in jobs if wanted in _names(Path(job.image), root)[rank]]
        if len(found) > 1:
            raise ValueError(
                f"--fit {frame}: {found[0].image} and {found[1].image} are both called so; "
                "name more of the path"
            )
        if found:
            return found[0]
    if frame.isascii() and frame.isdigit() and int(frame) < len(jobs):
        return jobs[int(frame)]
    raise ValueError(
        f"--fit {frame}: no picture of {source} is called so, and they are numbered from 0 to "
        f"{len(jobs) - 1}; the first is {jobs[0].image}"
    )


def _names(path: Path, root: Path) -> tuple[tuple[str, ...], ...]:
    """What one may call a picture, the most exact first."""
    below = Path(os.path.relpath(path, root))
    return (
        (os.path.normpath(path), os.fspath(below)),
        (os.fspath(below.with_suffix("")), path.name),
        (path.stem,),
    )
