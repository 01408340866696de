"""The plan that the arguments of `evaluate` mean."""

import argparse
import inspect
from dataclasses import replace
from pathlib import Path
from typing import Any

from harmonia import datasets
from harmonia._registry import is_network, method_name
from harmonia.cli import _console
from harmonia.cli._arguments import Misused
from harmonia.datasets import Dataset
from harmonia.datasets._load import reader
from harmonia.evaluation import Candidate, Plan, plan
from harmonia.evaluation._asked import candidates

ROWS = (".csv", ".parquet")
PLAN = "evaluation.plan"  # how errors of `plan` begin


def planned(arguments: argparse.Namespace) -> Plan:
    dataset, choice = samples(arguments)
    return plan(
        dataset,
        [_on_device(one, arguments.device) for one in candidates(arguments.methods, where=PLAN)],
        protocol=arguments.protocol,
        metrics=arguments.metrics,
        size=arguments.size,
        shard_size=arguments.shard_size,
        choice=choice,
    )


def samples(arguments: argparse.Namespace) -> tuple[Dataset, dict[str, Any]]:
    """Those that were asked for, and how they were chosen."""
    read = inspect.signature(reader(arguments.dataset, where="--dataset").read).parameters
    choice: dict[str, Any] = {
        name: read[name].default for name in ("split",) if name in read
    } | dict(arguments.options)
    if arguments.split is not None:
        choice["split"] = arguments.split
    if arguments.subset is not None and "subset" in read:
        choice["subset"] = arguments.subset
    dataset = datasets.load(arguments.dataset, arguments.root, **choice)
    if arguments.subset is not None and "subset" not in read:
        dataset = _of_subsets(dataset, arguments.subset)
        choice["subset"] = arguments.subset
    with_real = dataset.where(lambda entry: entry.real is not None)
    without = len(dataset) - len(with_real)
    if without and len(with_real):
        _console.caution(f"{without} of {len(dataset)} samples have no real, and are left out")
        dataset, choice["without_real"] = with_real, without
    if arguments.limit is not None and arguments.limit < len(dataset):
        choice.update(limit=arguments.limit, of=len(dataset), seed=arguments.seed)
        dataset = dataset.sample(arguments.limit, seed=arguments.seed)
    return dataset, choice


def check_rows(path: Path) -> None:
    """Refuse a name that says no format, a package that is missing, and to replace what is not
    ours.
    """
    if path.suffix.lower() not in ROWS:
        raise Misused(f"--rows must end in {' or '.join(ROWS)}, got {str(path)!r}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"--rows {path}: there is no folder {path.parent}")
    if path.suffix.lower() == ".parquet":
        from harmonia._packages import package

        arrow = package("pyarrow")
        if arrow.version is None:
            raise ModuleNotFoundError(f"--rows {path} needs pyarrow: {arrow.install}")
    if path.exists():
        with path.open("rb") as file:
            start = file.read(16)
        if start and not start.startswith((b"label,number,", b"PAR1")):
            raise FileExistsError(f"--rows {path} is there already, and holds no rows")


def _of_subsets(dataset: Dataset, names: list[str]) -> Dataset:
    wanted = {name.casefold() for name in names}
    there = {entry.subset for entry in dataset.entries()}
    unknown = wanted - {name.casefold() for name in there}
    if unknown:
        known = ", ".join(sorted(filter(None, there))) or "the whole"
        raise Misused(f"--subset {min(unknown)}: {dataset.name} has no such part, only {known}")
    return dataset.where(lambda entry: entry.subset.casefold() in wanted)


def _on_device(candidate: Candidate, device: str | None) -> Candidate:
    """Networks alone run elsewhere than on the CPU."""
    if device is None or candidate.method is None:
        return candidate
    if not is_network(method_name(candidate.method, where=PLAN, device=device)):
        return candidate
    return replace(candidate, options={"device": device, **candidate.options})
