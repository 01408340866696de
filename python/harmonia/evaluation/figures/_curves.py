"""How runs of `harmonia train` went: losses, validation and learning rate over their steps."""

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from harmonia.comparison.display import Array
from harmonia.evaluation.figures import _charts
from harmonia.evaluation.figures._matplotlib import (
    COLOURS,
    GREY,
    Figure,
    check_width,
    settings,
)

HIGH = 1.6  # inches of a panel
LOG, VALIDATION = "log.csv", "validation.csv"
NOT_LOSSES = ("step", "rate")

Columns = dict[str, Array]


class _Run(NamedTuple):
    name: str
    log: Columns
    validation: Columns


def curves(runs: Sequence[str | os.PathLike[str]], *, width: str = "page") -> Figure:
    """Learning curves of one run or several: losses, validation fMSE beside that of the untouched
    composites, and learning rate.

    Of one run every term of the loss has a line, of several the sum of them. What goes on yet is
    drawn as far as it is.

    Parameters
    ----------
    runs
        Folders that `harmonia train` or `harmonia.training.train` has written.
    width
        "page" or "column" of a paper.

    >>> _ = (folder / "log.csv").write_text("step,rate,l1\\n10,0.001,0.5\\n20,0.001,0.3\\n")
    >>> figure = harmonia.evaluation.figures.curves([folder])
    """
    where = "figures.curves"
    inches = check_width(width, where=where)
    found = _read(runs, where)
    validated = any(run.validation for run in found)
    panels = [_losses, *([_fmse] if validated else []), _rates]
    shape = (1, len(panels)) if width == "page" else (len(panels), 1)
    high = 0.3 + HIGH * shape[0]
    with settings(where) as matplotlib:
        figure = matplotlib.figure.Figure(figsize=(inches, high), dpi=300, layout="constrained")
        every = figure.subplots(*shape, squeeze=False).ravel()
        for axes, panel in zip(every, panels, strict=True):
            panel(axes, found)
            axes.set_xlabel("step")
            axes.margins(x=0.02)
            _charts.lines_behind(axes)
            if panel is not _rates and axes.get_legend_handles_labels()[0]:
                axes.legend(loc="best")
        return figure


def _read(runs: Any, where: str) -> list[_Run]:
    if isinstance(runs, (str, os.PathLike)):
        runs = [runs]
    if not runs:
        raise ValueError(f"{where}: runs must name at least one folder")
    found = []
    for run in map(Path, runs):
        log = _columns(run / LOG)
        if not log:
            raise FileNotFoundError(
                f"{where}: {run} holds no rows in {LOG} yet; give the folder of a run"
            )
        found.append(_Run(run.resolve().name, log, _columns(run / VALIDATION)))
    names = [run.name for run in found]
    if len(set(names)) < len(names):  # by what the caller calls them
        given = zip(found, runs, strict=True)
        found = [run._replace(name=os.fspath(path)) for run, path in given]
    return found


def _columns(path: Path) -> Columns:
    """A table; what is just being written of it does not count."""
    if not path.is_file():
        return {}
    text = path.read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text[: text.rfind("\n") + 1])))
    if len(rows) < 2:
        return {}
    values = np.array([[float(value) for value in row] for row in rows[1:]])
    return dict(zip(rows[0], values.T, strict=True))


def _losses(axes: Any, runs: list[_Run]) -> None:
    drawn = []
    for place, run in enumerate(runs):
        terms = {name: run.log[name] for name in run.log if name not in NOT_LOSSES}
        if len(runs) > 1:
            terms = {run.name: np.sum(list(terms.values()), axis=0)}
        for number, (name, values) in enumerate(terms.items(), place):
            _line(axes, run.log["step"], values, number, name)
            drawn.append(values)
    if all((values > 0).all() for values in drawn):
        _logarithmic(axes)
    one = len(runs) == 1 and len(drawn) == 1
    axes.set_title(next(iter(terms)) if one else "loss")
    if one:
        axes.lines[0].set_label("_")


def _fmse(axes: Any, runs: list[_Run]) -> None:
    levels: dict[float, None] = {}
    for place, run in enumerate(runs):
        if run.validation:
            steps, values = run.validation["step"], run.validation["fmse"]
            name = "network" if len(runs) == 1 else run.name
            _line(axes, steps, values, place, name)
            best = int(np.argmin(values))
            axes.plot(steps[best], values[best], "o", color=COLOURS[place % len(COLOURS)], ms=3)
            levels[float(run.validation["composite_fmse"][-1])] = None
    for number, level in enumerate(levels):
        said = {"label": "composite"} if not number else {}
        axes.axhline(level, color=GREY, linewidth=0.8, linestyle=(0, (3, 2)), **said)
    _logarithmic(axes)
    axes.set_title("validation fMSE")


def _rates(axes: Any, runs: list[_Run]) -> None:
    for place, run in enumerate(runs):
        name = run.name if len(runs) > 1 else "_"
        _line(axes, run.log["step"], run.log["rate"], place, name)
    axes.set_ylim(bottom=0)
    axes.ticklabel_format(axis="y", scilimits=(-3, 3))
    axes.set_title("learning rate")


def _line(axes: Any, steps: Array, values: Array, number: int, label: str) -> None:
    few = len(steps) == 1
    axes.plot(
        steps,
        values,
        color=COLOURS[number % len(COLOURS)],
        linewidth=0.9,
        marker="o" if few else "",
        markersize=3,
        label=label,
    )


def _logarithmic(axes: Any) -> None:
    axes.set_yscale("log")
    _charts.plain_log(axes.yaxis)
