"""Renderings of one scene in other styles: the foreground of one on the background of another.

The source is a folder in which each scene has a mask, white where its foreground is, and a picture
in each of two to ten styles, all from one place. It lies in one of two forms, of which the second
is that of a category of RdHarmony:

    <scene>/mask.png    <scene>/<style>.png
    masks/<scene>.png    real_images/<scene>-<style>.jpg

A style is a number from 1 to 10, or one of their names, in this order, which is ours, since
nobody has published that of RdHarmony: night, clear_sunrise, clear_noon, clear_other,
partly_cloudy_sunrise, partly_cloudy_noon, partly_cloudy_other, cloudy_sunrise, cloudy_noon and
cloudy_other; sunrise stands for sunset too.

Names are `<scene>-<style>_<style>`, with the numbers of the background and of the foreground. The
list is `SHuman/SHuman_all_labeled.txt`, and so for the other categories. As in RdHarmony, all is
for training.

The list says with every composite how much of each style it shows. Its authors do not say where
theirs is from. Here it is the share of the picture that the mask covers for the style of the
foreground, and the rest for that of the background: what can be known without a classifier, and
what one trained on whole pictures would be right to answer.

RdHarmony has all pairs of styles that were drawn. Filters leave some out, which were made for
colours that nobody saw; `filters={}`, or `--filters none`, makes all.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np

from harmonia._pairs import files
from harmonia.composite import composite
from harmonia.datasets import _rdharmony_names
from harmonia.datasets._rdharmony_names import CATEGORIES, STYLES, folder_of
from harmonia.synthesis._options import check_areas
from harmonia.synthesis._originals import read_foreground, read_real
from harmonia.synthesis._recipe import Made, Task, Unusable

WHERE = "rdharmony"
NAMES = (
    "night",
    "clear_sunrise",
    "clear_noon",
    "clear_other",
    "partly_cloudy_sunrise",
    "partly_cloudy_noon",
    "partly_cloudy_other",
    "cloudy_sunrise",
    "cloudy_noon",
    "cloudy_other",
)


class Scene(NamedTuple):
    """The mask of a scene, and its pictures by the numbers of their styles."""

    mask: Path
    styles: Mapping[int, Path]


class Exchange(NamedTuple):
    """What a composite is made of."""

    scene: Scene
    background: int
    foreground: int


def prepare(
    source: Path,
    *,
    seed: int,
    category: str = "human",
    least: float = 0.001,
    most: float = 0.8,
    hard: bool = False,
) -> "Recipe":
    """Open the source.

    Parameters
    ----------
    source
        A folder, see above.
    seed
        Nothing is drawn of it: all pairs of styles are made, ninety of a scene that has ten.
    category
        What the foregrounds are: human, bottle, cake, motorcycle, cow, couch, apple, car, chair,
        dog or knife.
    least, most
        Shares of the picture that a foreground may have.
    hard
        Make masks all or nothing, as those of RdHarmony are: its authors' code takes only what is
        white for foreground.
    """
    if category not in CATEGORIES:
        raise ValueError(
            f"{WHERE}: unknown category {category!r}; choose one of {', '.join(CATEGORIES)}"
        )
    check_areas(least, most, where=WHERE)
    tasks = [
        Task(
            f"{name}-{background}_{foreground}",
            folder_of(category),
            "train",
            Exchange(scene, background, foreground),
        )
        for name, scene in _scenes(source).items()
        for background in scene.styles
        for foreground in scene.styles
        if foreground != background
    ]
    return Recipe(tasks, least, most, hard)


class RdHarmonyLayout:
    """`<scene>-<style>_<style>.jpg`; a list in the folder of each category, with tabs."""

    def real(self, name: str) -> str:
        return _rdharmony_names.parse(name).real

    def mask(self, name: str) -> str:
        return _rdharmony_names.parse(name).mask

    def lists(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
        found: dict[str, list[str]] = {}
        for row in rows:
            subset = row["subset"]
            path = f"{subset}/composite_images/{row['name']}.jpg"
            shares = "_".join(f"{share:.6f}".rstrip("0").rstrip(".") for share in row["styles"])
            lines = found.setdefault(f"{subset}/{subset}_all_labeled.txt", [])
            lines.append(f"{path}\t{shares}\t{row['style']}\n")
        return {name: "".join(lines) for name, lines in found.items()}


class Recipe:
    layout = RdHarmonyLayout()

    def __init__(self, tasks: Sequence[Task], least: float, most: float, hard: bool) -> None:
        self.tasks = tasks
        self._least, self._most, self._hard = least, most, hard

    def make(self, task: Task, rng: np.random.Generator) -> Made:
        """Nothing is left to chance: another attempt is the same."""
        scene, background, foreground = task.content
        real = read_real(scene.styles[background])
        size = real.pixels.shape[:2]
        mask = read_foreground(
            scene.mask, size, hard=self._hard, least=self._least, most=self._most
        )
        other = read_real(scene.styles[foreground])
        if other.pixels.shape[:2] != size:
            raise Unusable(
                f"style {foreground} is {other.pixels.shape[1]} x {other.pixels.shape[0]}, "
                f"style {background} {size[1]} x {size[0]}"
            )
        facts = {
            "method": "style",
            "style": background,
            "foreground_style": foreground,
            "styles": shares(mask, background, foreground),
            "photo": scene.styles[background],
            "photo_mask": scene.mask,
            "reference": scene.styles[foreground],
            **real.facts,
        }
        made = composite(other.pixels, real.pixels, mask)
        return Made(made, mask, real.pixels, real.original, facts)


def shares(mask: "np.ndarray[Any, Any]", background: int, foreground: int) -> list[float]:
    """How much of the picture shows each style, to the sixth digit.

    >>> from harmonia.synthesis.rdharmony import shares
    >>> shares(np.array([[255, 0], [0, 0]], np.uint8), 1, 3)
    [0.75, 0.0, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    covered = round(float(mask.mean(dtype=np.float64)) / 255, 6)
    found = [0.0] * STYLES
    found[background - 1] += round(1 - covered, 6)
    found[foreground - 1] += covered
    return found


def _scenes(source: Path) -> dict[str, Scene]:
    """In the order of their names."""
    if not source.is_dir():
        raise NotADirectoryError(f"{WHERE}: there is no folder {source}")
    flat = (source / "real_images").is_dir() and (source / "masks").is_dir()
    masks: dict[str, Path] = {}
    styles: dict[str, dict[int, Path]] = {}
    for scene, style, path in _of_category(source) if flat else _of_folders(source):
        there = styles.setdefault(scene, {})
        number = 0 if style is None else _number(style, path)
        other = there.get(number) if number else masks.get(scene)
        if other is not None:
            what = f"style {number}" if number else "the mask"
            raise ValueError(f"{WHERE}: {other} and {path} are both {what}; leave one of them")
        if number:
            there[number] = path
        else:
            masks[scene] = path
    for scene, there in styles.items():
        if scene not in masks or len(there) < 2:
            have = f"{len(there)} style{'s' * (len(there) != 1)}"
            raise FileNotFoundError(
                f"{WHERE}: scene {scene!r} of {source} has {have} and "
                f"{'a' if scene in masks else 'no'} mask; it takes two styles and a mask, as "
                f"{_form(flat, scene)}"
            )
    if not styles:
        raise FileNotFoundError(f"{WHERE}: {source} has no scenes; lay {_form(flat, 'SCENE')}")
    return {
        scene: Scene(masks[scene], dict(sorted(styles[scene].items()))) for scene in sorted(styles)
    }


def _form(flat: bool, scene: str) -> str:
    if flat:
        return f"masks/{scene}.png, real_images/{scene}-1.png and real_images/{scene}-2.png"
    return f"{scene}/mask.png, {scene}/night.png and {scene}/clear_noon.png"


# Scene, name of the style, None for the mask of all, and the file.
_Found = list[tuple[str, str | None, Path]]


def _of_folders(source: Path) -> _Found:
    found: _Found = []
    for name in files(source):
        path = PurePosixPath(name)
        if len(path.parts) != 2:
            raise ValueError(
                f"{WHERE}: {source / name} must lie in a folder of its scene, that is in "
                f"{source}/SCENE/{path.name}"
            )
        stem = path.stem
        found.append((path.parts[0], None if stem == "mask" else stem, source / name))
    return found


def _of_category(source: Path) -> _Found:
    folders = source / "masks", source / "real_images"
    found: _Found = [(Path(name).stem, None, folders[0] / name) for name in files(folders[0])]
    for name in files(folders[1]):
        scene, _, style = Path(name).stem.rpartition("-")
        found.append((scene, style, folders[1] / name))
    return found


def _number(style: str, path: Path) -> int:
    if style.isdecimal() and 1 <= int(style) <= STYLES:
        return int(style)
    plain = re.sub(r"[ _-]", "", style.lower())
    for number, name in enumerate(NAMES, 1):
        if plain == name.replace("_", ""):
            return number
    raise ValueError(
        f"{WHERE}: {path} is of no style: the last part of its name must be 1 to {STYLES}, or "
        f"one of {', '.join(NAMES)}"
    )
