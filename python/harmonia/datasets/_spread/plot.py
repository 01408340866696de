"""Histograms of a spread as an SVG that stands by itself, in the light and in the dark."""

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from harmonia.datasets._spread.published import Means
from harmonia.datasets._spread.spread import Spread

WIDTH, HEIGHT = 250, 110  # of a panel, in units of the drawing
LEFT, TOP, GAP, BELOW, RIGHT = 144, 74, 44, 58, 30
LETTERS = 16  # of the name of a group, which stands left of the panels

STYLE = """
svg { --paper: #ffffff; --ink: #1f2933; --pale: #616e7c; --line: #d5dbe1; --bar: #8fb3d9;
      --own: #1b5fa8; --known: #b3460a; background: var(--paper); }
@media (prefers-color-scheme: dark) {
  svg { --paper: #14181d; --ink: #e4e9ee; --pale: #9aa7b4; --line: #37414c; --bar: #3f6690;
        --own: #8ec5ff; --known: #ffab70; } }
text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.pale { fill: var(--pale); font-size: 11px; }
.head { font-weight: 600; }
.line { stroke: var(--line); stroke-width: 1; }
.bar { fill: var(--bar); }
.own { stroke: var(--own); stroke-width: 2; }
.known { stroke: var(--known); stroke-width: 2; stroke-dasharray: 4 3; }
.is-own { fill: var(--own); font-size: 11px; }
.is-known { fill: var(--known); font-size: 11px; }
"""


class Axis(NamedTuple):
    """One number: where a value lies from 0 to 1 between the ends, and what it is called."""

    metric: str
    title: str
    ends: tuple[float, float]
    ticks: Sequence[float]
    shown: Callable[[float], str]
    place: Callable[[float], float]
    bins: int = 30

    def at(self, value: float) -> float:
        """0..1; what lies beyond an end is drawn at it."""
        low, high = (self.place(end) for end in self.ends)
        if math.isnan(value):
            return math.nan
        if value == math.inf:
            return 1.0
        return min(1.0, max(0.0, (self.place(value) - low) / (high - low)))


def _log(value: float) -> float:
    return math.log10(max(value, 1e-12))


def _plain(value: float) -> float:
    return value


AXES = (
    Axis("mse", "MSE", (1.0, 10000.0), (1, 10, 100, 1000, 10000), lambda v: f"{v:,.0f}", _log),
    Axis("psnr", "PSNR, dB", (10.0, 60.0), (10, 20, 30, 40, 50, 60), lambda v: f"{v:g}", _plain),
    Axis(
        "foreground",
        "foreground",
        (0.0, 1.0),
        (0, 0.2, 0.4, 0.6, 0.8, 1),
        lambda v: f"{100 * v:.0f} %",
        _plain,
    ),
)


def svg(spread: Spread, *, title: str = "") -> str:
    """A row of panels for each group: MSE (logarithmic), PSNR and the share of foreground.

    Bars are shares of the composites; lines are means, those of iHarmony4 dashed.

    >>> from array import array
    >>> column = array("d", [3.0, 30.0, 300.0])
    >>> columns = dict.fromkeys(("mse", "psnr", "fmse", "foreground"), column)
    >>> found = harmonia.datasets.Spread("256", {"All": columns})
    >>> harmonia.datasets.spread_svg(found).startswith("<svg ")
    True
    """
    rows = list(spread.groups)
    width = LEFT + len(AXES) * (WIDTH + GAP) - GAP + RIGHT
    height = TOP + len(rows) * (HEIGHT + BELOW)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" style="fill: var(--paper)"/>',
        _text(20, 28, title or "Composites beside their reals", "head"),
        *_legend(spread, width),
    ]
    for number, group in enumerate(rows):
        top = TOP + number * (HEIGHT + BELOW)
        count = len(spread.groups[group]["mse"])
        parts += [
            _text(20, top + 22, _cut(group), "head"),
            _text(20, top + 38, f"{count:,} composites", "pale"),
        ]
        for column, axis in enumerate(AXES):
            left = LEFT + column * (WIDTH + GAP)
            known = spread.published(group)
            parts += _panel(axis, spread.groups[group][axis.metric], known, left, top)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend(spread: Spread, width: int) -> list[str]:
    size = "at 256 x 256" if spread.measured == "256" else "at the sizes of the files"
    return [
        '<line class="own" x1="20" y1="48" x2="44" y2="48"/>',
        _text(50, 52, f"mean, {size}", "is-own"),
        '<line class="known" x1="240" y1="48" x2="264" y2="48"/>',
        _text(270, 52, "published mean of iHarmony4's test set", "is-known"),
    ]


def _panel(
    axis: Axis, values: Sequence[float], known: Means | None, left: int, top: int
) -> list[str]:
    places = np.array([axis.at(value) for value in values if not math.isnan(value)])
    counts, edges = np.histogram(places, bins=axis.bins, range=(0.0, 1.0))
    highest = max(1, int(counts.max()))
    bottom = top + HEIGHT
    parts = [_line("line", left, bottom, left + WIDTH, bottom)]
    for count, start in zip(counts.tolist(), edges.tolist(), strict=False):
        if count:
            tall = (HEIGHT - 22) * count / highest
            parts.append(
                f'<rect class="bar" x="{_short(left + start * WIDTH)}" '
                f'y="{_short(bottom - tall)}" width="{_short(WIDTH / axis.bins - 1)}" '
                f'height="{_short(tall)}"/>'
            )
    for tick in axis.ticks:
        x = left + axis.at(tick) * WIDTH
        parts.append(_line("line", x, bottom, x, bottom + 4))
        parts.append(_text(x, bottom + 17, axis.shown(tick), "pale", "middle"))
    parts.append(_text(left + WIDTH / 2, bottom + 33, axis.title, "pale", "middle"))
    finite = [value for value in values if math.isfinite(value)]
    own = math.fsum(finite) / len(finite) if finite else math.nan
    published = math.nan if known is None else float(getattr(known, axis.metric))
    said = []
    for kind, value in (("own", own), ("known", published)):
        if not math.isnan(value):
            x = left + axis.at(value) * WIDTH
            parts.append(_line(kind, x, top + 18, x, bottom))
            said.append((kind, _said(axis, value)))
    # The numbers stand apart from the lines, which may lie on one another.
    for (kind, text), x, anchor in zip(said, (left, left + WIDTH), ("start", "end"), strict=False):
        words = f"mean {text}" if kind == "own" else f"published {text}"
        parts.append(_text(x, top + 10, words, f"is-{kind}", anchor))
    return parts


def _said(axis: Axis, value: float) -> str:
    return f"{100 * value:.1f} %" if axis.metric == "foreground" else f"{value:.1f}"


def _cut(name: str) -> str:
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 3]}..."


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
