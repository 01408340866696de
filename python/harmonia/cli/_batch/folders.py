"""The jobs of a folder: its pictures, each with its mask."""

import os
from pathlib import Path

from harmonia._image_files import SUFFIXES
from harmonia._pairs import files, paired
from harmonia.cli._batch.jobs import Job, with_suffix


def jobs(
    source: Path,
    *,
    mask: str | None = None,
    masks: str | None = None,
    leave_out: Path,
    suffix: str | None = None,
) -> tuple[list[Job], list[str]]:
    """The pictures of a folder in the order of their names, and the masks that no picture has.

    `mask` is one for all, `masks` a folder of them; `leave_out` is the folder to write to.
    """
    if masks is not None and not Path(masks).is_dir():
        raise NotADirectoryError(f"--masks {masks}: there is no such folder")
    if mask is not None and masks is None:
        one = Path(mask).absolute()
        names = (name for name in files(source, leave_out) if (source / name).absolute() != one)
        pairs = [(source, name, mask, "") for name in names]
        unused: list[str] = []
        if not pairs:
            raise FileNotFoundError(f"{source} holds no pictures ({', '.join(SUFFIXES)})")
    else:
        folder = None if masks is None else Path(masks)
        pairs, unused = paired(source, masks=folder, leave_out=leave_out)
    return [
        Job(os.fspath(root / name), mask, with_suffix(name, suffix), problem)
        for root, name, mask, problem in pairs
    ], unused
