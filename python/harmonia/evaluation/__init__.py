"""Methods beside each other over whole datasets: rows on disk, and the tables made of them."""

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from harmonia.evaluation import _origin
from harmonia.evaluation._asked import candidate
from harmonia.evaluation._candidates import Candidate
from harmonia.evaluation._plan import Plan, Row, Size
from harmonia.evaluation._planning import plan
from harmonia.evaluation._remarks import EvaluationWarning, warn
from harmonia.evaluation._report import report
from harmonia.evaluation._results import Results
from harmonia.evaluation._run import run
from harmonia.evaluation._shards import WHOLE, Failure, Share, Step
from harmonia.evaluation._study import Study, write_study
from harmonia.evaluation._votes import Ballot, Vote, read_votes
from harmonia.evaluation.bradley_terry import Strengths, bradley_terry
from harmonia.evaluation.published import Published, published
from harmonia.evaluation.tables import table

__all__ = [
    "WHOLE",
    "Ballot",
    "Candidate",
    "EvaluationWarning",
    "Failure",
    "Plan",
    "Published",
    "Results",
    "Row",
    "Share",
    "Size",
    "Step",
    "Strengths",
    "Study",
    "Vote",
    "bradley_terry",
    "candidate",
    "evaluate_dataset",
    "plan",
    "published",
    "read_votes",
    "reopen",
    "report",
    "table",
    "write_study",
]


def evaluate_dataset(
    plan: Plan,
    folder: str | PathLike[str],
    *,
    workers: int | None = None,
    share: Share = WHOLE,
    step: Callable[[Step], object] | None = None,
) -> Results:
    """Measure what is missing in a folder of results, and give what there is.

    Parameters
    ----------
    plan
        From `harmonia.evaluation.plan`.
    folder
        Where rows go, a file for each shard and candidate. What is there already is not measured
        again, however an earlier run ended; only rows of finished pictures that have changed since.
    workers
        Threads; by default the cores.
    share
        The part of the shards to do here, where several processes do the others.
    step
        Called at the beginning and after each sample. What it raises ends the run.

    The numbers do not depend on workers, shares or shard size.

    >>> results = harmonia.evaluation.evaluate_dataset(plan, folder / "rows")
    >>> results.labels, len(results.rows("reinhard"))
    (('composite', 'reinhard'), 2)
    """
    warn(plan)
    failures = run(
        plan, Path(folder), workers=workers, share=share, step=step or (lambda step: None)
    )
    return Results(folder, tuple(failures))


def reopen(folder: str | PathLike[str], *, root: str | PathLike[str] | None = None) -> Plan:
    """The plan that a folder of results is of, to look at its pictures.

    Parameters
    ----------
    folder
        Of results.
    root
        Where the dataset lies now, if it was moved since.

    >>> [candidate.label for candidate in harmonia.evaluation.reopen(results.folder).candidates]
    ['composite', 'reinhard']
    """
    return _origin.reopen(Path(folder), None if root is None else Path(root))
