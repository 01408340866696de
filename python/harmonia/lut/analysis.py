"""What a table is like, in numbers."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harmonia._lut_files.contents import lattice
from harmonia.lut.shape import check_lut, resize, through
from harmonia.transform import Lut

Doubles = np.ndarray[Any, np.dtype[np.float64]]

LEVELS = 255.0


@dataclass(frozen=True)
class LutAnalysis:
    """What `analyse` finds. Levels are those of 8 bits, 1/255; shares are of 1."""

    size: tuple[int, int, int]
    """Nodes along red, green and blue."""
    mean_change: float
    """By how many levels the nodes differ from their own colours, on average over channels."""
    worst_change: float
    """The same where it is most."""
    rms_bend: float
    """Smoothness: second differences between three nodes in a row, root mean square, in levels.
    They fall with the square of the number of nodes: compare tables of one size."""
    worst_bend: float
    """The same where it is most."""
    falling_steps: float
    """Monotonicity: share of the steps between two nodes along red where red falls, and so on."""
    worst_fall: float
    """By how many levels such a step falls at most."""
    below_zero: float
    """Share of the nodes with a channel below 0."""
    above_one: float
    """Share of the nodes with a channel above 1."""
    outside: float
    """Share of the nodes with a channel below 0 or above 1: what integer images clip."""
    reached: float
    """Share of the colour cube that the nodes, clipped to it, enclose."""
    folded_cells: float
    """Share of the cells that are turned inside out at one of their corners, against the sense of
    the whole table: a negative Jacobian. There several colours become one."""
    flat_cells: float
    """Share of the cells without volume at all of their corners: colours that are told apart no
    longer."""
    mean_grey_cast: float
    """By how many levels the channels of a grey come apart, largest less smallest, on average over
    the 256 greys of 8 bits."""
    worst_grey_cast: float
    """The same where it is most."""

    def __str__(self) -> str:
        def share(value: float) -> str:
            return f"{100 * value:.3g} %"

        rows = {
            "size": " x ".join(str(count) for count in self.size),
            "change": f"{self.mean_change:.2f} levels on average, up to {self.worst_change:.2f}",
            "bend": f"{self.rms_bend:.2f} levels (root mean square), up to {self.worst_bend:.2f}",
            "falling steps": f"{share(self.falling_steps)}, by up to {self.worst_fall:.2f} levels",
            "out of range": f"{share(self.below_zero)} of the nodes below 0, "
            f"{share(self.above_one)} above 1",
            "gamut": f"{share(self.reached)} of the colour cube",
            "cells": f"{share(self.folded_cells)} folded, {share(self.flat_cells)} flat",
            "grey": f"{self.mean_grey_cast:.2f} levels apart on average, up to "
            f"{self.worst_grey_cast:.2f}",
        }
        return "\n".join(f"{name:<14}{text}" for name, text in rows.items())


def analyse(lut: Lut) -> LutAnalysis:
    """Measure a table: how smooth, monotone and neutral it is, what it clips, folds and changes.

    A shaper is baked into the nodes before, at the size of the table.

    >>> look = harmonia.fit(image, mask, "mkl").to_lut(33)
    >>> found = harmonia.lut.analyse(look)
    >>> 0 < found.mean_change < found.worst_change
    True
    """
    check_lut(lut, where="analyse: lut")
    lut = resize(lut, lut.size, bake=True)
    nodes = lut.nodes.astype(np.float64)
    change = LEVELS * np.abs(nodes - lattice(lut.size, lut.domain))
    bends = LEVELS * np.abs(
        np.concatenate([np.diff(nodes, 2, axis=axis).ravel() for axis in range(3)])
    )
    steps = LEVELS * np.concatenate(
        [np.diff(nodes[..., axis], axis=axis).ravel() for axis in range(3)]
    )
    below, above = (nodes < 0).any(axis=-1), (nodes > 1).any(axis=-1)
    folded, flat = _cells(nodes)
    greys = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[None, :, None], 3, axis=2)
    casts = LEVELS * np.ptp(through(lut, greys).astype(np.float64), axis=-1)
    return LutAnalysis(
        size=lut.size,
        mean_change=float(change.mean()),
        worst_change=float(change.max()),
        rms_bend=float(np.sqrt(np.mean(bends**2))) if bends.size else 0.0,
        worst_bend=float(bends.max(initial=0)),
        falling_steps=float((steps < 0).mean()),
        worst_fall=max(0.0, float(-steps.min())),
        below_zero=float(below.mean()),
        above_one=float(above.mean()),
        outside=float((below | above).mean()),
        reached=abs(_volume(np.clip(nodes, 0, 1))),
        folded_cells=folded,
        flat_cells=flat,
        mean_grey_cast=float(casts.mean()),
        worst_grey_cast=float(casts.max()),
    )


def _triple(a: Doubles, b: Doubles, c: Doubles) -> Doubles:
    """Volume of the box that three edges span, negative where they are left-handed."""
    volume: Doubles = (
        a[..., 0] * (b[..., 1] * c[..., 2] - b[..., 2] * c[..., 1])
        + a[..., 1] * (b[..., 2] * c[..., 0] - b[..., 0] * c[..., 2])
        + a[..., 2] * (b[..., 0] * c[..., 1] - b[..., 1] * c[..., 0])
    )
    return volume


def _volume(nodes: Doubles) -> float:
    """What the cells fill, cut into six tetrahedra each. What a fold covers back and forth counts
    once."""
    total = 0.0
    for path in itertools.permutations(range(3)):  # from corner 0, 0, 0 to 1, 1, 1
        corner = [0, 0, 0]
        start, reached = _corner(nodes, corner), []
        for axis in path:
            corner[axis] = 1
            reached.append(_corner(nodes, corner) - start)
        sense = 1 if path in ((0, 1, 2), (1, 2, 0), (2, 0, 1)) else -1
        total += sense * float(_triple(*reached).sum()) / 6
    return total


def _corner(values: Doubles, corner: Sequence[int], along: int | None = None) -> Doubles:
    """What belongs to this corner of every cell; of edges, to the one `along` an axis from it."""
    part = [
        slice(None) if axis == along else slice(step, values.shape[axis] - 1 + step)
        for axis, step in enumerate(corner)
    ]
    return values[tuple(part)]


def _cells(nodes: Doubles) -> tuple[float, float]:
    """Shares of cells that are folded, and that are flat."""
    sense = 1.0 if _volume(nodes) >= 0 else -1.0
    edges = [np.diff(nodes, axis=axis) for axis in range(3)]
    lengths = [np.sqrt((edge**2).sum(axis=-1)) for edge in edges]
    # An edge is off by the roundings of two nodes in float32; what a volume may owe to them is 0.
    rounding = 2.0**-22 * float(np.abs(nodes).max())
    folded = np.zeros([count - 1 for count in nodes.shape[:3]], bool)
    flat = np.ones(folded.shape, bool)
    for corner in itertools.product((0, 1), repeat=3):
        a, b, c = (_corner(lengths[axis], corner, axis) for axis in range(3))
        none = rounding * (a * b + b * c + a * c)
        volume = sense * _triple(*(_corner(edges[axis], corner, axis) for axis in range(3)))
        folded |= volume < -none
        flat &= np.abs(volume) <= none
    return float(folded.mean()), float(flat.mean())
