"""A rising curve through random knots, for all channels or for one of them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from harmonia.transform import CurveTransform

Floats = np.ndarray[Any, np.dtype[np.float64]]

KNOTS = 5  # evenly over 0..1
# At strength 1: the spread of the logarithms of the steps between knots, and how far in the ends
# may lie.
STEPS, ENDS = 1.4, 0.2
ALL = 0.7  # of the curves are for all channels
CHANNELS = ("red", "green", "blue")


@dataclass(frozen=True, slots=True)
class Tone:
    """`knots` are the values at 0, 1/4 .. 1; `channel` is "all" or the one that is changed."""

    knots: tuple[float, ...]
    channel: str

    def transform(self) -> CurveTransform:
        codes = np.linspace(0, 1, 256)
        curve = _rising(np.array(self.knots), codes)
        curves = [curve if self.channel in ("all", name) else codes for name in CHANNELS]
        values = np.clip(curves, 0, 1).astype(np.float32)
        return CurveTransform("rgb", (0, 0, 0), (1, 1, 1), values)


def draw(rng: np.random.Generator, strength: float = 1.0) -> Tone:
    """
    >>> from harmonia.synthesis._perturbations import tone
    >>> tone.draw(np.random.default_rng(0), 0.0).knots
    (0.0, 0.25, 0.5, 0.75, 1.0)
    """
    steps = [math.exp(strength * STEPS * step) for step in rng.uniform(-1, 1, KNOTS - 1)]
    low, above = (strength * ENDS * float(end) for end in rng.uniform(0, 1, 2))
    channel = "all" if rng.random() < ALL else CHANNELS[int(rng.integers(3))]
    length, total = 1.0 - above - low, math.fsum(steps)
    knots = [low + length * math.fsum(steps[:n]) / total for n in range(KNOTS)]
    return Tone(tuple(knots), channel)


def _rising(knots: Floats, at: Floats) -> Floats:
    """Cubic pieces whose slopes are harmonic means, which keeps what rises rising.

    F. N. Fritsch, J. Butland, SIAM J. Sci. Stat. Comput. 5(2), 1984.
    """
    width = 1.0 / (len(knots) - 1)
    rises = np.diff(knots) / width
    slopes = np.empty(len(knots))
    slopes[1:-1] = 2 * rises[:-1] * rises[1:] / np.maximum(rises[:-1] + rises[1:], 1e-12)
    slopes[0], slopes[-1] = rises[0], rises[-1]
    piece = np.minimum((at / width).astype(int), len(rises) - 1)
    t = at / width - piece
    left, right = knots[piece], knots[piece + 1]
    blend = t * t * (3 - 2 * t)
    bend = t * (1 - t) * ((1 - t) * slopes[piece] - t * slopes[piece + 1])
    found: Floats = left + (right - left) * blend + width * bend
    return found
