"""Transforms that move colours along axes, which `idt` and `sliced_ot` find in different ways."""

import math
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from harmonia import _core
from harmonia._arrays import Frame, Mask
from harmonia._kernels import kernels_of
from harmonia._scene import Sample
from harmonia.transform import Transform

Axes = np.ndarray[Any, np.dtype[np.float64]]
Curves = np.ndarray[Any, np.dtype[np.float32]]
Arrays = tuple[Axes, np.ndarray[Any, np.dtype[np.float64]], Curves]

# Curves resolve no more than the colours tell: with sqrt(n) nodes, each rests on about sqrt(n) of n
# colours. More would fit chance, which is seen as grain, and leave it to rounding which chance.
FEWEST_NODES, MOST_NODES = 16, 256

MOST_ITERATIONS = 1000


@dataclass(frozen=True)
class ProjectionTransform(Transform):
    """Steps that look where a colour lies on some axes, and move it along each by a curve.

    The axes of a step are orthonormal bases. A curve is a table over evenly spaced nodes, linear
    between them and constant beyond. The numbers are kept as bytes, which compare and pickle:
    directions float64 (steps, axes, 3), ranges float64 (steps, axes, 2) with the places of the
    first and the last node, moves float32 (steps, axes, nodes).
    """

    steps: int
    axes: int
    directions: bytes
    ranges: bytes
    moves: bytes

    @classmethod
    def of(cls, arrays: Arrays) -> "ProjectionTransform":
        """From what the kernel that fits returns."""
        steps, axes, _ = arrays[0].shape
        return cls(steps, axes, *(array.tobytes() for array in arrays))

    @property
    def arrays(self) -> Arrays:
        """Directions, ranges and moves as arrays."""
        shape = (self.steps, self.axes, -1)
        return (
            np.frombuffer(self.directions).reshape(shape),
            np.frombuffer(self.ranges).reshape(shape),
            np.frombuffer(self.moves, np.float32).reshape(shape),
        )

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        kernels_of(frame).projections_transfer(frame, mask.frame, strength, self.arrays, out)

    def colors(self, frame: Frame, mask: Mask) -> "np.ndarray[Any, np.dtype[np.float32]]":
        """The new colours under the mask, (H, W, 3) without blend or clamp; undefined elsewhere."""
        out = np.empty((*frame.shape[:2], 3), np.float32)
        kernels_of(frame).projected_colors(frame, mask.frame, self.arrays, out)
        return out


def check_iterations(iterations: int, *, where: str) -> None:
    whole = isinstance(iterations, Integral) and not isinstance(iterations, bool)
    if not whole or not 1 <= iterations <= MOST_ITERATIONS:
        raise ValueError(
            f"{where}: iterations must be a whole number from 1 to {MOST_ITERATIONS}, "
            f"got {iterations!r}; leave it out for the usual number"
        )


def nodes_for(source: Sample, target: Sample) -> int:
    """How finely a curve between these colours is resolved."""
    return min(max(math.isqrt(min(source.shape[1], target.shape[1])), FEWEST_NODES), MOST_NODES)


def directions(steps: int, axes: int, seed: int) -> Axes:
    """Seeded axes, (steps, axes, 3): R, G and B in the first step, then bases turned at random."""
    found: Axes = _core.projection_directions(steps, axes, seed)
    return found
