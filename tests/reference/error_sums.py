"""Sums of the differences between two images, one by one in exact fractions."""

from fractions import Fraction

import numpy as np

TERMS = (
    "pixels",
    "squared",
    "absolute",
    "weight",
    "weighted_squared",
    "weighted_absolute",
    "background",
    "background_squared",
    "output_min",
    "output_max",
    "target_min",
    "target_max",
)


def exact_levels(image):
    """The first three channels on the scale 0..255, as fractions in reading order."""
    values = [Fraction(v) for v in image[..., :3].ravel().tolist()]
    if image.dtype == np.uint8:
        return values
    return [v / 257 if image.dtype == np.uint16 else v * 255 for v in values]


def error_sums(output, target, mask):
    """Every term as a fraction, by name; None is a mask of 1 everywhere."""
    a, b = exact_levels(output), exact_levels(target)
    if mask is None:
        weights = [Fraction(1)] * (output.shape[0] * output.shape[1])
    else:
        full = 255 if mask.dtype == np.uint8 else 1
        weights = [Fraction(m) / full for m in mask.ravel().tolist()]
    sums = dict.fromkeys(TERMS, Fraction(0))
    for i, m in enumerate(weights):
        d = [abs(x - y) for x, y in zip(a[3 * i : 3 * i + 3], b[3 * i : 3 * i + 3], strict=True)]
        squared, absolute = sum(v * v for v in d), sum(d)
        sums["pixels"] += 1
        sums["squared"] += squared
        sums["absolute"] += absolute
        sums["weight"] += m
        sums["weighted_squared"] += m * squared
        sums["weighted_absolute"] += m * absolute
        if m == 0:
            sums["background"] += 1
            sums["background_squared"] += squared
    sums["output_min"], sums["output_max"] = min(a), max(a)
    sums["target_min"], sums["target_max"] = min(b), max(b)
    return sums
