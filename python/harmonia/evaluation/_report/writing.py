"""A report of results: what is shown of them, and the file it becomes."""

import math
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path

from harmonia import _atomic
from harmonia.evaluation import _parts
from harmonia.evaluation._plan import Plan
from harmonia.evaluation._report import page
from harmonia.evaluation._report.again import commands
from harmonia.evaluation._report.cases import choose
from harmonia.evaluation._report.costs import timed
from harmonia.evaluation._report.facts import cautions, facts
from harmonia.evaluation._report.numbers import Numbers, gather, judged_by
from harmonia.evaluation._report.pictures import Drawn, draw
from harmonia.evaluation._report.tables import tables
from harmonia.evaluation._results import Results

CASES = 2
BUDGET = 24  # MiB
WHERE = "evaluation.report"


def report(
    results: Results | str | PathLike[str],
    output: str | PathLike[str],
    *,
    plan: Plan | None = None,
    metric: str | None = None,
    cases: int = CASES,
    budget: float = BUDGET,
    overwrite: bool = False,
    step: Callable[[int], object] | None = None,
) -> Path:
    """Write results as one HTML file with tables, charts, cases and all numbers.

    It opens offline and holds everything it shows. Results need not be finished: what is missing
    is said at its head.

    Parameters
    ----------
    results
        From `harmonia.evaluation.evaluate_dataset`, or their folder.
    output
        The file.
    plan
        What the results are of, as from `harmonia.evaluation.reopen`: pictures of the best, the
        worst and the most disagreed samples are computed anew from it. Without one there are none.
    metric
        By which those are chosen; by default fMSE, or else MSE, or else the first.
    cases
        How many of each kind for each method.
    budget
        MiB for the pictures; they become smaller to fit, and the last are left out.
    overwrite
        Whether a file that is there is replaced.
    step
        Called after each sample whose pictures were computed, with how many there are in all.

    >>> harmonia.evaluation.report(results, folder / "report.html", plan=plan).name
    'report.html'
    """
    found = results if isinstance(results, Results) else Results(Path(results))
    target = Path(output)
    _check(target, found, metric, cases, budget, overwrite=overwrite)
    numbers = gather(found)
    if not numbers.labels:
        raise ValueError(f"{WHERE}: {found.folder} has no rows yet; measure something first")
    judged = judged_by(found.metrics) if metric is None else metric
    reasons = choose(numbers, judged, cases) if plan is not None else {}
    drawn = None if plan is None else _drawn(plan, numbers, list(reasons), budget, step)
    text = page.compose(
        numbers,
        judged=judged,
        facts=facts(numbers),
        cautions=[*cautions(numbers, found.failures), *_of_cases(drawn)],
        tables=tables(numbers, judged),
        drawn=drawn,
        reasons=reasons,
        timed=timed(found),
        again=commands(found, target, plan),
    )
    _atomic.write(target, text.encode())
    return target


def _check(
    target: Path,
    results: Results,
    metric: str | None,
    cases: int,
    budget: float,
    *,
    overwrite: bool,
) -> None:
    if target.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"{WHERE}: output must end in .html, got {target}")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"{WHERE}: there is no folder {target.parent} to write {target.name} to; make it first"
        )
    if target.exists() and not overwrite:
        raise FileExistsError(f"{WHERE}: {target} is there already; pass overwrite=True")
    if metric is not None and metric not in results.metrics:
        raise ValueError(
            f"{WHERE}: metric must be one that was measured, {', '.join(results.metrics)}, "
            f"got {metric!r}"
        )
    if cases < 0:
        raise ValueError(f"{WHERE}: cases must be 0 or more, got {cases}")
    if not 0 <= budget < math.inf:
        raise ValueError(f"{WHERE}: budget must be a number of MiB, got {budget}")


def _drawn(
    plan: Plan,
    numbers: Numbers,
    chosen: Sequence[int],
    budget: float,
    step: Callable[[int], object] | None,
) -> Drawn:
    said = _parts.said_of_run(numbers.results.folder)
    now = plan.identity()
    for name in ("dataset", "samples", "list", "protocol", "size"):
        if now[name] != said[name]:
            raise _parts.OtherRun(
                f"{WHERE}: plan: is of another {name} than {numbers.results.folder} "
                f"({now[name]!r}, not {said[name]!r})"
            )

    def count() -> None:
        if step is not None:
            step(len(chosen))

    labels = [label for label in numbers.labels if label != numbers.composite]
    return draw(plan, labels, chosen, int(budget * 2**20), step=count)


def _of_cases(drawn: Drawn | None) -> list[str]:
    if drawn is None:
        return ["There are no pictures: the samples were not given."]
    if drawn.failed:
        return [f"{len(drawn.failed):,} samples that were chosen as cases could not be read."]
    return []
