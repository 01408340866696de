"""A number of every sample against how much of it is foreground, a panel for each method."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from harmonia.comparison.panels import spelled
from harmonia.evaluation._results import Results
from harmonia.evaluation.figures import _charts
from harmonia.evaluation.figures._matplotlib import INK, PALE, TEXT, Figure, check_width, settings

EDGES = (0.0, 0.05, 0.15, 1.0)  # of the bins that papers use
HIGH = 1.35  # inches of a panel
MOST_VECTORS = 3000  # points, beyond which a PDF holds them as pixels


def scatter(
    results: Results,
    metric: str = "psnr",
    *,
    labels: Sequence[str] | None = None,
    width: str = "page",
) -> Figure:
    """A point for each sample, by sub-dataset; lines are the means of the bins 0-5, 5-15, 15-100 %.

    Parameters
    ----------
    results
        What was measured.
    metric
        One that was measured; errors such as fmse get a logarithmic axis.
    labels
        The methods, a panel each; by default all.
    width
        "page" or "column" of a paper.

    Samples without a number, or with one that the axis has no place for, are counted in the title.

    >>> from harmonia.evaluation import figures
    >>> figure = figures.scatter(results)
    >>> figures.save(figure, folder / "scatter.png")
    """
    where = "figures.scatter"
    inches = check_width(width, where=where)
    rows = _charts.measured(results, labels, [metric], where)
    subsets = list(dict.fromkeys(row.subset for found in rows.values() for row in found))
    across = min(len(rows), 3 if width == "page" else 2)
    down = math.ceil(len(rows) / across)
    head = 0.26 if len(subsets) > 1 else 0.06
    high = down * HIGH + 0.35 + head
    looks = _charts.looks(subsets)
    logarithmic = metric in _charts.LOGARITHMIC
    with settings(where) as matplotlib:
        figure = matplotlib.figure.Figure(figsize=(inches, high), dpi=300, layout="constrained")
        figure.get_layout_engine().set(rect=(0, 0, 1, 1 - head / high), w_pad=0.02, h_pad=0.02)
        panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
        for axes in panels.flat[len(rows) :]:
            axes.set_visible(False)
        for axes, (label, found) in zip(panels.flat, rows.items(), strict=False):
            numbers = _charts.values(results, found, metric)
            shares = 100 * np.array([row.foreground for row in found])
            drawn = np.isfinite(numbers) & (shares > 0)
            if logarithmic:
                drawn &= numbers > 0
            title = _charts.counted(label, int((~drawn).sum()))
            axes.set_title(title, fontsize=TEXT, pad=3)
            for subset in subsets:
                its = drawn & np.array([row.subset == subset for row in found])
                _points(axes, shares[its], numbers[its], looks[subset])
            _means(axes, shares[drawn], numbers[drawn])
            _charts.lines_behind(axes)
        panels[0, 0].set_xscale("log")
        _charts.plain_log(panels[0, 0].xaxis)
        if logarithmic:
            panels[0, 0].set_yscale("log")
            _charts.plain_log(panels[0, 0].yaxis)
        # The lowest panel of each column has the numbers of its axis.
        for number in range(len(rows)):
            if number + across >= len(rows):
                panels.flat[number].tick_params(labelbottom=True)
        figure.supxlabel(_charts.RATIO, fontsize=TEXT)
        figure.supylabel(_charts.unit(metric, spelled(metric)), fontsize=TEXT)
        if len(subsets) > 1:
            _legend(figure, subsets, looks)
        return figure


def _points(axes: Any, shares: Any, numbers: Any, look: dict[str, Any]) -> None:
    axes.scatter(
        shares,
        numbers,
        s=4,
        color=look["color"],
        marker=look["marker"],
        alpha=0.55,
        linewidths=0,
        rasterized=len(shares) > MOST_VECTORS,
    )


def _means(axes: Any, shares: Any, numbers: Any) -> None:
    """The mean of each bin, over the bin's own width."""
    for edge in EDGES[1:-1]:
        axes.axvline(100 * edge, color=PALE, linewidth=0.8, zorder=1)
    for low, high in pairwise(EDGES):
        # A bin holds its upper edge, and the first its lower one too.
        inside = (shares > 100 * low) & (shares <= 100 * high)
        if inside.any():
            left = max(100 * low, float(shares.min()))
            mean = float(numbers[inside].mean())
            for colour, wide in (("white", 2.4), (INK, 1.2)):
                axes.plot([left, 100 * high], [mean, mean], color=colour, linewidth=wide, zorder=4)


def _legend(figure: Figure, subsets: Sequence[str], looks: dict[str, dict[str, Any]]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], linestyle="", markersize=3.5, markeredgewidth=0, label=name, **looks[name])
        for name in subsets
    ]
    handles.append(Line2D([], [], color=INK, linewidth=1.2, label="mean of a bin"))
    _charts.legend(figure, handles, y=0.995, across=len(handles))
