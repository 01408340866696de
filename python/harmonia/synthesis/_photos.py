"""Photographs with masks, from which composites are made."""

import csv
from dataclasses import dataclass
from pathlib import Path

from harmonia._pairs import paired


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph, the mask of something in it, and the group of those that show the same."""

    image: Path
    mask: Path
    group: str


def photos(source: Path) -> list[Photo]:
    """Those of a folder, NAME_mask.png beside NAME.jpg or in its folders images and masks; or those
    of a CSV file with the columns image and mask and, where wanted, group.

    Paths in the file are relative to its folder. Photographs of one group go to the same split, and
    lend each other no colours; without groups each is one of its own.
    """
    if source.is_dir():
        pairs, _ = paired(source)
        return [
            Photo(root / name, Path(mask), name)
            for root, name, mask, problem in pairs
            if not problem
        ]
    if source.suffix.lower() != ".csv":
        raise FileNotFoundError(f"{source}: the source must be a folder or a .csv file")
    with source.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        columns = rows.fieldnames or []
        missing = [name for name in ("image", "mask") if name not in columns]
        if missing:
            raise ValueError(
                f"{source}: has no column {' nor '.join(missing)}; its columns are "
                f"{', '.join(columns)}"
            )
        return [_photo(source.parent, row) for row in rows]


def _photo(root: Path, row: dict[str, str]) -> Photo:
    image, mask = row["image"], row["mask"]
    return Photo(root / image, root / mask, row.get("group") or image)
