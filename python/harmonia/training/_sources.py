"""The datasets of a run: which they are, told so that another run can have them again."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harmonia import datasets
from harmonia.datasets import Dataset, Joined, Sample

Samples = Sequence[Sample]


def told(samples: Samples) -> dict[str, Any]:
    """What `opened` needs, and what tells it from another: its number of samples and their names.

    What did not come from `datasets.load` tells no more than its size.
    """
    if isinstance(samples, Dataset):
        listed = hashlib.sha256("\n".join(samples.lines).encode()).hexdigest()
        said: dict[str, Any] = {"samples": len(samples), "list": listed}
        if isinstance(samples, Joined):
            said["parts"] = [told(part) for part in samples.parts]
        if samples.origin is not None:
            name, root, options = samples.origin
            said |= {
                "dataset": name,
                "root": str(Path(root).absolute()),
                "options": dict(options),
            }
        return said
    return {"samples": len(samples)}


def opened(said: Mapping[str, Any]) -> Samples:
    """The dataset of a run that is to be had again."""
    if "parts" in said:
        return datasets.join(*map(opened, said["parts"]))  # type: ignore[arg-type]
    if "dataset" not in said:
        raise ValueError(
            "train: the run's data did not come from datasets.load, so that it cannot be opened "
            "again; pass it as data"
        )
    return datasets.load(said["dataset"], said["root"], **said["options"])


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
