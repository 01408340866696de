"""The datasets of a run: which they are, told so that another run can have them again."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harmonia import datasets
from harmonia.datasets import Dataset, Joined, Sample
from harmonia.synthesis import RandomComposites
from harmonia.synthesis._on_the_fly import Origin

Samples = Sequence[Sample]

# What of the told may be otherwise in the same run: files were moved.
PLACES = ("root", "source")


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
            said |= {
                "dataset": name,
                "root": str(Path(root).absolute()),
                "options": dict(options),
            }
    elif isinstance(samples, RandomComposites):
        said["list"] = _digest(f"{one.image.name} {one.mask.name}" for one in samples.photos)
        if samples.origin is not None:
            source, options, part = samples.origin
            said |= {
                "source": source,
                "options": dict(options),
                "part": [part.start, part.stop, part.step],
            }
    return said


def opened(said: Mapping[str, Any]) -> Samples:
    """The dataset of a run that is to be had again."""
    samples: Samples
    if "parts" in said:
        samples = datasets.join(*map(opened, said["parts"]))  # type: ignore[arg-type]
    elif "dataset" in said:
        samples = datasets.load(said["dataset"], said["root"], **said["options"])
    elif "source" in said:
        samples = Origin(said["source"], said["options"], range(*said["part"])).open()
    else:
        raise ValueError(
            "train: the run's data came neither from datasets.load nor from random_composites of a "
            "folder or file, so that they cannot be opened again; pass them as data"
        )
    now = told(samples)
    if (now["samples"], now["list"]) != (said["samples"], said["list"]):
        raise ValueError(
            f"train: the run's data were {said['samples']} samples, and what is at "
            f"{said.get('root', said.get('source'))} are {now['samples']} or others: files came or "
            "went, or the run had a part of them; pass the same as data"
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


def _digest(names: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
