"""RdHarmony: 155,000 rendered composites of 11 categories in 10 styles (Cao et al. 2022)."""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from harmonia.datasets import _rdharmony_names
from harmonia.datasets._asked import one_of
from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._lists import read_lines
from harmonia.datasets._rdharmony_names import CATEGORIES, folder_of
from harmonia.datasets._sample import Entry

FACTS = Facts(
    page="https://github.com/bcmi/Rendered-Image-Harmonization-Dataset-RdHarmony",
    paper="J. Cao et al., Deep Image Harmonization by Bridging the Reality Gap, BMVC 2022",
    counts={"train": {"human": 65000} | dict.fromkeys(CATEGORIES[1:], 9000)},
    sizes="1920 x 1080 pixels",
    history=(
        "March 2021, the paper's first version: RHHarmony, humans alone",
        "the paper of 2022 trains on 6 categories; its repository has 5 more, 11 in all",
        "135,000 composites of humans could be made of the 15,000 renderings; 65,000 are published",
    ),
    lists={"train": "SHuman/SHuman_all_labeled.txt"},
    layout={
        "SHuman/SHuman_all_labeled.txt": "a line a composite, its soft and its hard style with "
        "tabs between them; other categories have folders and lists as SBottle",
        "SHuman/composite_images/<scene>-3_7.jpg": "composites",
        "SHuman/masks/<scene>.png": "the mask of all styles of a scene",
        "SHuman/real_images/<scene>-3.jpg": "its renderings",
    },
)


def read(
    root: Path,
    *,
    category: str | None = None,
    list: str | None = None,
    split: Literal["train"] = "train",
) -> Dataset:
    """Composites of rendered scenes: the subset of each is its category.

    Their extras are `styles`, ten shares of the styles that the composite shows, and `style`, the
    number of its background's from 1, both as the list says them; and `scene`.

    Parameters
    ----------
    root
        The folder in which `SHuman` and its like lie.
    category
        One of human, bottle, cake, motorcycle, cow, couch, apple, car, chair, dog and knife. All
        that are there otherwise.
    list
        Another list by its path below `root`. Otherwise `SHuman/SHuman_all_labeled.txt`, and so for
        each category.
    split
        There is nothing but "train". The paper tests on the photographs of iHarmony4 that show
        humans, `list="IHD_human_test.txt"` there.

    What the paper marks (sub) is, as it seems, cut down to as many as iHarmony4 has of humans for
    training: `dataset.sample(18_718, seed=0)`. Which ones its authors drew is not known.
    """
    one_of(split, ("train",), where="rdharmony: split")
    if category is not None:
        category = one_of(category, CATEGORIES, where="rdharmony: category")
    lines = [line for file in _lists(root, category, list) for line in read_lines(file)]
    if list is not None and category is not None:
        lines = [line for line in lines if line.startswith(f"{folder_of(category)}/")]
    return Dataset("rdharmony", lines, functools.partial(_entry, root))


def _lists(root: Path, category: str | None, list: str | None) -> Sequence[Path]:
    if list is not None:
        return [root / list]
    folders = map(folder_of, CATEGORIES if category is None else (category,))
    names = [f"{folder}/{folder}_all_labeled.txt" for folder in folders]
    found = [root / name for name in names if (root / name).is_file()]
    if not found:
        raise FileNotFoundError(
            f"rdharmony: root: there is no {names[0]} in {root}; it must be the folder above "
            "that of a category, or pass list="
        )
    return found


def _entry(root: Path, text: str) -> Entry:
    line = _rdharmony_names.read_line(text)
    names = _rdharmony_names.parse(line.path.stem)
    composite = root / line.path
    folder = composite.parents[1]
    return Entry(
        composite.stem,
        composite,
        folder / "masks" / f"{names.mask}.png",
        folder / "real_images" / f"{names.real}{composite.suffix}",
        _category(line.path.parts[0]),
        {"styles": line.styles, "style": line.style, "scene": names.mask},
    )


def _category(folder: str) -> str:
    return next((one for one in CATEGORIES if folder_of(one) == folder), folder)
