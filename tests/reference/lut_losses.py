"""Losses of one table of colours in float64, (D, D, D, 3), a step at a time."""

import numpy as np


def steps(nodes):
    """For each axis, what every output changes by from a node to the next."""
    found = [[], [], []]
    for at in np.ndindex(nodes.shape[:3]):
        for axis in range(3):
            after = tuple(place + (axis == other) for other, place in enumerate(at))
            if after[axis] < nodes.shape[axis]:
                found[axis].extend(nodes[after] - nodes[at])
    return found


def lut_smoothness(nodes):
    return sum(sum(step**2 for step in along) / len(along) for along in steps(nodes))


def lut_monotonicity(nodes):
    return sum(sum(max(-step, 0.0) for step in along) / len(along) for along in steps(nodes))
