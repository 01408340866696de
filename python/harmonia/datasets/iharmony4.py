"""iHarmony4: HCOCO, HAdobe5k, HFlickr and Hday2night, 73,146 composites (Cong et al. 2020)."""

import functools
from pathlib import Path
from typing import Literal

from harmonia.datasets import _iharmony4_names
from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._lists import read_lines
from harmonia.datasets._sample import Entry

FACTS = Facts(
    page="https://github.com/bcmi/Image-Harmonization-Dataset-iHarmony4",
    paper="W. Cong et al., DoveNet: Deep Image Harmonization via Domain Verification, CVPR 2020",
    counts={
        "train": {"HCOCO": 38545, "HAdobe5k": 19437, "HFlickr": 7449, "Hday2night": 311},
        "test": {"HCOCO": 4283, "HAdobe5k": 2160, "HFlickr": 828, "Hday2night": 133},
    },
    lists={"train": "IHD_train.txt", "test": "IHD_test.txt"},
    layout={
        "IHD_train.txt": "a line a composite: HCOCO/composite_images/c35030_434421_1.jpg",
        "IHD_test.txt": "likewise",
        "HCOCO/composite_images/c35030_434421_1.jpg": "composites; HAdobe5k, HFlickr and "
        "Hday2night have the same folders",
        "HCOCO/masks/c35030_434421.png": "its mask",
        "HCOCO/real_images/c35030.jpg": "its real",
    },
)


def read(root: Path, *, split: Literal["train", "test"] = "test") -> Dataset:
    lines = read_lines(root / f"IHD_{split}.txt")
    return Dataset("iharmony4", lines, functools.partial(_entry, root))


def _entry(root: Path, line: str) -> Entry:
    names = _iharmony4_names.parse(Path(line).stem)
    folder = root / names.subset
    return Entry(
        Path(line).stem,
        folder / "composite_images" / Path(line).name,
        folder / "masks" / f"{names.mask}.png",
        folder / "real_images" / f"{names.real}.jpg",
        names.subset,
    )
