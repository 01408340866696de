"""ccHarmony: 4,260 composites of photographs with a colour checker (Niu et al. 2023)."""

import functools
import re
from pathlib import Path
from typing import Literal

from harmonia.datasets._asked import one_of
from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._lists import read_lines
from harmonia.datasets._sample import Entry

FACTS = Facts(
    page="https://github.com/bcmi/Image-Harmonization-Dataset-ccHarmony",
    paper="L. Niu et al., Deep Image Harmonization with Globally Guided Feature Transformation "
    "and Relation Distillation, ICCV 2023",
    licence="MIT for its repository; none stated for the photographs, of the NUS and Gehler sets",
    counts={"train": {"": 3080}, "test": {"": 1180}},
    sizes="381 to 6000 pixels",
    history=("350 reals, 426 foregrounds (308 and 118 in the lists), 10 composites of each",),
    lists={"train": "train_list.txt", "test": "test_list.txt"},
    layout={
        "train_list.txt": "a line a foreground: 8D5U5531_a",
        "test_list.txt": "likewise",
        "composite_images/8D5U5531_a_1.jpg": "its composites, ten",
        "masks/8D5U5531_a.png": "its mask; the repository has them as foreground_masks",
        "real_images/8D5U5531.jpg": "its real",
    },
)

# The real, the foreground in it, and which of ten.
_COMPOSITE = re.compile(r"(.+?)_([ab])_(.+)")


def read(
    root: Path, *, split: Literal["train", "test"] = "test", list: str | None = None
) -> Dataset:
    """The composites of the foregrounds that a list names, as many as lie in `composite_images`.

    Their extras are `foreground`, such as "8D5U5531_a": photographs have one or two, a and b.

    Parameters
    ----------
    split
        "train" or "test".
    list
        Another list by its path below `root`: of foregrounds, or of the files of composites.
    """
    split_ = one_of(split, ("train", "test"), where="ccharmony: split")
    named = read_lines(root / (list or FACTS.lists[split_]))
    there = _by_foreground(root / "composite_images")
    lines = [line for name in named for line in there.get(name, [name] if "." in name else [])]
    masks = "masks" if (root / "masks").is_dir() else "foreground_masks"
    return Dataset("ccharmony", lines, functools.partial(_entry, root, masks))


def _by_foreground(folder: Path) -> dict[str, list[str]]:
    """The files of composites by their foregrounds, 10 after 9."""
    if not folder.is_dir():
        raise NotADirectoryError(f"ccharmony: root: there is no folder {folder}")
    found: dict[str, list[str]] = {}
    for name in sorted(
        (file.name for file in folder.iterdir()), key=lambda name: (len(name), name)
    ):
        if match := _COMPOSITE.fullmatch(Path(name).stem):
            real, foreground, _ = match.groups()
            found.setdefault(f"{real}_{foreground}", []).append(name)
    return found


def _entry(root: Path, masks: str, line: str) -> Entry:
    file = Path(line).name
    match = _COMPOSITE.fullmatch(Path(file).stem)
    if match is None:
        raise ValueError(f"{file!r} is no name of ccHarmony: 8D5U5531_a_1.jpg is")
    real, foreground, _ = match.groups()
    of_mask = f"{real}_{foreground}"
    composite = root / "composite_images" / file
    return Entry(
        composite.stem,
        composite,
        root / masks / f"{of_mask}.png",
        root / "real_images" / f"{real}{composite.suffix}",
        extras={"foreground": of_mask},
    )
