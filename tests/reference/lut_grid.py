"""A grid of 3D tables, pixel by pixel, in float64."""

import numpy as np
from reference import lut3d
from reference.affine_grid import shares


def apply_lut_grid(image, nodes, *, interpolation="trilinear", extrapolate=False):
    """`image` holds float64 colours; nothing is clamped behind the tables."""
    rows, columns = nodes.shape[:2]
    height, width = image.shape[:2]
    nodes = nodes.astype(np.float64)
    between = {"trilinear": lut3d.trilinear, "tetrahedral": lut3d.tetrahedral}[interpolation]
    out = np.zeros(image.shape)
    for y, x in np.ndindex(height, width):
        low, high, size = np.zeros(3), np.ones(3), nodes.shape[2:5]
        cell, share = lut3d.positions(image[y, x], low, high, size, extrapolate)
        y_shares = shares((y + 0.5) * rows / height, rows)
        x_shares = shares((x + 0.5) * columns / width, columns)
        for j, i in np.ndindex(rows, columns):
            if y_shares[j] * x_shares[i] > 0:
                out[y, x] += y_shares[j] * x_shares[i] * between(nodes[j, i], cell, share)
    return out
