"""How the numbers of all samples lie, a line for each method."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from harmonia._registry import find_metric
from harmonia.comparison.panels import in_captions, spelled
from harmonia.evaluation._results import Results
from harmonia.evaluation.figures import _charts
from harmonia.evaluation.figures._matplotlib import (
    COLOURS,
    GREY,
    SMALL,
    Figure,
    check_width,
    settings,
)

LINE = 0.2  # inches of a method
ENDS = (5, 95)  # percentiles that the thin lines reach
SAID = "line 5-95 %, box 25-75 %, bar median, diamond mean"


def distribution(
    results: Results,
    metrics: Sequence[str] | None = None,
    *,
    labels: Sequence[str] | None = None,
    width: str = "page",
) -> Figure:
    """Quantiles and means of a few metrics, the methods in the order of their first metric's mean.

    Parameters
    ----------
    results
        What was measured.
    metrics
        A panel each; by default two that stand below pictures.
    labels
        The methods; by default all.
    width
        "page" or "column" of a paper.

    >>> from harmonia.evaluation import figures
    >>> figure = figures.distribution(results)
    >>> figures.save(figure, folder / "distribution.png")
    """
    where = "figures.distribution"
    inches = check_width(width, where=where)
    chosen = list(metrics or in_captions(list(results.metrics))[:2])
    if not chosen:
        raise ValueError(f"{where}: metrics must name at least one")
    rows = _charts.measured(results, labels, chosen, where)
    found = {
        metric: {label: _finite(results, its, metric) for label, its in rows.items()}
        for metric in chosen
    }
    sign = 1 if find_metric(chosen[0], where=where).better == "lower" else -1
    order = sorted(rows, key=lambda label: sign * _mean(found[chosen[0]][label]))
    high = LINE * len(order) + 0.62
    with settings(where) as matplotlib:
        figure = matplotlib.figure.Figure(figsize=(inches, high), dpi=300, layout="constrained")
        panels = figure.subplots(1, len(chosen), sharey=True, squeeze=False)[0]
        for axes, metric in zip(panels, chosen, strict=True):
            for place, label in enumerate(order):
                _line(axes, place, found[metric][label])
            if metric in _charts.LOGARITHMIC:
                axes.set_xscale("log")
                _charts.plain_log(axes.xaxis)
            better = find_metric(metric, where=where).better
            axes.set_xlabel(f"{_charts.unit(metric, spelled(metric))}, {better} is better")
            _charts.lines_behind(axes, axis="x")
            axes.tick_params(axis="y", length=0)
        panels[0].set_yticks(range(len(order)), order)
        panels[0].set_ylim(len(order) - 0.45, -0.55)
        figure.text(1, 0, SAID, fontsize=SMALL - 1, color=GREY, ha="right", va="bottom")
        figure.get_layout_engine().set(rect=(0, 0.09 / high, 1, 1 - 0.09 / high))
        return figure


def _finite(results: Results, rows: Any, metric: str) -> Any:
    numbers = _charts.values(results, rows, metric)
    numbers = numbers[np.isfinite(numbers)]
    return numbers[numbers > 0] if metric in _charts.LOGARITHMIC else numbers


def _mean(numbers: Any) -> float:
    return float(numbers.mean()) if len(numbers) else float("inf")


def _line(axes: Any, place: int, numbers: Any) -> None:
    if not len(numbers):
        return
    low, first, middle, third, high = np.percentile(numbers, [ENDS[0], 25, 50, 75, ENDS[1]])
    axes.plot([low, high], [place, place], color=GREY, linewidth=0.8, zorder=2)
    axes.plot([first, third], [place, place], color=COLOURS[0], linewidth=6, zorder=3,
              solid_capstyle="butt")  # fmt: skip
    axes.plot([middle], [place], marker="|", markersize=7, color="white", mew=1.4, zorder=4)
    axes.plot([numbers.mean()], [place], marker="D", markersize=3.2, color=COLOURS[1],
              markeredgecolor="white", mew=0.5, zorder=5)  # fmt: skip
    axes.set_ymargin(0)
