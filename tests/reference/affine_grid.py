"""A bilateral grid of affine maps, pixel by pixel, in float64."""

import numpy as np


def shares(place, cells):
    """How much each cell counts at a place among them: a tent around its centre."""
    place = min(max(place - 0.5, 0.0), cells - 1.0)
    return np.maximum(0.0, 1.0 - np.abs(place - np.arange(cells)))


def luminance(image):
    return image @ np.array([0.2126, 0.7152, 0.0722])


def apply_affine_grid(image, maps, guide=None):
    """`image` holds float64 colours; nothing is clamped behind the maps."""
    depth, rows, columns = maps.shape[:3]
    height, width = image.shape[:2]
    guide = luminance(image) if guide is None else guide
    out = np.empty(image.shape)
    for y, x in np.ndindex(height, width):
        z_shares = shares(guide[y, x] * depth, depth)
        y_shares = shares((y + 0.5) * rows / height, rows)
        x_shares = shares((x + 0.5) * columns / width, columns)
        each = z_shares[:, None, None] * y_shares[:, None] * x_shares
        sliced = np.tensordot(each, maps.astype(np.float64), axes=3)
        out[y, x] = sliced[:, :3] @ image[y, x] + sliced[:, 3]
    return out
