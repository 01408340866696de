"""Fecker et al. 2008 as published, on 8-bit RGB in float64: masks of bool."""

import numpy as np
from reference.color import TO_YCBCR, YCBCR_BLACK

LAST = (235, 240, 240)


def half_up(values):
    return np.floor(values + 0.5)


def codes_of(rgb):
    """YCbCr rounded to codes."""
    return half_up(rgb / 255 @ TO_YCBCR.T + YCBCR_BLACK).astype(int)


def edge_distance(rgb):
    """How far YCbCr lies from being rounded the other way."""
    exact = rgb / 255 @ TO_YCBCR.T + YCBCR_BLACK
    return np.abs(exact - np.floor(exact) - 0.5).min(axis=-1)


def published_map(source, target, last):
    """The code of every code 16 .. last; NaN where the mean of an empty bin is taken."""
    codes = np.arange(16, last + 1)

    def cumulative(values):
        counts = (values[:, None] == codes).sum(axis=0)
        return np.cumsum(counts / counts.sum())

    ours, theirs = cumulative(source), cumulative(target)
    mapped = []
    for share in ours:
        below = codes[theirs <= share]
        code = below[-1] if len(below) else codes[0]
        at_an_end = code in (16, last)
        mapped.append(target[target == code].mean() if at_an_end and code in target else code)
        if at_an_end and code not in target:
            mapped[-1] = np.nan
    return np.array(mapped)


def published(rgb, mask, target, target_mask):
    """The new picture; the background, too, goes to YCbCr and back."""
    source, wanted = codes_of(rgb), codes_of(target)
    new = source.astype(float)
    for c, last in enumerate(LAST):
        curve = published_map(source[mask][:, c], wanted[target_mask][:, c], last)
        new[mask, c] = np.nan_to_num(curve[source[mask][:, c] - 16], nan=0)
    back = (new - YCBCR_BLACK) @ np.linalg.inv(TO_YCBCR).T * 255
    return np.clip(half_up(back), 0, 255).astype(np.uint8)
