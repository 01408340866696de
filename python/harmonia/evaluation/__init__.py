"""Methods beside each other over whole datasets: rows on disk, and the tables made of them."""

from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from pathlib import Path

from harmonia._registry import find_metric
from harmonia.datasets import Dataset
from harmonia.evaluation._candidates import Candidate, candidate
from harmonia.evaluation._plan import SHARD, Plan, Row, Size
from harmonia.evaluation._results import Results
from harmonia.evaluation._run import WHOLE, Failure, Share, run
from harmonia.evaluation.published import Published, published
from harmonia.evaluation.tables import table
from harmonia.metrics import Protocol, find_protocol

__all__ = [
    "Candidate",
    "Failure",
    "Plan",
    "Published",
    "Results",
    "Row",
    "Share",
    "evaluate_dataset",
    "plan",
    "published",
    "table",
]


def plan(
    dataset: Dataset,
    methods: Iterable[str | Candidate],
    *,
    protocol: str | Protocol = "harmonia",
    metrics: Sequence[str] | None = None,
    size: Size | None = None,
    shard_size: int = SHARD,
) -> Plan:
    """What is to be measured, checked.

    Parameters
    ----------
    dataset
        The samples, from `harmonia.datasets.load`.
    methods
        Candidates, or their texts: METHOD, "composite", LABEL=METHOD, LABEL=DIR of finished
        pictures, NETWORK=WEIGHTS, LABEL=NETWORK:WEIGHTS.
    protocol, metrics
        As for `harmonia.evaluate`.
    size
        Pictures are brought to a square of so many pixels, by the protocol's filter, before the
        methods see them; "native" leaves them. By default the protocol's own size.
    shard_size
        Samples a part file.
    """
    where = "evaluation.plan"
    chosen = find_protocol(protocol, where=where)
    if size is None:
        size = chosen.size or "native"
    if size != "native":
        if not isinstance(size, int) or size < 1:
            raise ValueError(f"{where}: size must be a number of pixels or 'native', got {size!r}")
        if chosen.size != size:
            chosen = find_protocol(f"{chosen.name.partition('-')[0]}-{size}", where=where)
    names = tuple(chosen.usual_metrics if metrics is None else metrics)
    for name in names:
        find_metric(name, where=where)
    candidates = tuple(candidate(text) if isinstance(text, str) else text for text in methods)
    if not candidates:
        raise ValueError(f"{where}: methods must name at least one")
    labels = [each.label for each in candidates]
    twice = {label for label in labels if labels.count(label) > 1}
    if twice:
        raise ValueError(f"{where}: two methods have the label {min(twice)!r}; write LABEL=METHOD")
    if not len(dataset):
        raise ValueError(f"{where}: dataset {dataset.name} has no samples")
    if shard_size < 1:
        raise ValueError(f"{where}: shard_size must be at least 1, got {shard_size}")
    return Plan(dataset, candidates, chosen, names, size, shard_size)


def evaluate_dataset(
    plan: Plan,
    folder: str | PathLike[str],
    *,
    workers: int | None = None,
    share: Share = WHOLE,
    step: Callable[[Failure | None], object] = lambda failure: None,
) -> Results:
    """Measure what is missing in a folder of results, and give what there is.

    Parameters
    ----------
    plan
        From `harmonia.evaluation.plan`.
    folder
        Where rows go, a file for each shard and candidate. What is there already is not measured
        again, however an earlier run ended.
    workers
        Threads; by default the cores.
    share
        The part of the shards to do here, where several processes do the others.
    step
        Called after each sample, with its failure or None.

    The numbers do not depend on workers, shares or shard size.
    """
    failures = run(plan, Path(folder), workers=workers, share=share, step=step)
    return Results(Path(folder), tuple(failures))
