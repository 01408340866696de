"""What one should know of finished pictures before their numbers stand in a table."""

import warnings
from collections.abc import Iterator
from pathlib import Path

from harmonia.evaluation._candidates import Candidate
from harmonia.evaluation._finished import Finished, is_lossy
from harmonia.evaluation._plan import Plan
from harmonia.io.headers import size_of


class EvaluationWarning(UserWarning):
    """What may make numbers worse than the method is."""


def warn(plan: Plan) -> None:
    """What a run begins with, whatever carries it out; the warning is of the caller's caller."""
    for remark in remarks(plan):
        warnings.warn(remark, EvaluationWarning, stacklevel=3)


def remarks(plan: Plan) -> Iterator[str]:
    """A sentence each. A folder that has a picture for no sample is an error."""
    for candidate in plan.candidates:
        if candidate.folder is not None:
            yield from _of_folder(plan, candidate, candidate.folder)


def _of_folder(plan: Plan, candidate: Candidate, folder: Path) -> Iterator[str]:
    finished = Finished(folder)
    lossy = found = 0
    missing: list[str] = []
    first: tuple[Path, Path] | None = None
    for entry in plan.dataset.entries():
        path = finished.find(entry.name)
        if path is None:
            missing.append(entry.name)
            continue
        found += 1
        lossy += is_lossy(path)
        first = first or (path, entry.composite)
    total = len(plan.dataset)
    if first is None:
        raise FileNotFoundError(
            f"evaluation: {candidate.label}={folder} has a picture for none of {total} samples, "
            f"and holds {len(finished) or 'none'}; they must be called as the composites, such as "
            f"{missing[0]}.png or {missing[0]}_harmonized.png"
        )
    if missing:
        yield (
            f"{candidate.label}: {folder} has no picture of {len(missing)} of {total} samples, "
            f"such as {missing[0]}; shards that they are of stay out"
        )
    if lossy:
        yield (
            f"{candidate.label}: {lossy} of {found} pictures are JPEG or AVIF, which costs score: "
            "about 2 of MSE in quality 100, 7 in quality 90; PNG costs nothing"
        )
    sizes = [size_of(path) for path in first]
    if plan.size == "native" and None not in sizes and sizes[0] != sizes[1]:
        (height, width), (tall, wide) = (size or (0, 0) for size in sizes)
        yield (
            f"{candidate.label}: {first[0].name} is {width} x {height}, its composite {wide} x "
            f"{tall}; pictures of another size are resized, by the bicubic filter"
        )
