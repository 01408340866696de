"""Other light: a black body of other temperature, with a tint and an exposure, in linear light."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from harmonia.transform import AffineTransform

Floats = np.ndarray[Any, np.dtype[np.float64]]

NEUTRAL = 6500.0  # kelvin; the light that is not changed
# At strength 1: millionths of 1/kelvin towards blue and towards red, the distance from the locus
# of black bodies in the uv of CIE 1960, and stops.
BLUER, REDDER, TINT, STOPS = 80.0, 150.0, 0.015, 1.2

TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


@dataclass(frozen=True, slots=True)
class WhiteBalance:
    """What was lit by a black body of 6500 K is lit by one of `kelvin`, `tint` off towards green.

    White keeps its luminance, but for so many stops.
    """

    kelvin: float
    tint: float
    stops: float

    def transform(self) -> AffineTransform:
        cones = BRADFORD @ TO_XYZ
        before = BRADFORD @ white(NEUTRAL)
        after = BRADFORD @ white(self.kelvin, self.tint)
        matrix = np.linalg.solve(cones, (after / before)[:, None] * cones)
        # Divided by the luminance that white comes to.
        matrix *= 2.0**self.stops / (TO_XYZ[1] @ matrix.sum(axis=1))
        return AffineTransform("linear", tuple(map(float, matrix.ravel())), (0.0, 0.0, 0.0))


def draw(rng: np.random.Generator, strength: float = 1.0) -> WhiteBalance:
    """
    >>> from harmonia.synthesis._perturbations import white_balance
    >>> light = white_balance.draw(np.random.default_rng(0), 1.0)
    >>> 3000 < light.kelvin < 14000
    True
    """
    mireds = 1e6 / NEUTRAL + strength * float(rng.uniform(-BLUER, REDDER))
    tint, stops = (strength * float(part) for part in rng.uniform(-1, 1, 2))
    return WhiteBalance(1e6 / mireds, tint * TINT, stops * STOPS)


def white(kelvin: float, tint: float = 0.0) -> Floats:
    """XYZ of a light, Y = 1."""
    u, v = _locus(kelvin)
    if tint:
        ahead, behind = _locus(kelvin * 1.001), _locus(kelvin / 1.001)
        along = np.subtract(ahead, behind)
        across = np.array([along[1], -along[0]]) / np.hypot(*along)
        across *= np.sign(across[1])  # v grows towards green
        u, v = u + tint * across[0], v + tint * across[1]
    below = 2 * u - 8 * v + 4
    x, y = 3 * u / below, 2 * v / below
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _locus(kelvin: float) -> tuple[float, float]:
    """u, v of CIE 1960 of a black body: M. Krystek, Color Research & Application 10(1), 1985."""
    t = kelvin
    u = (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * t * t) / (
        1 + 8.42420235e-4 * t + 7.08145163e-7 * t * t
    )
    v = (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * t * t) / (
        1 - 2.89741816e-5 * t + 1.61456053e-7 * t * t
    )
    return u, v
