"""Folders of results with values that nobody measured, as large as wanted."""

from pathlib import Path

import numpy as np
from harmonia import evaluation
from harmonia.datasets import Dataset, Entry
from harmonia.evaluation import Candidate, Row, _parts

IHARMONY4 = {"HCOCO": 4283, "HAdobe5k": 2160, "HFlickr": 828, "Hday2night": 133}


def make(
    folder: Path,
    subsets: dict[str, int],
    labels=("composite", "mkl"),
    *,
    dataset: str = "iharmony4",
    protocol="ihd_script",
    size=None,
    metrics=None,
    seed: int = 0,
    measured: dict[str, int] | None = None,
    values=None,
) -> dict[str, list[Row]]:
    """The rows of each label, written as an evaluation writes them.

    `measured` says how many samples a label has, where not all; `values(label, number)` what they
    are, by metric, where not by chance.
    """
    names = [(subset, f"{subset}_{n}") for subset, count in subsets.items() for n in range(count)]
    data = Dataset(dataset, [name for _, name in names], _entry)
    plan = evaluation.plan(
        data,
        [Candidate(label) for label in labels],
        protocol=protocol,
        metrics=metrics,
        size=size,
        shard_size=100,
    )
    _parts.begin(folder, plan)
    rng = np.random.default_rng(seed)
    foreground = rng.uniform(0.001, 0.8, len(names)).tolist()
    rows = {}
    for label in labels:
        found = []
        count = (measured or {}).get(label, len(names))
        for number, (subset, name) in enumerate(names[:count]):
            drawn = values(label, number) if values else rng.gamma(2.0, 20.0, len(plan.metrics))
            found.append(Row(number, name, subset, foreground[number], tuple(map(float, drawn))))
        rows[label] = found
        for start in range(0, count, plan.shard_size):
            part = found[start : start + plan.shard_size]
            _parts.write(folder, label, start // plan.shard_size, plan.metrics, part)
    return rows


def _entry(name: str) -> Entry:
    """Files that nobody opens."""
    subset = name.rpartition("_")[0]
    return Entry(name, Path("composite"), Path("mask"), Path("real"), subset)
