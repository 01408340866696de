"""Ratios as the codes write them: division by zero is an infinity or NaN, not an error."""

import numpy as np


def ratio(numerator, denominator):
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.float64(numerator) / np.float64(denominator))


def decibels(peak, error, epsilon=0.0):
    """PSNR; infinite without an error, minus infinite where the peak is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(10 * np.log10(ratio(np.float64(peak) ** 2, np.float64(error) + epsilon)))
