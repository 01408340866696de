"""Take rejected samples out of a set, and put those back that are kept after all."""

import os
from dataclasses import dataclass
from pathlib import Path

from harmonia import _atomic, _folder_lock
from harmonia.synthesis import _journal
from harmonia.synthesis._review import decisions
from harmonia.synthesis._review.texts import (
    REJECTED,
    Member,
    members,
    name_in,
    texts,
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a set.

    Attributes
    ----------
    kept, rejected, undecided
        All samples of the set, by what has been decided; undecided ones stay in it.
    removed, restored
        How many of them this call took out, and put back.
    """

    kept: int
    rejected: int
    undecided: int
    removed: int
    restored: int


def apply_decisions(
    root: str | os.PathLike[str], file: str | os.PathLike[str], *, require_all: bool = False
) -> Applied:
    """Take the samples that a CSV file rejects out of a set, and put back those that it keeps.

    Their files go to the folder `rejected` of the set, the masks and reals that no other sample
    needs among them, and their lines leave the manifest and the lists. A sample that the file does
    not name stays where it is. The same call again changes nothing; after one that was killed it
    finishes the work, and at no moment does a list name a file that is not there.

    Parameters
    ----------
    root
        A set in iHarmony4's layout.
    file
        What the review page exports: the columns name, decision (keep or reject) and note.
    require_all
        Whether it is an error that samples which are not rejected yet have no decision.

    >>> _ = harmonia.synthesis.synthesize("random", photos, folder / "made")
    >>> _ = (folder / "decisions.csv").write_text("name,decision\\n")
    >>> harmonia.synthesis.apply_decisions(folder / "made", folder / "decisions.csv").undecided
    1
    """
    folder = Path(root)
    texts(folder)  # says what is wrong with the folder before a lock is put there
    with _folder_lock.locked(folder / _journal.LOCK):
        return _apply(folder, Path(file), require_all=require_all)


def _apply(root: Path, file: Path, *, require_all: bool) -> Applied:
    made = texts(root)
    samples = members(root, made)
    chosen = decisions.read(file, {sample.name for sample in samples})
    out = {sample.name for sample in samples if _is_out(root, sample)}
    left = [one.name for one in samples if one.name not in chosen and one.name not in out]
    if require_all and left:
        raise ValueError(
            f"{file}: {len(left)} of {len(samples)} samples have no decision, {left[0]} first"
        )
    gone = {name for name, kept in chosen.items() if not kept} | (out - chosen.keys())
    _move(root, made, samples, gone)
    return Applied(
        kept=sum(chosen.values()),
        rejected=len(gone),
        undecided=len(left),
        removed=len(gone - out),
        restored=len(out - gone),
    )


def _is_out(root: Path, sample: Member) -> bool:
    return not (root / sample.files[0]).is_file()


def _move(root: Path, made: dict[str, list[str]], samples: list[Member], gone: set[str]) -> None:
    """In an order that can be stopped anywhere: copies, files back, texts, files away."""
    for name, lines in made.items():
        _write(root / REJECTED / name, lines)
    needed = {file for one in samples if one.name not in gone for file in one.files}
    for name in sorted(needed):
        if not (root / name).is_file() and (root / REJECTED / name).is_file():
            _rename(root / REJECTED / name, root / name)
    there = {one.name for one in samples} - gone
    for text, lines in made.items():
        _write(root / text, [line for line in lines if name_in(text, line) in there])
    for name in sorted({file for one in samples for file in one.files} - needed):
        if (root / name).is_file():
            _rename(root / name, root / REJECTED / name)


def _write(path: Path, lines: list[str]) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    _atomic.write(path, data)


def _rename(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
