"""HYouTube: 3,194 composites of videos, 20 frames each (Lu et al. 2022)."""

import functools
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

from harmonia.datasets._asked import one_of
from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._lists import read_lines
from harmonia.datasets._sample import Entry

FACTS = Facts(
    page="https://github.com/bcmi/Video-Harmonization-Dataset-HYouTube",
    paper="X. Lu et al., Deep Video Harmonization with Color Mapping Consistency, IJCAI 2022",
    counts={"train": {"": 51160}, "test": {"": 12720}},
    history=("2,558 and 636 composites of videos; every fifth frame of YouTube-VOS 2018, 20 each",),
    lists={"train": "train_list.txt", "test": "test_list.txt"},
    layout={
        "train_list.txt": "a line a video: the folders of its real, its masks and its composite",
        "test_list.txt": "likewise",
        "synthetic_composite_videos/003234408d/object_0/00000.jpg": "a frame, or below Composite",
        "foreground_mask/003234408d/object_0/00000.png": "its mask, or below Mask",
        "real_videos/003234408d/00000.jpg": "its real, or below Ground-truth",
    },
)

# Lists name the folders by the first names, the description of the download by the second.
FOLDERS = {
    "real_videos": "Ground-truth",
    "foreground_mask": "Mask",
    "synthetic_composite_videos": "Composite",
}


def read(
    root: Path, *, split: Literal["train", "test"] = "test", list: str | None = None
) -> Dataset:
    """The frames of the videos that a list names, one video after the other.

    The extras of a frame are `video`, `object` and `frame`, a number. The frames of each video
    together are `dataset.groups(lambda entry: (entry.extras["video"], entry.extras["object"]))`.

    Parameters
    ----------
    split
        "train" or "test".
    list
        Another list by its path below `root`. Its lines name the real, the mask and the composite,
        either as folders, all of whose masks are taken, or as files, as those for CO2Net do.
        Otherwise the first of `test_frames.txt`, `test_list.txt` and `test.txt` that is there.
    """
    split_ = one_of(split, ("train", "test"), where="hyoutube: split")
    file = root / list if list is not None else _list_of(root, split_)
    named = {first: first for first in FOLDERS} | {
        first: other
        for first, other in FOLDERS.items()
        if (root / other).is_dir() and not (root / first).is_dir()
    }
    lines = [frame for line in read_lines(file) for frame in _frames(root, named, line, file)]
    return Dataset("hyoutube", lines, functools.partial(_entry, root, named))


def _list_of(root: Path, split: str) -> Path:
    names = [f"{split}_frames.txt", f"{split}_list.txt", f"{split}.txt"]
    found = next((root / name for name in names if (root / name).is_file()), None)
    if found is None:
        raise FileNotFoundError(f"hyoutube: root: there is none of {', '.join(names)} in {root}")
    return found


def _frames(root: Path, named: Mapping[str, str], line: str, file: Path) -> "list[str]":
    """The lines of the frames of a video; that of a frame as it is."""
    columns = line.replace("\\", "/").split()
    if len(columns) != 3:
        raise ValueError(
            f"{file}: a line must name the real, the mask and the composite with blanks between "
            f"them, got {line!r}"
        )
    real, mask, composite = map(PurePosixPath, columns)
    if composite.suffix:
        return [" ".join(columns)]
    masks = _at(root, named, mask)
    if not masks.is_dir():
        raise NotADirectoryError(f"hyoutube: there is no folder {masks}, which {file} names")
    stems = sorted(found.stem for found in masks.glob("*.png"))
    return [f"{real / stem}.jpg {mask / stem}.png {composite / stem}.jpg" for stem in stems]


def _entry(root: Path, named: Mapping[str, str], line: str) -> Entry:
    real, mask, composite = map(PurePosixPath, line.split())
    above, stem = composite.parts[-3:-1], composite.stem
    if len(above) != 2 or not stem.isdecimal():
        raise ValueError(f"{line!r}: a composite must be <video>/<object>/<number>.jpg")
    return Entry(
        f"{above[0]}_{above[1]}_{stem}",
        _at(root, named, composite),
        _at(root, named, mask),
        _at(root, named, real),
        extras={"video": above[0], "object": above[1], "frame": int(stem)},
    )


def _at(root: Path, named: Mapping[str, str], path: PurePosixPath) -> Path:
    first, *below = path.parts
    return root.joinpath(named.get(first, first), *below)
