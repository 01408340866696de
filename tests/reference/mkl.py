"""Pitie & Kokaram 2007 in float64, without the library's guards."""

import numpy as np
from reference.moments import moments


def power(matrix, exponent):
    """Of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.maximum(values, 0) ** exponent @ vectors.T


def mkl_matrix(source, target):
    """The one symmetric positive T with T source T = target."""
    half, inverse_half = power(source, 0.5), power(source, -0.5)
    return inverse_half @ power(half @ target @ half, 0.5) @ inverse_half


def mkl(rgb, mask, target=None, target_mask=None):
    """The new colour of every pixel, unclamped and not yet composited."""
    if target is None:
        target, target_mask = rgb, 1 - np.asarray(mask, np.float64)
    elif target_mask is None:
        target_mask = np.ones(target.shape[:2])
    mean, covariance = moments(rgb, mask)
    wanted_mean, wanted_covariance = moments(target, target_mask)
    return (rgb - mean) @ mkl_matrix(covariance, wanted_covariance) + wanted_mean
