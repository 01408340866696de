"""HAdobe5k in high resolution: 21,597 composites of 1296 to 6048 pixels (CDTNet, Cong et al. 2022).

It is the sub-dataset of iHarmony4 as it is stored; `size=1024` and `size=2048` are the squares that
papers of high resolution report on.
"""

import functools
from pathlib import Path
from typing import Literal

import numpy as np

from harmonia._resize import cv2_resize
from harmonia.datasets._asked import one_of
from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._iharmony4_folders import find
from harmonia.datasets._sample import Entry, Part, Sample, read_files, read_sample, sample_of

FACTS = Facts(
    page="https://github.com/bcmi/CDTNet-High-Resolution-Image-Harmonization",
    paper="W. Cong et al., High-Resolution Image Harmonization via Collaborative Dual "
    "Transformations, CVPR 2022",
    licence="none stated; its photographs come from MIT-Adobe FiveK",
    counts={"train": {"HAdobe5k": 19437}, "test": {"HAdobe5k": 2160}},
    sizes="1296 to 6048 pixels; with size= squares of so many",
    lists={"train": "HAdobe5k_train.txt", "test": "HAdobe5k_test.txt"},
    layout={
        "HAdobe5k_train.txt": "a line a composite: a0001_1_1.jpg",
        "HAdobe5k_test.txt": "likewise",
        "composite_images/a0002_1_4.jpg": "composites",
        "masks/a0002_1.png": "its mask",
        "real_images/a0002.jpg": "its real",
    },
)


def read(
    root: Path, *, split: Literal["train", "test"] = "test", size: int | None = None
) -> Dataset:
    """The composites of a split, as they are stored or as squares.

    Parameters
    ----------
    root
        The folder of HAdobe5k, or that of iHarmony4 above it.
    split
        "train" or "test".
    size
        The side of squares to resize to, 1024 or 2048 in the papers; None leaves all as it is.

    Squares are what CDTNet's evaluation makes: composite, real and mask, the mask as floats of
    0..1, are resized by OpenCV's INTER_LINEAR, which does not antialias and does not keep the
    proportions. Each is resized from its own file, whatever the sizes of the others.
    """
    where = "hadobe5k"
    split_ = one_of(split, ("train", "test"), where=f"{where}: split")
    if size is not None:
        whole = isinstance(size, (int, np.integer)) and not isinstance(size, bool)
        if not whole or not 1 <= size <= 1 << 14:
            raise ValueError(f"{where}: size must be an integer of 1..16384 or None, got {size!r}")
    lines, places = find(root, split_, ("HAdobe5k",), where=where)
    reading = read_sample if size is None else functools.partial(_read_square, side=int(size))
    return Dataset("hadobe5k", lines, places, reading)


def _read_square(entry: Entry, *, side: int) -> Sample:
    composite, mask, real = read_files(entry)
    if mask.pixels.dtype == np.uint8:
        mask = mask._replace(pixels=mask.pixels / np.float32(255))
    return sample_of(
        entry,
        _square(composite, side),
        _square(mask, side),
        None if real is None else _square(real, side),
    )


def _square(part: Part, side: int) -> Part:
    height, width = part.size
    if part.size == (side, side):
        return part
    note = f"resized from {width} x {height}"
    return part._replace(
        pixels=cv2_resize(part.pixels, (side, side), "linear"), notes=(*part.notes, note)
    )
