"""A turn of the hue, and other saturation and value."""

import math
from dataclasses import dataclass

import numpy as np

from harmonia import color
from harmonia.synthesis._perturbations import _nodes
from harmonia.transform import Lut

# At strength 1: a share of the circle, and natural logarithms.
TURN = 0.07
SATURATION = 0.7
VALUE = 0.7


@dataclass(frozen=True, slots=True)
class Hsv:
    """Hue plus `turn` of a full circle; saturation and value times theirs, held within 0..1."""

    turn: float
    saturation: float
    value: float

    def transform(self) -> Lut:
        found = color.convert(_nodes.colours(), "rgb", "hsv")
        hue = found[..., 0]
        hue += np.float32(self.turn)
        hue -= np.floor(hue)
        for channel, factor in ((1, self.saturation), (2, self.value)):
            np.minimum(found[..., channel] * np.float32(factor), 1, out=found[..., channel])
        return _nodes.table(color.convert(found, "hsv", "rgb"))


def draw(rng: np.random.Generator, strength: float = 1.0) -> Hsv:
    """
    >>> from harmonia.synthesis._perturbations import hsv
    >>> hsv.draw(np.random.default_rng(0), 0.0)
    Hsv(turn=0.0, saturation=1.0, value=1.0)
    """
    turn, saturation, value = (float(part) for part in rng.uniform(-strength, strength, 3))
    return Hsv(turn * TURN + 0.0, math.exp(saturation * SATURATION), math.exp(value * VALUE))
