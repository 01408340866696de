"""The same thing in other colours: lights and darks in their order, colours in theirs, contrast.

The least of four numbers, each 1 for a foreground that is as it was.

- The correlation of the lightness of the composite with that of the real: a negative has -1.
- That of the chromatic parts of CIELAB about their means, as vectors: colours of parts that swap
  places, and those mirrored by the sign of an eigenvector, have a negative one.
- The cosine between the chromatic parts themselves: a red apple that comes out blue has -1, and a
  grey thing that comes out in a strong colour almost 0.
- The smaller of the two spreads of lightness by the larger.

A small constant stands beside every variance, so that noise on an even surface does not decide.
"""

import math

from harmonia.synthesis._foreground import Floats, foreground
from harmonia.synthesis._score import Pixels, Score

# Deviations in CIELAB that count for nothing.
LIGHTNESS, COLOURS, CHROMA = 3.0, 5.0, 10.0


def of(composite: Pixels, mask: Pixels, real: Pixels) -> float:
    found = foreground(composite, mask, real)
    now, before = found.composite_lab, found.real_lab
    moved, was = now - now.mean(axis=0), before - before.mean(axis=0)
    spreads = [float(part[:, 0].std()) + LIGHTNESS for part in (moved, was)]
    return min(
        _agreement(moved[:, :1], was[:, :1], LIGHTNESS),
        _agreement(moved[:, 1:], was[:, 1:], COLOURS),
        _agreement(now[:, 1:], before[:, 1:], CHROMA),
        min(spreads) / max(spreads),
    )


def _agreement(now: Floats, before: Floats, little: float) -> float:
    """The cosine between two lists of vectors taken as one each."""
    both, first, second = (
        float((one * two).sum(axis=1).mean())
        for one, two in ((now, before), (now, now), (before, before))
    )
    return (both + little**2) / (math.sqrt(first * second) + little**2)


SCORE = Score(of, least=0.42)
