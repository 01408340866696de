"""Tables to test with, made from formulas."""

import numpy as np
from harmonia.lut import Lut


def colours(size, domain=((0, 0, 0), (1, 1, 1))):
    """float64 colours at the nodes."""
    sizes = (size,) * 3 if isinstance(size, int) else size
    axes = [np.linspace(a, b, n) for a, b, n in zip(*domain, sizes, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def table(formula, size=17, domain=((0, 0, 0), (1, 1, 1)), **more):
    return Lut(formula(colours(size, domain)).astype(np.float32), domain, **more)


MIX = np.array([[0.8, 0.15, 0.05], [0.05, 0.85, 0.1], [0.1, 0.1, 0.8]])


def contrast(x):
    """An S a channel, then a little of every channel in every other."""
    return (0.6 * x * x * (3 - 2 * x) + 0.4 * x) @ MIX.T


def waves(x):
    """Bends and clips; folds over here and there."""
    bent = x + 0.12 * np.sin(2 * np.pi * x[..., [1, 2, 0]])
    return np.clip(bent + 0.1 * np.sin(3 * np.pi * x[..., [2, 0, 1]]), 0, 1)


def saturation(x, gain=1.5):
    grey = x.mean(axis=-1, keepdims=True)
    return np.clip(grey + gain * (x - grey), 0, 1)


def noise(size, seed=0):
    """Nodes without any order, a little beyond 0..1 too."""
    sizes = (size,) * 3 if isinstance(size, int) else size
    return Lut(np.random.default_rng(seed).uniform(-0.1, 1.1, (*sizes, 3)).astype(np.float32))
