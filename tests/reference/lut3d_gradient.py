"""The gradients of m * lut(image) + (1 - m) * image, pixel by pixel, in float64."""

import itertools

import numpy as np
from reference.lut3d import positions, tetrahedral, trilinear


def trilinear_terms(nodes, cell, share):
    """The nodes with their weights, and the derivative along each axis of the cell."""
    corners = [
        (
            tuple(np.add(cell, corner)),
            np.prod([f if step else 1 - f for step, f in zip(corner, share, strict=True)]),
        )
        for corner in itertools.product((0, 1), repeat=3)
    ]
    slopes = []
    for axis in range(3):  # linear along each axis: the far face less the near one
        near, far = list(share), list(share)
        near[axis], far[axis] = 0.0, 1.0
        slopes.append(trilinear(nodes, cell, far) - trilinear(nodes, cell, near))
    return corners, slopes


def tetrahedral_terms(nodes, cell, share):
    order = sorted(range(3), key=lambda axis: -share[axis])
    met, slopes = [tuple(cell)], [None] * 3
    for axis in order:
        after = list(met[-1])
        after[axis] += 1
        slopes[axis] = nodes[tuple(after)] - nodes[met[-1]]
        met.append(tuple(after))
    falling = [1.0, *(share[axis] for axis in order), 0.0]
    return list(zip(met, -np.diff(falling), strict=True)), slopes


def lut3d_gradient(image, nodes, mask, gradient, domain, interpolation, extrapolate):
    """The gradients of the image, the nodes and the mask."""
    nodes = nodes.astype(np.float64)
    low, high = (np.array(corner, np.float64) for corner in domain)
    terms = {"trilinear": trilinear_terms, "tetrahedral": tetrahedral_terms}[interpolation]
    value = {"trilinear": trilinear, "tetrahedral": tetrahedral}[interpolation]
    of_image, of_nodes = np.empty(image.shape), np.zeros(nodes.shape)
    of_mask = np.empty(image.shape[:2])
    for y, x in np.ndindex(image.shape[:2]):
        colour, g, m = image[y, x].astype(np.float64), gradient[y, x].astype(np.float64), mask[y, x]
        cell, share = positions(colour, low, high, nodes.shape[:3], extrapolate)
        weights, slopes = terms(nodes, cell, share)
        for node, weight in weights:
            of_nodes[node] += weight * m * g
        moves = (colour >= low) & (colour <= high) | extrapolate
        pace = np.where(moves, (np.array(nodes.shape[:3]) - 1) / (high - low), 0)
        of_image[y, x] = (1 - m) * g + m * pace * np.array([slope @ g for slope in slopes])
        of_mask[y, x] = (value(nodes, cell, share) - colour) @ g
    return of_image, of_nodes, of_mask
