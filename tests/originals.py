"""Composites with what the published codes make of them: others' photographs, so not shipped."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

FOLDER = Path(__file__).parents[2] / "shared" / "oracle" / "classical"
NAMES = (
    sorted(path.name for path in (FOLDER / "set").iterdir()) if FOLDER.is_dir() else ["(absent)"]
)


def locate(name: str) -> Path:
    """A file by its path below the folder; skips the test where there is none."""
    if not FOLDER.is_dir():
        pytest.skip("needs the outputs of the original codes in ../shared/oracle/classical")
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"there is no {name} among the outputs of the original codes")
    return path


def read(name: str, mode: str = "RGB"):
    """A picture."""
    with Image.open(locate(name)) as picture:
        return np.array(picture.convert(mode))


def internals(name: str):
    """What the codes computed on the way to their outputs for a composite."""
    with np.load(locate(f"set/{name}/oracle.npz"), allow_pickle=False) as stored:
        return dict(stored)


def network(name: str, part: str):
    """The arrays that a published network, or a layer of one, was given ("input") or gave."""
    path = FOLDER.parent / "neural" / name / f"{part}.npz"
    if not path.is_file():
        pytest.skip(f"needs the {part} of {name} in ../shared/oracle/neural")
    with np.load(path, allow_pickle=False) as stored:
        return dict(stored)


def published():
    """What papers published: method, year, dataset, resolution, metric, value, source."""
    path = FOLDER.parents[1] / "spec" / "published.csv"
    if not path.is_file():
        pytest.skip("needs the published values in ../shared/spec")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def iharmony4_index():
    """The rows of the published test set: Name, ds, height, width, mask_area, fg_ratio."""
    path = FOLDER.parents[1] / "spec" / "iharmony4_test_index.csv"
    if not path.is_file():
        pytest.skip("needs the index of iHarmony4's test set in ../shared/spec")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
