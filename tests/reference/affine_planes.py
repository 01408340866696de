"""Planes of affine maps enlarged bicubically, pixel by pixel, in float64."""

import numpy as np


def cubic(distance):
    """Keys' kernel with a = -0.75."""
    d = abs(distance)
    if d <= 1:
        return 1.25 * d**3 - 2.25 * d**2 + 1
    return -0.75 * (d**3 - 5 * d**2 + 8 * d - 4) if d < 2 else 0.0


def shares(at, size, cells):
    """How much each cell counts for a pixel; what lies beyond the border counts for the border."""
    place = (at + 0.5) * cells / size - 0.5
    counts = np.zeros(cells)
    for cell in range(int(np.floor(place)) - 1, int(np.floor(place)) + 3):
        counts[min(max(cell, 0), cells - 1)] += cubic(place - cell)
    return counts


def apply_affine_planes(image, planes):
    """`image` holds float64 colours within 0..1."""
    height, width = image.shape[:2]
    planes = planes.astype(np.float64)
    out = np.empty(image.shape)
    for y, x in np.ndindex(height, width):
        row, column = shares(y, height, planes.shape[1]), shares(x, width, planes.shape[2])
        here = planes @ column @ row
        new = (here[:9].reshape(3, 3) @ image[y, x] + here[9:12]).clip(0, 1)
        share = here[12] if len(here) == 13 else 1.0
        out[y, x] = share * new + (1 - share) * image[y, x]
    return out.clip(0, 1)
