"""The compositing rule, pixel by pixel."""

import numpy as np


def composite(new, old, mask, strength=1.0):
    """m * new + (1 - m) * old of values 0..1, where a mask of 0 leaves old alone."""
    out = old.astype(np.float64)
    for y, x in np.argwhere(mask > 0):
        m = float(strength) * float(mask[y, x])
        for c in range(3):
            out[y, x, c] = m * float(new[y, x, c]) + (1 - m) * float(old[y, x, c])
    return out
