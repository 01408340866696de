"""A plan from what was asked for, checked so that nothing fails for every sample."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from harmonia.api import evaluate
from harmonia.datasets import Dataset
from harmonia.evaluation._asked import candidates
from harmonia.evaluation._candidates import Candidate
from harmonia.evaluation._plan import Plan, Size, usual_shard_size
from harmonia.metrics import Protocol, find_protocol

LARGE_ENOUGH = 256  # pixels a side, for every metric


def plan(
    dataset: Dataset,
    methods: Iterable[str | Candidate],
    *,
    protocol: str | Protocol = "harmonia",
    metrics: Sequence[str] | None = None,
    size: Size | None = None,
    shard_size: int | None = None,
    choice: Mapping[str, Any] | None = None,
) -> Plan:
    """What is to be measured, checked.

    Parameters
    ----------
    dataset
        The samples, from `harmonia.datasets.load`; each needs its real.
    methods
        Candidates, or their texts: METHOD, "composite", "all" for that and every method that needs
        no weights, LABEL=METHOD, LABEL=DIR of finished pictures, NETWORK=WEIGHTS or
        LABEL=NETWORK:WEIGHTS. :OPTION=VALUE behind one is an option of the method, as in
        "idt:iterations=5".
    protocol, metrics
        As for `harmonia.evaluate`.
    size
        Composite, mask and real are brought to a square of so many pixels, by the protocol's
        filter, before the methods see them; "native" leaves them. By default the protocol's own.
    shard_size
        Samples a part file; by default 512, less of fewer than 8,192 samples.
    choice
        How the samples were chosen, such as {"split": "test"}; results say it.

    >>> harmonia.evaluation.plan(dataset, ["composite", "mkl"], protocol="idih").metrics
    ('mse', 'fmse', 'psnr')
    """
    where = "evaluation.plan"
    if isinstance(methods, (str, Candidate)):
        methods = [methods]
    chosen = find_protocol(protocol, where=where)
    size = (chosen.size or "native") if size is None else _checked(size, where)
    if size != "native" and chosen.size != size:
        name = re.sub(r"-\d+$", "", chosen.name)
        chosen = replace(chosen, name=f"{name}-{size}", size=size)
    names = chosen.usual_metrics if metrics is None else _metrics(metrics, where)
    _try(names, chosen)
    found = candidates(methods, where=where)
    if shard_size is not None and (not isinstance(shard_size, int) or shard_size < 1):
        raise ValueError(f"{where}: shard_size must be a number of at least 1, got {shard_size!r}")
    _check_samples(dataset, where)
    shard_size = usual_shard_size(len(dataset)) if shard_size is None else shard_size
    return Plan(dataset, found, chosen, names, size, shard_size, choice or {})


def _checked(size: Size, where: str) -> Size:
    if size != "native" and (not isinstance(size, int) or size < 1):
        raise ValueError(f"{where}: size must be a number of pixels or 'native', got {size!r}")
    return size


def _metrics(metrics: Sequence[str], where: str) -> tuple[str, ...]:
    if isinstance(metrics, str):
        raise TypeError(f"{where}: metrics must be a sequence of names; use [{metrics!r}]")
    if not metrics:
        raise ValueError(f"{where}: metrics must name at least one, got none")
    return tuple(dict.fromkeys(metrics))


def _try(metrics: Sequence[str], protocol: Protocol) -> None:
    """What would be wrong for every sample is wrong for this one."""
    ramp = np.arange(LARGE_ENOUGH, dtype=np.uint8)
    picture = np.broadcast_to(ramp[:, None, None], (LARGE_ENOUGH, LARGE_ENOUGH, 3))
    own = protocol.size is not None and protocol.size < LARGE_ENOUGH
    protocol = protocol if own else replace(protocol, size=None)
    evaluate(picture, picture, picture[..., 0], metrics, protocol)


def _check_samples(dataset: Dataset, where: str) -> None:
    if not len(dataset):
        raise ValueError(f"{where}: dataset {dataset.name} has no samples")
    names: set[str] = set()
    without: list[str] = []
    for entry in dataset.entries():
        if entry.name in names:
            raise ValueError(
                f"{where}: dataset {dataset.name} has two samples called {entry.name}, and each "
                "would count twice; harmonia data verify says where they are"
            )
        names.add(entry.name)
        if entry.real is None:
            without.append(entry.name)
    if len(without) == len(names):
        raise ValueError(
            f"{where}: dataset {dataset.name} has no real pictures to compare with; a comparison "
            "without them is harmonia.compare"
        )
    if without:
        raise ValueError(
            f"{where}: {len(without)} of {len(names)} samples of {dataset.name} have no real, such "
            f"as {without[0]}; leave them out: "
            "dataset.where(lambda entry: entry.real is not None)"
        )
