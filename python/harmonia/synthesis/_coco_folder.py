"""Where COCO's files of annotations and images lie, as they come out of its archives."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path

from harmonia.synthesis._coco import Annotations

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

PREFIX = "instances_"


def annotation_files(source: Path, given: Paths | None, *, where: str) -> list[Path]:
    """The files that are named, or else all instances_*.json of a folder."""
    if given is not None:
        names = [given] if isinstance(given, (str, os.PathLike)) else list(given)
        base = source if source.is_dir() else source.parent
        found = [Path(name) if Path(name).is_file() else base / name for name in names]
        for path in found:
            if not path.is_file():
                raise FileNotFoundError(f"{where}: annotations: there is no file {path}")
        return found
    if source.is_file():
        return [source]
    found = sorted(
        path for part in ("annotations", ".") for path in (source / part).glob(f"{PREFIX}*.json")
    )
    if not found:
        raise FileNotFoundError(
            f"{where}: {source} has no annotations/{PREFIX}*.json; pass annotations=, the file "
            "of annotations"
        )
    return found


def image_paths(
    source: Path, found: Annotations, given: str | os.PathLike[str] | None, *, where: str
) -> list[Path | None]:
    """The file of each image, or None where it is missing, of the folder that has most of them.

    A folder without any is an error; of others a warning says how many are missing.
    """
    base = source if source.is_dir() else source.parent
    if source.is_file() and base.name == "annotations":
        base = base.parent
    name = found.path.stem.removeprefix(PREFIX)
    folders = [base / name, base / "images" / name, base / "images", base]
    if given is not None:
        folders = [Path(given) if Path(given).is_dir() else base / given]
    best: list[Path | None] = []
    most = -1
    for folder in filter(Path.is_dir, folders):
        there = {path.name for path in folder.iterdir()}
        paths = [
            path if (one in there if "/" not in one else path.is_file()) else None
            for one, path in ((one, folder / one) for one in found.images.names)
        ]
        count = len(paths) - paths.count(None)
        if count > most:
            best, most = paths, count
        if count == len(paths):
            break
    if most < 1 and found.images.names:
        tried = ", ".join(map(str, folders))
        raise FileNotFoundError(
            f"{where}: none of the {len(found.images.names)} images of {found.path.name} is in "
            f"{tried}; pass images=, their folder"
        )
    if most < len(best):
        warnings.warn(
            f"{where}: {len(best) - most} of the {len(best)} images of {found.path.name} are "
            "missing and left out",
            stacklevel=4,
        )
    return best
