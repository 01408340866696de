"""Captures of one scene at other times: the foreground of one on the background of another.

The source is a folder with a folder a scene, in which its captures lie, all of one size and from
one place. The captures that are to be reals have masks, NAME_mask.png beside NAME.jpg, or of the
same name in another folder:

    <scene>/<capture>.jpg    <scene>/<capture>_mask.png
    images/<scene>/<capture>.jpg    masks/<scene>/<capture>.png

Names are `d<scene>-<capture>_1_<number>`. Where the folders of all scenes are numbers, those are
kept, or else scenes count from 1 in the order of their names; so do the captures of a scene, whose
names may also be a date and a time: `1048/20120628_200951.jpg` is d1048-20120628-200951, and
`90000004/18.jpg` is d90000004-18.
"""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from harmonia._pairs import paired
from harmonia.composite import composite
from harmonia.synthesis._iharmony4 import IHarmony4Layout
from harmonia.synthesis._options import chance_of, check_areas, check_count
from harmonia.synthesis._originals import read_foreground, read_real
from harmonia.synthesis._recipe import Made, Task, Unusable
from harmonia.synthesis._splits import check_test_share, split_of

WHERE = "hday2night"
MOMENT = re.compile(r"(\d{8})[-_](\d{6})")


class Capture(NamedTuple):
    """A picture of a scene; without a mask it only lends its foreground."""

    image: Path
    mask: Path | None


class Exchange(NamedTuple):
    """What a composite is made of: the others are drawn from."""

    real: Path
    mask: Path
    others: tuple[Path, ...]


def prepare(
    source: Path,
    *,
    seed: int,
    composites: int = 6,
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
        What is drawn of it: which captures lend their foregrounds to which.
    composites
        At most so many of each real. Each is of a capture that no other one of this real is of.
    least, most
        Shares of the picture that a foreground may have.
    test_share
        How much of the source goes to the test list, by whole scenes.
    hard
        Make masks all or nothing, as those of Hday2night are.
    """
    check_count(composites, "composites", 99, where=WHERE)
    check_areas(least, most, where=WHERE)
    check_test_share(test_share, where=WHERE)
    scenes = _scenes(source)
    tasks = []
    for scene, number in zip(scenes, _scene_numbers(list(scenes)), strict=True):
        captures = scenes[scene]
        for capture, label in zip(captures, _labels(captures), strict=True):
            if capture.mask is None:
                continue
            others = [one.image for one in captures if one is not capture]
            drawn = chance_of(seed, f"{scene}/{capture.image.name}").permutation(len(others))
            count = min(composites, len(others))
            tasks += [
                Task(
                    f"d{number}-{label}_1_{k + 1}",
                    "Hday2night",
                    split_of(scene, test_share),
                    Exchange(
                        capture.image, capture.mask, tuple(others[i] for i in drawn[k::count])
                    ),
                )
                for k in range(count)
            ]
    return Recipe(tasks, least, most, hard)


class Recipe:
    layout = IHarmony4Layout()

    def __init__(self, tasks: Sequence[Task], least: float, most: float, hard: bool) -> None:
        self.tasks = tasks
        self._least, self._most, self._hard = least, most, hard

    def make(self, task: Task, rng: np.random.Generator) -> Made:
        content: Exchange = task.content
        real = read_real(content.real)
        size = real.pixels.shape[:2]
        mask = read_foreground(
            content.mask, size, hard=self._hard, least=self._least, most=self._most
        )
        path = content.others[int(rng.integers(len(content.others)))]
        other = read_real(path).pixels
        if other.shape[:2] != size:
            raise Unusable(
                f"capture {path.name} is {other.shape[1]} x {other.shape[0]}, the real, "
                f"{content.real.name}, {size[1]} x {size[0]}"
            )
        facts = {
            "method": "capture",
            "photo": content.real,
            "photo_mask": content.mask,
            "reference": path,
            **real.facts,
        }
        return Made(composite(other, real.pixels, mask), mask, real.pixels, real.original, facts)


def _scenes(source: Path) -> dict[str, list[Capture]]:
    """Captures by the folders of their scenes, both in the order of their names."""
    if not source.is_dir():
        raise NotADirectoryError(f"{WHERE}: there is no folder {source}")
    found: dict[str, list[Capture]] = {}
    pairs, unused = paired(source)
    for root, name, mask, _ in pairs:
        scene = PurePosixPath(name).parent.as_posix()
        if scene == ".":
            raise ValueError(
                f"{WHERE}: {root / name} must lie in a folder of its scene, {root}/SCENE/{name}"
            )
        found.setdefault(scene, []).append(Capture(root / name, Path(mask) if mask else None))
    if unused:
        raise FileNotFoundError(
            f"{WHERE}: {len(unused)} masks are of no capture, such as {unused[0]}; a mask is named "
            "as the capture that is to be the real"
        )
    alone = [scene for scene, captures in found.items() if len(captures) < 2]
    if alone:
        raise FileNotFoundError(
            f"{WHERE}: scene {alone[0]} of {source} has one capture; it takes two or more"
        )
    return {scene: found[scene] for scene in sorted(found)}


def _scene_numbers(scenes: Sequence[str]) -> Sequence[int]:
    if all(re.fullmatch(r"\d{1,18}", scene) for scene in scenes):
        numbers = [int(scene) for scene in scenes]
        if len(set(numbers)) == len(numbers):
            return numbers
    return range(1, len(scenes) + 1)


def _labels(captures: Sequence[Capture]) -> Sequence[str]:
    stems = [capture.image.stem for capture in captures]
    labels: list[str] = []
    for stem in stems:
        if match := MOMENT.fullmatch(stem):
            labels.append(f"{match[1]}-{match[2]}")
        elif re.fullmatch(r"\d{1,18}", stem):
            labels.append(str(int(stem)))
    if len(set(labels)) == len(stems):
        return labels
    return [str(number) for number in range(1, len(stems) + 1)]
