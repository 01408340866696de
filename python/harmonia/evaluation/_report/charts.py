"""Charts as SVG within the page, whose style sheet colours them; each stands by itself on a phone.

A chart is 360 units wide and shown at about that size, so that its letters are those of the page.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from harmonia.comparison.panels import OF_ONE, shown, spelled
from harmonia.evaluation._report import axes
from harmonia.evaluation._report.axes import Axis
from harmonia.evaluation._report.numbers import Numbers, is_higher_better, mean

WIDTH, LEFT, RIGHT = 360, 136, 14
BAND = 30  # of a method
BINS = (12, 48)  # of a distribution, least and most
NAME = 20  # letters of a label that find room
PLOT = (LEFT, WIDTH - RIGHT)
SCATTER = (46, 20, 296, 150)  # left, top, width and height of the plot
GROUPS = 10  # of samples, of which a median is drawn
LETTER = 6.4  # width of a letter, about
# Where letters may stand beside a point: to the right, down, and what of them lies there.
BESIDE = (
    *((8, 4, "start"), (-8, 4, "end"), (0, -8, "middle"), (0, 17, "middle")),
    *((6, -7, "start"), (6, 15, "start"), (-6, -7, "end"), (-6, 15, "end")),
)
Box = tuple[float, float, float, float]  # left, top, right, bottom
FEW = 400  # points, which are drawn larger


def distributions(numbers: Numbers, metric: str) -> str:
    """A band for each method: how its values spread, the middle half, the median and the mean."""
    columns = {label: list(numbers.values(label, metric).values()) for label in numbers.labels}
    axis = _axis(metric, [value for values in columns.values() for value in values])
    top, bottom = 26, 26 + BAND * len(columns)
    better = "higher" if is_higher_better(metric) else "lower"
    parts = _grid(axis, PLOT, (top, bottom))
    parts.append(_head(f"{spelled(metric)}", f"{better} is better"))
    for place, (label, values) in enumerate(columns.items()):
        base = top + BAND * (place + 1) - 7
        parts.append(_name(label, base - 4))
        finite = np.array([value for value in values if math.isfinite(value)])
        if len(finite):
            parts.append(_band(finite, axis, base, label, metric))
    title = f"{spelled(metric)}: distribution by method, {better} is better"
    return _svg(parts, bottom + 20, title)


def gains(numbers: Numbers, metric: str) -> str:
    """By how much each method is better than the composite: the mean, and its 95 % interval."""
    labels = [label for label in numbers.labels if label != numbers.composite]
    means = {label: mean(found) for label in labels if (found := numbers.gains(label, metric))}
    if not means:
        return ""
    ends = [end for one in means.values() for end in (one.low, one.high)]
    axis = axes.linear(ends, holds=[0.0])
    room = 62  # for the share of samples that got better
    plot = (PLOT[0], PLOT[1] - room)
    top, bottom = 36, 36 + 24 * len(means)
    parts = _grid(axis, plot, (top, bottom))
    parts.append(_head(f"{spelled(metric)}", "gain over the composite"))
    zero = _along(axis, 0.0, plot)
    parts.append(_line("zero", zero, top, zero, bottom))
    parts.append(_text(WIDTH - RIGHT, 30, "better on", "pale", "end"))
    for place, (label, one) in enumerate(means.items()):
        y = top + 24 * place + 12
        low, at, high = (_along(axis, value, plot) for value in (one.low, one.mean, one.high))
        kind = "up" if one.low > 0 else "down" if one.high < 0 else "even"
        told = f"{label}: {one.mean:.4g}, from {one.low:.4g} to {one.high:.4g}"
        found = numbers.gains(label, metric)
        share = sum(value > 0 for value in found) / len(found)
        parts.append(
            f'<g class="{kind}"><title>{escape(told)}</title>{_line("span", low, y, high, y)}'
            f'<circle cx="{_short(at)}" cy="{y}" r="4"/></g>'
        )
        parts.append(_name(label, y + 4))
        parts.append(_text(WIDTH - RIGHT, y + 4, f"{100 * share:.0f} %", "said", "end"))
    title = f"{spelled(metric)}: gain over the composite by method; above 0 is better"
    return _svg(parts, bottom + 20, title)


def against_foreground(numbers: Numbers, label: str, metric: str) -> str:
    """A point for each sample, and the median of groups of samples alike in foreground."""
    everything = [v for each in numbers.labels for v in numbers.values(each, metric).values()]
    axis, shares = _axis(metric, everything), Axis(0.0, 1.0)
    left, top, width, height = SCATTER
    plot, sides = (left, left + width), (top, top + height)
    parts = [*_grid(shares, plot, sides, "foreground", percent=True), *_rungs(axis, plot, sides)]
    points = _points(numbers, label, metric)
    spots = {
        (round(left + width * shares.at(x)), round(top + height * (1 - axis.at(y))))
        for x, y in points
    }
    dots = "".join(f"M{x} {y}h0" for x, y in sorted(spots))
    kind = "dots few" if len(spots) < FEW else "dots"
    parts.append(f'<path class="{kind}" d="{dots}"/>')
    if numbers.composite is not None and label != numbers.composite:
        before = _medians(_points(numbers, numbers.composite, metric))
        parts.append(_curve("before", before, shares, axis))
    parts.append(_curve("median", _medians(points), shares, axis))
    parts.append(_text(left, 12, _cut(label, 30), "head"))
    title = f"{label}: {spelled(metric)} against the share of foreground, {len(points):,} samples"
    return _svg(parts, top + height + 34, title)


def time_against_quality(numbers: Numbers, milliseconds: Mapping[str, float], metric: str) -> str:
    """A point for each method that was timed."""
    found = {
        label: (milliseconds[label], mean(numbers.values(label, metric).values()).mean)
        for label in numbers.labels
        if label in milliseconds and milliseconds[label] > 0
    }
    found = {label: at for label, at in found.items() if math.isfinite(at[1])}
    if not found:
        return ""
    times = axes.logarithmic(time for time, _ in found.values())
    axis = axes.linear(value for _, value in found.values())
    left, top, width, height = SCATTER
    height += 80
    plot, sides = (left, left + width), (top, top + height)
    parts = [*_grid(times, plot, sides, "ms a picture"), *_rungs(axis, plot, sides)]
    spots = {
        label: (_along(times, time, plot), top + height * (1 - axis.at(value)))
        for label, (time, value) in found.items()
    }
    title = f"mean {spelled(metric)}"
    taken: list[Box] = [(x - 5, y - 5, x + 5, y + 5) for x, y in spots.values()]
    taken.append((left, 0, left + LETTER * len(title), 14))
    for label, (x, y) in spots.items():
        time, value = found[label]
        told = f"{label}: {time:.4g} ms, {spelled(metric)} {shown(metric, value)}"
        parts.append(
            f'<g class="even"><title>{escape(told)}</title>'
            f'<circle cx="{_short(x)}" cy="{_short(y)}" r="4"/></g>'
        )
        parts.append(_beside(_cut(label), x, y, taken))
    parts.append(_text(left, 12, title, "pale"))
    return _svg(parts, top + height + 34, f"Time against {spelled(metric)}")


def _beside(said: str, x: float, y: float, taken: list[Box]) -> str:
    """Letters next to a point where nothing else stands; none where there is no room."""
    wide = LETTER * len(said)
    for right, down, anchor in BESIDE:
        start = x + right - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        box = (start, y + down - 9, start + wide, y + down + 2)
        if box[0] >= 0 and box[2] <= WIDTH and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return _text(x + right, y + down, said, "said", anchor)
    return ""


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _axis(metric: str, values: Sequence[float]) -> Axis:
    """Errors lie decades apart; what is in dB or within 0..1 does not."""
    if is_higher_better(metric) or metric in OF_ONE:
        return axes.linear(values)
    return axes.logarithmic(values)


def _band(
    values: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    axis: Axis,
    base: float,
    label: str,
    metric: str,
) -> str:
    places = np.array([axis.at(value) for value in values])
    bins = max(BINS[0], min(BINS[1], 2 * math.isqrt(len(places))))
    counts, _ = np.histogram(places, bins=bins, range=(0.0, 1.0))
    tall = (BAND - 12) * counts / counts.max()
    step = (PLOT[1] - PLOT[0]) / bins
    steps = "".join(f"V{_short(base - rise)}h{_short(step)}" for rise in tall)
    low, middle, high = np.percentile(values, [25, 50, 75])
    average = math.fsum(values) / len(values)
    told = (
        f"{label}: mean {shown(metric, average)}, median {shown(metric, middle)}, middle half "
        f"{shown(metric, low)} to {shown(metric, high)}, {len(values):,} samples"
    )
    ends = [_along(axis, value, PLOT) for value in (low, high)]
    at, median = _along(axis, average, PLOT), _along(axis, middle, PLOT)
    return (
        f'<g><title>{escape(told)}</title><path class="area" d="M{PLOT[0]} {_short(base)}{steps}'
        f'V{_short(base)}z"/>{_line("half", ends[0], base, ends[1], base)}'
        f"{_line('middle', median, base - 5, median, base + 5)}"
        f'<circle class="mean" cx="{_short(at)}" cy="{_short(base)}" r="3.2"/></g>'
    )


def _points(numbers: Numbers, label: str, metric: str) -> list[tuple[float, float]]:
    place = numbers.metrics.index(metric)
    rows = numbers.rows[label].values()
    return sorted(
        (row.foreground, row.values[place]) for row in rows if not math.isnan(row.values[place])
    )


def _medians(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    count = min(GROUPS, len(points) // 3)
    if count < 2:
        return []
    ends = [len(points) * number // count for number in range(count + 1)]
    groups = [points[start:stop] for start, stop in itertools.pairwise(ends)]
    return [
        (float(np.median(x)), float(np.median(y)))
        for x, y in (zip(*g, strict=True) for g in groups)
    ]


def _curve(kind: str, points: list[tuple[float, float]], across: Axis, up: Axis) -> str:
    left, top, width, height = SCATTER
    places = " ".join(
        f"{_short(left + width * across.at(x))},{_short(top + height * (1 - up.at(y)))}"
        for x, y in points
    )
    return f'<polyline class="{kind}" points="{places}"/>' if points else ""


def _grid(
    axis: Axis,
    plot: tuple[float, float],
    sides: tuple[float, float],
    title: str = "",
    *,
    percent: bool = False,
) -> list[str]:
    """Upright lines at ticks, and what they are called below."""
    parts = []
    for tick in axis.ticks():
        x = _along(axis, tick, plot)
        parts.append(_line("grid", x, sides[0], x, sides[1]))
        said = f"{100 * tick:.0f} %" if percent else axes.spelled(tick)
        parts.append(_text(x, sides[1] + 14, said, "pale", "middle"))
    if title:
        parts.append(_text(sum(plot) / 2, sides[1] + 29, title, "pale", "middle"))
    return parts


def _rungs(axis: Axis, plot: tuple[float, float], sides: tuple[float, float]) -> list[str]:
    """Level lines at ticks, and their values on the left."""
    parts = []
    for tick in axis.ticks():
        y = sides[1] - (sides[1] - sides[0]) * axis.at(tick)
        parts.append(_line("grid", plot[0], y, plot[1], y))
        parts.append(_text(plot[0] - 5, y + 4, axes.spelled(tick), "pale", "end"))
    return parts


def _svg(parts: Sequence[str], height: float, title: str) -> str:
    said = escape(title)
    return (
        f'<svg viewBox="0 0 {WIDTH} {_short(height)}" role="img" aria-label="{said}">'
        f"{''.join(parts)}</svg>"
    )


def _head(title: str, more: str) -> str:
    said = f'<tspan class="pale" dx="6">{escape(more)}</tspan>'
    return f'<text class="head" x="{LEFT}" y="14">{escape(title)}{said}</text>'


def _name(label: str, y: float) -> str:
    return _text(LEFT - 8, y, _cut(label), "said", "end")


def _cut(label: str, letters: int = NAME) -> str:
    return label if len(label) <= letters else f"{label[: letters - 1]}\u2026"


def _along(axis: Axis, value: float, plot: tuple[float, float]) -> float:
    return plot[0] + (plot[1] - plot[0]) * axis.at(value)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    ends = f'x1="{_short(x1)}" y1="{_short(y1)}" x2="{_short(x2)}" y2="{_short(y2)}"'
    return f'<line class="{kind}" {ends}/>'


def _text(x: float, y: float, said: str, kind: str, anchor: str = "start") -> str:
    return (
        f'<text class="{kind}" x="{_short(x)}" y="{_short(y)}" text-anchor="{anchor}">'
        f"{escape(said)}</text>"
    )


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
