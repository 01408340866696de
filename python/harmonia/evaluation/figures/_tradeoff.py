"""What a method costs against how good it is."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from harmonia import _json
from harmonia._registry import find_metric
from harmonia.comparison.panels import spelled
from harmonia.evaluation._results import Results
from harmonia.evaluation.cost import FILE
from harmonia.evaluation.figures import _charts
from harmonia.evaluation.figures._matplotlib import (
    COLOURS,
    GREY,
    SMALL,
    Figure,
    check_width,
    settings,
)
from harmonia.metrics import summarize

AXES = {
    "ms": "time of a picture (ms)",
    "peak_mib": "peak memory (MiB)",
    "parameters": "parameters",
    "macs": "multiply-adds",
}
WHERE = "figures.tradeoff"
HIGH = 0.62  # of the figure, times its width on a column
LEFT, RIGHT, BELOW, ABOVE = 0.5, 0.1, 0.4, 0.1  # inches around the axes
DARKER = 0.7
AREA = 22.0  # of a marker without parameters, in square points
PARAMETERS = (1e5, 1e8)  # of the smallest and the largest marker...
AREAS = (14.0, 160.0)  # ...which are so large


class Point(NamedTuple):
    label: str
    cost: float
    mean: float
    low: float
    high: float
    parameters: float | None


def tradeoff(
    results: Results,
    metric: str | None = None,
    *,
    against: str = "ms",
    costs: Mapping[str, Mapping[str, Any]] | None = None,
    labels: Sequence[str] | None = None,
    width: str = "column",
) -> Figure:
    """Each method's mean with its 95 % interval, against its time or another cost.

    Parameters
    ----------
    results
        What was measured.
    metric
        By default psnr where it was measured, else the first.
    against
        One of "ms", "peak_mib", "parameters" and "macs".
    costs
        Those of each method by these names; by default what `cost.json` in the folder of results
        says.
    labels
        The methods; by default all that have a cost.
    width
        "page" or "column" of a paper.

    Markers are the larger, the more parameters a method has. The composite, which costs nothing, is
    a line.

    >>> from harmonia.evaluation import figures
    >>> figure = figures.tradeoff(results, costs={"reinhard": {"ms": 1.5, "parameters": None}})
    >>> figures.save(figure, folder / "tradeoff.png")
    """
    inches = check_width(width, where=WHERE)
    if against not in AXES:
        raise ValueError(f"{WHERE}: against must be one of {', '.join(AXES)}, got {against!r}")
    metric = metric or ("psnr" if "psnr" in results.metrics else results.metrics[0])
    rows = _charts.measured(results, labels, [metric], WHERE)
    said = _costs(results) if costs is None else costs
    points = [_point(results, label, metric, _of(said, label, results), against) for label in rows]
    drawn = [point for point in points if point is not None and point.label != "composite"]
    if not drawn:
        raise ValueError(
            f"{WHERE}: no method has {against} among its costs; harmonia evaluate --timing "
            "measures them"
        )
    high = HIGH * min(inches, 4.0)
    with settings(WHERE) as matplotlib:
        figure = matplotlib.figure.Figure(figsize=(inches, high), dpi=300)
        room = (inches - LEFT - RIGHT, high - BELOW - ABOVE)
        axes = figure.add_axes((LEFT / inches, BELOW / high, room[0] / inches, room[1] / high))
        axes.set_xscale("log")
        colours = {p.label: COLOURS[n % len(COLOURS)] for n, p in enumerate(drawn)}
        for point in drawn:
            _draw(axes, point, colours[point.label])
        base = _mean(results, "composite", metric) if "composite" in rows else None
        if base is not None:
            axes.axhline(base, color=GREY, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
        _ends(axes, drawn, base)
        _charts.plain_log(axes.xaxis)
        _charts.lines_behind(axes)
        better = find_metric(metric, where=WHERE).better
        axes.set_xlabel(AXES[against])
        axes.set_ylabel(f"{_charts.unit(metric, spelled(metric))}, {better} is better")
        _names(axes, drawn, colours, base, (72 * room[0], 72 * room[1]))
        return figure


def _costs(results: Results) -> Mapping[str, Any]:
    path = results.folder / FILE
    try:
        return _json.read(path)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"{WHERE}: there is no {path}, which says what methods cost; "
            "harmonia evaluate --timing writes it"
        ) from None


def _of(costs: Mapping[str, Any], label: str, results: Results) -> Mapping[str, Any]:
    """Those of a method; of several those of the results' size, on the fewest threads."""
    said = costs.get(label, {})
    if isinstance(said, Mapping):
        return said
    at_size = [one for one in said if one.get("size") == results.size] or list(said)
    smallest = min((one.get("size", 0) for one in at_size), default=0)
    same = [one for one in at_size if one.get("size", 0) == smallest]
    return min(same, key=lambda one: one.get("threads", 1), default={})


def _point(
    results: Results, label: str, metric: str, cost: Mapping[str, Any], against: str
) -> Point | None:
    spent = cost.get(against)
    if not spent or not math.isfinite(spent):
        return None
    mean = summarize(results.scores(label))["All"][metric]
    if not math.isfinite(mean.mean):
        return None
    return Point(label, float(spent), mean.mean, mean.low, mean.high, cost.get("parameters"))


def _mean(results: Results, label: str, metric: str) -> float:
    return summarize(results.scores(label), resamples=1)["All"][metric].mean


def _draw(axes: Any, point: Point, colour: str) -> None:
    axes.plot([point.cost] * 2, [point.low, point.high], color=colour, linewidth=0.8, zorder=2)
    axes.scatter(
        [point.cost], [point.mean], s=_area(point), color=colour, edgecolors="white",
        linewidths=0.5, zorder=3,
    )  # fmt: skip


def _area(point: Point) -> float:
    if not point.parameters:
        return AREA
    low, high = map(math.log, PARAMETERS)
    share = min(1.0, max(0.0, (math.log(point.parameters) - low) / (high - low)))
    return float(AREAS[0] * (AREAS[1] / AREAS[0]) ** share)


def _ends(axes: Any, points: Sequence[Point], base: float | None) -> None:
    """Room around the points, for their names."""
    costs = [math.log10(point.cost) for point in points]
    spread = max(costs) - min(costs)
    more = max(0.25, 0.15 * spread)
    axes.set_xlim(10 ** (min(costs) - more), 10 ** (max(costs) + more))
    every = [value for point in points for value in (point.low, point.high)]
    every += [] if base is None else [base]
    room = 0.12 * max(max(every) - min(every), 1e-9)
    axes.set_ylim(min(every) - room, max(every) + room)


def _names(
    axes: Any,
    points: Sequence[Point],
    colours: Mapping[str, str],
    base: float | None,
    room: tuple[float, float],
) -> None:
    """The names beside their points, at the first of eight places where none covers another."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()

    def at(cost: float, value: float) -> tuple[float, float]:
        """In points from the lower left corner of the axes."""
        across = math.log(cost / left) / math.log(right / left)
        return across * room[0], (value - low) / (high - low) * room[1]

    taken = []
    for point in points:
        x, y = at(point.cost, point.mean)
        reach = math.sqrt(_area(point)) / 2
        taken.append((x - reach, y - reach, x + reach, y + reach))
        lower, upper = at(point.cost, point.low)[1], at(point.cost, point.high)[1]
        taken.append((x - 0.5, lower, x + 0.5, upper))
    if base is not None:
        y = at(left, base)[1]
        axes.annotate(
            "composite", (1, y / room[1]), xycoords="axes fraction", xytext=(-1, 1.5),
            textcoords="offset points", ha="right", va="bottom", fontsize=SMALL, color=GREY,
        )  # fmt: skip
        taken.append((room[0] - _length("composite"), y, room[0], y + SMALL + 2))
    for point in sorted(points, key=lambda one: -one.mean):
        x, y = at(point.cost, point.mean)
        box = _free(x, y, math.sqrt(_area(point)) / 2 + 2, _length(point.label), taken, room)
        taken.append(box)
        axes.annotate(
            point.label, (x / room[0], y / room[1]), xycoords="axes fraction",
            xytext=(box[0] - x, (box[1] + box[3]) / 2 - y), textcoords="offset points",
            ha="left", va="center_baseline", fontsize=SMALL,
            color=_darker(colours[point.label]), zorder=4,
        )  # fmt: skip


def _darker(colour: str) -> tuple[float, ...]:
    """Letters need more contrast than points."""
    return tuple(DARKER * int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))


Box = tuple[float, float, float, float]


def _free(
    x: float, y: float, away: float, length: float, taken: Sequence[Box], room: tuple[float, float]
) -> Box:
    half = SMALL / 2 + 0.5
    places = [
        (x + across, y + down)
        for across, down in (
            (away, 0.0), (-away - length, 0.0), (-length / 2, away + half),
            (-length / 2, -away - half), (away, away), (away, -away),
            (-away - length, away), (-away - length, -away),
        )
    ]  # fmt: skip
    boxes = [(px, py - half, px + length, py + half) for px, py in places]
    return min(boxes, key=lambda box: _covered(box, taken, room))


def _covered(box: Box, taken: Sequence[Box], room: tuple[float, float]) -> float:
    """The area that a box shares with others, and lies outside of the axes with."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    outside = area - _shared(box, (0, 0, *room))
    return 4 * outside + sum(_shared(box, other) for other in taken)


def _shared(one: Box, other: Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    return max(0.0, across) * max(0.0, min(one[3], other[3]) - max(one[1], other[1]))


def _length(text: str) -> float:
    """Points that a name takes across."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), text, size=SMALL, prop=FontProperties(family="DejaVu Sans"))
    return float(path.get_extents().width) + 2
