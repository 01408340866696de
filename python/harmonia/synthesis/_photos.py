"""Photographs with masks, from which composites are made."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harmonia._pairs import paired

COLUMNS = ("image", "mask")
DRAWS = 4  # for a photograph of another group


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph, the mask of something in it, and the group of those that show the same."""

    image: Path
    mask: Path
    group: str


def photos(source: Path) -> list[Photo]:
    """Those of a folder, NAME_mask.png beside NAME.jpg or in its folders images and masks; or those
    of a CSV file with the columns image and mask and, where wanted, group.

    Paths in the file are relative to its folder; a photograph with several masks has several rows.
    Photographs of one group go to the same split, and lend each other no colours; without groups
    each is one of its own.
    """
    if source.is_dir():
        return _of_folder(source)
    if not source.exists():
        raise FileNotFoundError(f"there is no {source}; the source is a folder or a .csv file")
    if source.suffix.lower() != ".csv":
        raise ValueError(f"{source}: the source must be a folder or a .csv file")
    found = list(_of_file(source))
    if not found:
        raise ValueError(f"{source} has a line of columns, and no photograph below it")
    _check_there(source, found)
    return found


def by_image(found: Sequence[Photo]) -> list[list[Photo]]:
    """The masks of each photograph together, both in the order in which they came."""
    groups: dict[Path, list[Photo]] = {}
    for photo in found:
        groups.setdefault(photo.image, []).append(photo)
    return list(groups.values())


def of_another_group(own: Photo, found: Sequence[Photo], rng: np.random.Generator) -> Photo | None:
    """A photograph by chance that does not show the same, if a few draws come upon one."""
    for _ in range(DRAWS):
        other = found[int(rng.integers(len(found)))]
        if other.group != own.group:
            return other
    return None


def _of_folder(source: Path) -> list[Photo]:
    pairs, _ = paired(source)
    without = [f"{name} {problem}" for _, name, _, problem in pairs if problem]
    if without:
        raise FileNotFoundError(
            f"{source}: {len(without)} of {len(pairs)} pictures have no mask: "
            f"{_some(without)}; add what is missing, or name those that count in a .csv file"
        )
    return [Photo(root / name, Path(mask), name) for root, name, mask, _ in pairs]


def _of_file(source: Path) -> Iterator[Photo]:
    with source.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        try:
            columns = rows.fieldnames or []
            missing = [name for name in COLUMNS if name not in columns]
            if missing:
                raise ValueError(
                    f"{source}: has no column {' nor '.join(missing)}; its columns are "
                    f"{', '.join(columns) or 'none'}"
                )
            masks: dict[tuple[str, str], int] = {}
            groups: dict[str, str] = {}
            for row in rows:
                line = f"{source}: line {rows.line_num}"
                image, mask = (row[name] or "" for name in COLUMNS)
                if not image or not mask:
                    raise ValueError(f"{line}: names no {'mask' if image else 'image'}")
                first = masks.setdefault((image, mask), rows.line_num)
                if first != rows.line_num:
                    raise ValueError(f"{line}: {image} with {mask} is on line {first} already")
                group = row.get("group") or image
                if groups.setdefault(image, group) != group:
                    raise ValueError(
                        f"{line}: {image} is in the group {group!r}, and was in "
                        f"{groups[image]!r}; a photograph is in one group"
                    )
                yield Photo(source.parent / image, source.parent / mask, group)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"{source}: is no CSV file of UTF-8 text ({error})") from None


def _check_there(source: Path, found: Sequence[Photo]) -> None:
    files = {path for photo in found for path in (photo.image, photo.mask)}
    absent = sorted(str(path) for path in files if not path.is_file())
    if absent:
        raise FileNotFoundError(
            f"{source}: {len(absent)} of {len(files)} files that it names are not there: "
            f"{_some(absent)}; its paths are relative to its folder"
        )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
