"""LPIPS (Zhang et al. 2018) with AlexNet, in float64."""

import numpy as np

SHIFT, SCALE = np.array([-0.030, -0.088, -0.188]), np.array([0.458, 0.448, 0.450])

# The place of a convolution in AlexNet's features, its stride and padding, a pool before it or not.
LAYERS = [(0, 4, 2, False), (3, 1, 2, True), (6, 1, 1, True), (8, 1, 1, False), (10, 1, 1, False)]


def windows(planes, size, stride):
    """(C, H, W) as (C, rows, columns, size, size)."""
    every = np.lib.stride_tricks.sliding_window_view(planes, (size, size), axis=(1, 2))
    return every[:, ::stride, ::stride]


def convolved(planes, kernels, bias, stride, padding):
    padded = np.pad(planes, ((0, 0), (padding, padding), (padding, padding)))
    seen = windows(padded, kernels.shape[-1], stride)
    return np.einsum("cyxij,ocij->oyx", seen, kernels, optimize=True) + bias[:, None, None]


def features(codes, weights):
    """What the five layers make of 8-bit codes (H, W, 3)."""
    planes = np.moveaxis((codes / 127.5 - 1 - SHIFT) / SCALE, -1, 0)
    for place, stride, padding, pooled in LAYERS:
        if pooled:
            planes = windows(planes, 3, 2).max(axis=(-1, -2))
        kernels, bias = (weights[f"features.{place}.{part}"] for part in ("weight", "bias"))
        planes = np.maximum(convolved(planes, kernels, bias, stride, padding), 0)
        yield planes / (np.sqrt((planes**2).sum(axis=0)) + 1e-10)


def lpips(output, target, weights):
    total = 0.0
    pairs = zip(features(output, weights), features(target, weights), strict=True)
    for number, (a, b) in enumerate(pairs):
        linear = weights[f"lin{number}.model.1.weight"].reshape(-1, 1, 1)
        total += ((a - b) ** 2 * linear).sum(axis=0).mean()
    return total
