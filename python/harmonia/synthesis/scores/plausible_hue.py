"""Hues that are where they were: no green faces."""

import numpy as np

from harmonia.synthesis._foreground import foreground
from harmonia.synthesis._score import Pixels, Score

GREY = 10.0  # chroma of CIELAB below which a hue hardly shows


def of(composite: Pixels, mask: Pixels, real: Pixels) -> float:
    found = foreground(composite, mask, real)
    now, before = found.composite[:, 1:], found.real[:, 1:]
    chroma = np.hypot(now[:, 0], now[:, 1]) * np.hypot(before[:, 0], before[:, 1])
    turned = np.abs(
        np.arctan2(
            now[:, 1] * before[:, 0] - now[:, 0] * before[:, 1],
            (now * before).sum(axis=1),
        )
    )
    weight = np.sqrt(chroma)
    return float(1 - (weight * turned).sum() / np.pi / (weight.sum() + GREY * weight.size))


SCORE = Score(of, least=0.8)
