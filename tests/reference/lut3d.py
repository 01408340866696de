"""A 3D table, colour by colour, in float64."""

import itertools

import numpy as np


def positions(colour, low, high, nodes, extrapolate):
    """The cell's own node and the share of the way through the cell, for each channel."""
    cell, share = [], []
    for v, a, b, n in zip(colour, low, high, nodes, strict=True):
        t = (v - a) / (b - a)
        if not extrapolate:
            t = min(max(t, 0.0), 1.0)
        place = t * (n - 1)
        index = min(max(int(np.floor(place)), 0), n - 2)
        cell.append(index)
        share.append(place - index)
    return cell, share


def trilinear(nodes, cell, share):
    total = np.zeros(3)
    for corner in itertools.product((0, 1), repeat=3):
        weight = np.prod([f if step else 1 - f for step, f in zip(corner, share, strict=True)])
        total += weight * nodes[tuple(np.add(cell, corner))]
    return total


def tetrahedral(nodes, cell, share):
    """From the cell's own node along the axes, the largest share first."""
    at = np.array(cell)
    total = nodes[tuple(at)].copy()
    for axis in sorted(range(3), key=lambda axis: -share[axis]):
        before = nodes[tuple(at)]
        at[axis] += 1
        total += share[axis] * (nodes[tuple(at)] - before)
    return total


def apply_lut3d(image, lut, *, interpolation="trilinear", extrapolate=False):
    """`image` holds float64 colours; nothing is clamped behind the table."""
    nodes = lut.nodes.astype(np.float64)
    between = {"trilinear": trilinear, "tetrahedral": tetrahedral}[interpolation]
    out = np.empty(image.shape)
    for y, x in np.ndindex(image.shape[:2]):
        colour = image[y, x]
        if lut.shaper is not None:
            colour = shape(colour, lut, extrapolate)
        cell, share = positions(colour, *lut.domain, lut.size, extrapolate)
        out[y, x] = between(nodes, cell, share)
    return out


def shape(colour, lut, extrapolate):
    curves = lut.shaper.astype(np.float64)
    cell, share = positions(colour, *lut.shaper_domain, [len(curves)] * 3, extrapolate)
    return [
        curves[i, c] + f * (curves[i + 1, c] - curves[i, c])
        for c, (i, f) in enumerate(zip(cell, share, strict=True))
    ]
