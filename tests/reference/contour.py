"""The contour of a mask: pixels outside that are near to one inside."""

import numpy as np


def reference_band(inside, radius):
    found = np.zeros(inside.shape, bool)
    for y, x in np.argwhere(~inside):
        for v, u in np.argwhere(inside):
            if (y - v) ** 2 + (x - u) ** 2 <= radius**2:
                found[y, x] = True
    return found
