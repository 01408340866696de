"""Editions of one photo: the foreground of each on the background of the one that is the real.

The source is a folder of pictures and masks in one of two forms, which the names of the masks tell:

    <edition>/<photo>.jpg    masks/<photo>.png
    <photo>/<edition>.jpg    masks/<photo>.png

Photographs without a mask do not count. One edition of a photograph is the real, the same for all
its composites; every other edition gives one. An edition of another size than the real, or one that
was cropped, shifted or straightened, gives none.

Names are `a<photo>_1_<number>`: photographs have the four digits that their names begin with
(`a0001-jmac.jpg`), where all of them do, or else count from 1 in the order of their names.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from harmonia._pairs import files
from harmonia.composite import composite
from harmonia.synthesis._alignment import misaligned
from harmonia.synthesis._iharmony4 import IHarmony4Layout
from harmonia.synthesis._options import chance_of, check_areas
from harmonia.synthesis._originals import read_foreground, read_real
from harmonia.synthesis._recipe import Made, Task, Unusable
from harmonia.synthesis._splits import check_test_share, split_of

WHERE = "hadobe5k"
MASKS = "masks"
MOST_PHOTOS = 9999  # four digits
MOST_EDITIONS = 10  # one digit for the composites

Editions = Mapping[str, Path]  # by their names, in order


class Exchange(NamedTuple):
    """What a composite is made of."""

    editions: Editions
    real: str
    other: str
    mask: Path


def prepare(
    source: Path,
    *,
    seed: int,
    real: str | None = None,
    least: float = 0.001,
    most: float = 0.8,
    test_share: float = 0.1,
    hard: bool = False,
) -> "Recipe":
    """Open the source.

    Parameters
    ----------
    source
        A folder, see above.
    seed
        What is drawn of it: the real, where `real` does not say it.
    real
        The edition that is the real of every photograph; by default one is drawn for each.
    least, most
        Shares of the picture that a foreground may have.
    test_share
        How much of the source goes to the test list, by whole photographs.
    hard
        Make masks all or nothing, as those of HAdobe5k are.
    """
    check_areas(least, most, where=WHERE)
    check_test_share(test_share, where=WHERE)
    masks = _masks(source)
    found = _editions(source, masks)
    if real is not None:
        _check_real(real, found)
    tasks = []
    for photo, number in zip(found, _numbers(source, found), strict=True):
        editions = found[photo]
        names = list(editions)
        chosen = real or names[int(chance_of(seed, photo).integers(len(names)))]
        others = [name for name in names if name != chosen]
        tasks += [
            Task(
                f"a{number:04d}_1_{k}",
                "HAdobe5k",
                split_of(photo, test_share),
                Exchange(editions, chosen, other, masks[photo]),
            )
            for k, other in enumerate(others, 1)
        ]
    return Recipe(tasks, least, most, hard)


class Recipe:
    layout = IHarmony4Layout()

    def __init__(self, tasks: Sequence[Task], least: float, most: float, hard: bool) -> None:
        self.tasks = tasks
        self._least, self._most, self._hard = least, most, hard

    def make(self, task: Task, rng: np.random.Generator) -> Made:
        """Nothing is left to chance: another attempt is the same."""
        content: Exchange = task.content
        real = read_real(content.editions[content.real])
        size = real.pixels.shape[:2]
        mask = read_foreground(
            content.mask, size, hard=self._hard, least=self._least, most=self._most
        )
        other = read_real(content.editions[content.other])
        if other.pixels.shape[:2] != size:
            raise Unusable(
                f"edition {content.other} is {other.pixels.shape[1]} x {other.pixels.shape[0]}, "
                f"the real, edition {content.real}, {size[1]} x {size[0]}"
            )
        if said := misaligned(real.pixels, other.pixels, mask):
            raise Unusable(f"edition {content.other} {said} beside edition {content.real}")
        made = composite(other.pixels, real.pixels, mask)
        facts = {
            "method": "edition",
            "real_edition": content.real,
            "edition": content.other,
            "photo": content.editions[content.real],
            "photo_mask": content.mask,
            "reference": content.editions[content.other],
            **real.facts,
        }
        return Made(made, mask, real.pixels, real.original, facts)


def _masks(source: Path) -> dict[str, Path]:
    """By the names of the photographs."""
    folder = source / MASKS
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{WHERE}: {source} has no folder {MASKS}; lay PHOTO.png in it for every photograph"
        )
    found: dict[str, Path] = {}
    for name in files(folder):
        photo = PurePosixPath(name).with_suffix("").as_posix()
        if photo in found:
            raise ValueError(
                f"{WHERE}: {folder} holds {found[photo].name} and {name}; leave one of them"
            )
        found[photo] = folder / name
    if not found:
        raise FileNotFoundError(f"{WHERE}: {folder} holds no masks; lay PHOTO.png in it")
    return found


def _editions(source: Path, masks: Mapping[str, Path]) -> dict[str, Editions]:
    """The editions of each photograph that has a mask, photographs in the order of their names."""
    pictures: dict[tuple[str, str], str] = {}
    for name in files(source, leave_out=source / MASKS):
        path = PurePosixPath(name)
        if len(path.parts) != 2:
            raise ValueError(
                f"{WHERE}: {source / name} must lie in a folder of its edition or its photograph, "
                f"that is in {source}/EDITION/PHOTO{path.suffix}"
            )
        both = path.parts[0], path.stem
        if both in pictures:
            raise ValueError(
                f"{WHERE}: {source} holds {pictures[both]} and {name}; leave one of them"
            )
        pictures[both] = name
    by_edition = [both for both in pictures if both[1] in masks]
    by_photo = [both for both in pictures if both[0] in masks]
    if by_edition and by_photo:
        raise ValueError(
            f"{WHERE}: {source} has masks of the names of folders ({by_photo[0][0]}) and of files "
            f"({by_edition[0][1]}); only one of them can be the photographs"
        )
    found: dict[str, dict[str, Path]] = {}
    for folder, stem in sorted(by_edition or by_photo):
        photo, edition = (stem, folder) if by_edition else (folder, stem)
        found.setdefault(photo, {})[edition] = source / pictures[folder, stem]
    for photo, mask in masks.items():
        there = found.get(photo, {})
        if len(there) < 2:
            have = f"only edition {next(iter(there))}" if there else "no edition"
            raise FileNotFoundError(
                f"{WHERE}: {mask} is the mask of {photo}, of which {source} holds {have}; it takes "
                f"two or more, as EDITION/{photo}.jpg or as {photo}/EDITION.jpg"
            )
        if len(there) > MOST_EDITIONS:
            raise ValueError(
                f"{WHERE}: {photo} has {len(there)} editions, {MOST_EDITIONS} at most can be named"
            )
    return {photo: dict(sorted(found[photo].items())) for photo in sorted(found)}


def _check_real(real: str, found: Mapping[str, Editions]) -> None:
    without = [photo for photo, editions in found.items() if real not in editions]
    if without:
        known = sorted({name for editions in found.values() for name in editions})
        raise ValueError(
            f"{WHERE}: real: there is no edition {real!r} of {len(without)} of {len(found)} "
            f"photographs, such as {without[0]}; there are {', '.join(known[:MOST_EDITIONS])}"
        )


def _numbers(source: Path, found: Mapping[str, Editions]) -> Sequence[int]:
    said = [re.match(r"a(\d{4})(?!\d)", photo) for photo in found]
    numbers = [int(match[1]) for match in said if match]
    if len(set(numbers)) == len(found):
        return numbers
    if len(found) > MOST_PHOTOS:
        raise ValueError(
            f"{WHERE}: {source} has {len(found)} photographs, names of four digits are enough for "
            f"{MOST_PHOTOS}; split the source"
        )
    return range(1, len(found) + 1)
