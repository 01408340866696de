"""Gain, gamma and offset of each channel of RGB."""

from dataclasses import dataclass

import numpy as np

from harmonia.transform import CurveTransform

Triple = tuple[float, float, float]

# At strength 1, of the channels together and of each for itself: natural logarithms, and 0..1.
GAIN, OWN_GAIN = 0.7, 0.25
GAMMA, OWN_GAMMA = 0.7, 0.2
OFFSET, OWN_OFFSET = 0.12, 0.06


@dataclass(frozen=True, slots=True)
class Rgb:
    """`offset + gain * value ** gamma`, of red, green and blue in 0..1."""

    gain: Triple
    gamma: Triple
    offset: Triple

    def transform(self) -> CurveTransform:
        codes = np.linspace(0, 1, 256)  # a node a code: 8-bit pictures meet no other value
        curves = [
            offset + gain * codes**gamma
            for gain, gamma, offset in zip(self.gain, self.gamma, self.offset, strict=True)
        ]
        values = np.clip(curves, 0, 1).astype(np.float32)
        return CurveTransform("rgb", (0, 0, 0), (1, 1, 1), values)


def draw(rng: np.random.Generator, strength: float = 1.0) -> Rgb:
    """
    >>> from harmonia.synthesis._perturbations import rgb
    >>> rgb.draw(np.random.default_rng(0), 0.0)
    Rgb(gain=(1.0, 1.0, 1.0), gamma=(1.0, 1.0, 1.0), offset=(0.0, 0.0, 0.0))
    """
    return Rgb(
        _triple(np.exp(_around(rng, strength * GAIN, strength * OWN_GAIN))),
        _triple(np.exp(_around(rng, strength * GAMMA, strength * OWN_GAMMA))),
        _triple(_around(rng, strength * OFFSET, strength * OWN_OFFSET) + 0.0),
    )


def _around(
    rng: np.random.Generator, together: float, own: float
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return rng.uniform(-together, together) + rng.uniform(-own, own, 3)


def _triple(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Triple:
    red, green, blue = (float(value) for value in values)
    return red, green, blue
