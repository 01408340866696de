"""The datasets of a run: which they are, told so that another run can have them again."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harmonia import datasets
from harmonia.datasets import Dataset, Joined, Sample
from harmonia.synthesis import RandomComposites, random_composites

Samples = Sequence[Sample]

SEED = 0  # by which `opened` draws what is a part of a dataset


def told(samples: Samples) -> dict[str, Any]:
    """What `opened` needs, and what tells it from another: its number of samples and their names.

    What came neither from `datasets.load` nor from `random_composites` tells no more than its size.
    """
    said: dict[str, Any] = {"samples": len(samples)}
    if isinstance(samples, Dataset):
        said["list"] = _digest(samples.lines)
        if isinstance(samples, Joined):
            said["parts"] = [told(part) for part in samples.parts]
        if samples.origin is not None:
            name, root, options = samples.origin
            root = str(Path(root).absolute())
            said |= {"dataset": name, "root": root, "options": dict(options)}
    elif isinstance(samples, RandomComposites):
        said["list"] = _digest([f"{one.group} {one.image.name}" for one in samples.photos])
        if samples.origin is not None:
            source, options = samples.origin
            said |= {"photos": str(Path(source).absolute()), "options": dict(options)}
    return said


def opened(said: Mapping[str, Any]) -> Samples:
    """The dataset of a run that is to be had again, or the part of it that `sample` draws."""
    if "parts" in said:
        return datasets.join(*map(opened, said["parts"]))  # type: ignore[arg-type]
    samples: Samples
    if "dataset" in said:
        whole = datasets.load(said["dataset"], said["root"], **said["options"])
        fewer = said["samples"] < len(whole)
        samples = whole.sample(said["samples"], seed=SEED) if fewer else whole
        place = said["root"]
    elif "photos" in said:
        samples = random_composites(said["photos"], **said["options"])
        place = said["photos"]
    else:
        raise ValueError(
            "train: the run's data came neither from datasets.load nor from random_composites, so "
            "that it cannot be opened again; pass it as data"
        )
    if told(samples)["list"] != said["list"]:
        raise ValueError(
            f"train: {place} no longer holds what the run was trained on, or that was a part of "
            "it; pass the data"
        )
    return samples


def check(samples: Any, *, where: str) -> Samples:
    """Samples that each have a real, as far as that can be told without reading them."""
    if not isinstance(samples, Sequence) or isinstance(samples, str):
        raise TypeError(
            f"{where} must be a dataset, as harmonia.datasets.load gives it, or a sequence of "
            f"samples, got {type(samples).__name__}"
        )
    if not len(samples):
        raise ValueError(f"{where} must hold at least one sample, got none")
    if isinstance(samples, Dataset) and samples.entry(0).real is None:
        raise ValueError(
            f"{where}: {samples.name} has composites without reals, from which nothing can be "
            "learned"
        )
    return samples


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
