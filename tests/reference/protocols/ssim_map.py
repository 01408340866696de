"""The map of structural similarity, window by window; (H, W, C) in float64."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def gaussian(size, sigma=1.5):
    """A row of weights that sum to 1, the largest in the middle."""
    row = np.exp(-((np.arange(size) - size // 2) ** 2) / (2 * sigma**2))
    return row / row.sum()


def uniform(size):
    return np.full(size, 1 / size)


def ssim_map(a, b, rows, columns, c1, c2, *, sample=1.0):
    """One value for each window inside; sample is N / (N - 1) where covariances divide by N - 1."""

    def mean(image):
        down = sliding_window_view(image, len(rows), axis=0) @ rows
        return sliding_window_view(down, len(columns), axis=1) @ columns

    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    mean_a, mean_b = mean(a), mean(b)
    variances = sample * (mean(a * a) - mean_a**2 + mean(b * b) - mean_b**2)
    covariance = sample * (mean(a * b) - mean_a * mean_b)
    with np.errstate(invalid="ignore"):  # NaN for black windows where both constants are 0
        luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
        return luminance * (2 * covariance + c2) / (variances + c2)


def zero_padded_ssim_map(a, b, size, c1, c2):
    """Gaussian windows around every pixel; what lies outside of the image is black in both."""
    margin = ((size // 2, size // 2), (size // 2, size // 2), (0, 0))
    row = gaussian(size)
    return ssim_map(np.pad(a, margin), np.pad(b, margin), row, row, c1, c2)
