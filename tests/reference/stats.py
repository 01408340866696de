"""Weighted histograms and percentiles of one channel, counted one by one in exact fractions."""

from collections import defaultdict
from fractions import Fraction

import numpy as np


def exact_weights(mask, shape):
    """What a mask says, as fractions in reading order; None is 1 everywhere."""
    if mask is None:
        return [Fraction(1)] * int(np.prod(shape))
    full = 255 if mask.dtype == np.uint8 else 1
    return [Fraction(value) / full for value in mask.ravel().tolist()]


def histogram(values, weights, bins):
    """Values 0..255, 0..65535 or 0..1 in equal bins; the top of the range is in the last one."""
    top = np.iinfo(values.dtype).max if values.dtype.kind == "u" else 1
    sums = defaultdict(Fraction)
    for value, weight in zip(values.ravel().tolist(), weights, strict=True):
        sums[min(Fraction(value) * bins // top, bins - 1)] += weight
    return np.array([float(sums.get(b, 0)) for b in range(bins)])


def percentile(values, weights, q):
    """The smallest value that has weight and where the cumulative weight reaches q percent."""
    total, cumulative = sum(weights), Fraction(0)
    for value, weight in sorted(zip(values.ravel().tolist(), weights, strict=True)):
        cumulative += weight
        if cumulative > 0 and cumulative >= Fraction(q) / 100 * total:
            return value
    raise ValueError("no weight")
