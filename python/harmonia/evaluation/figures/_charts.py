"""What charts share: the numbers of candidates, their colours, and how axes look."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from harmonia.comparison.display import Array
from harmonia.evaluation._plan import Row
from harmonia.evaluation._results import Results
from harmonia.evaluation.figures._matplotlib import COLOURS, GREY, MARKERS, PALE

LOGARITHMIC = ("mse", "fmse", "mae", "fmae", "lpips", "background_mse")
UNITS = {"psnr": "dB", "fpsnr": "dB"}
RATIO = "foreground ratio (%)"


def measured(
    results: Results, labels: Sequence[str] | None, metrics: Sequence[str], where: str
) -> dict[str, list[Row]]:
    """Rows by label, in the order that was asked for."""
    chosen = list(results.labels) if labels is None else list(labels)
    for label in chosen:
        if label not in results.labels:
            raise ValueError(
                f"{where}: labels: there is no {label!r}, only {', '.join(results.labels)}"
            )
    for metric in metrics:
        if metric not in results.metrics:
            raise ValueError(
                f"{where}: metric must be one that was measured, {', '.join(results.metrics)}, "
                f"got {metric!r}"
            )
    rows = {label: results.rows(label) for label in chosen}
    rows = {label: found for label, found in rows.items() if found}
    if not rows:
        raise ValueError(f"{where}: {results.folder} holds no rows yet")
    return rows


def values(results: Results, rows: Sequence[Row], metric: str) -> Array:
    place = results.metrics.index(metric)
    return np.array([row.values[place] for row in rows])


def unit(metric: str, spelled: str) -> str:
    """What stands at an axis."""
    return f"{spelled} ({UNITS[metric]})" if metric in UNITS else spelled


def looks(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A colour and a marker for each, told apart in grey too."""
    return {
        name: {
            "color": COLOURS[number % len(COLOURS)],
            "marker": MARKERS[number % len(MARKERS)],
        }
        for number, name in enumerate(names)
    }


def lines_behind(axes: Any, *, axis: str = "both") -> None:
    axes.grid(True, axis=axis, color=PALE, linewidth=0.4)
    axes.set_axisbelow(True)


def plain_log(axis: Any) -> None:
    """Numbers that are spelled out; 2 and 5 times the powers of ten too where these are few."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = axis.get_view_interval()
    powers = math.floor(math.log10(high)) - math.ceil(math.log10(low)) + 1
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if powers < 3 else (1,)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_formatter(NullFormatter())


def counted(label: str, left_out: int) -> str:
    """A title that says what could not be drawn."""
    return f"{label} ({left_out} not shown)" if left_out else label


def legend(figure: Any, handles: Sequence[Any], *, y: float, across: int) -> None:
    figure.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, y),
        ncols=across,
        handletextpad=0.3,
        columnspacing=1.2,
        borderaxespad=0,
        labelcolor=GREY,
    )
