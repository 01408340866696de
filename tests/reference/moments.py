"""Weighted statistics as they are written in a textbook, in float64."""

import numpy as np


def moments(colours, weights):
    """Mean and covariance of colours (..., 3); the covariance over sum(weights) - 1."""
    flat, w = colours.reshape(-1, 3), weights.reshape(-1).astype(np.float64)
    mean = (w[:, None] * flat).sum(axis=0) / w.sum()
    deviation = flat - mean
    return mean, (w[:, None] * deviation).T @ deviation / (w.sum() - 1)


def blend(new, old, mask):
    """m * new + (1 - m) * old, with the new colours held within 0..1."""
    m = mask[..., None].astype(np.float64)
    return m * np.clip(new, 0, 1) + (1 - m) * old
