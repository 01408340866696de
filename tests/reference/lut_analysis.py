"""What a table is like, node by node and cell by cell."""

import itertools

import numpy as np

LEVELS = 255


def analyse(nodes, own):
    """`own` holds the colours that the nodes stand for."""
    nodes, shape = nodes.astype(np.float64), nodes.shape[:3]
    changes, bends, steps, outside = [], [], [], []
    for at in np.ndindex(shape):
        changes += list(abs(nodes[at] - own[at]) * LEVELS)
        outside.append([min(nodes[at]) < 0, max(nodes[at]) > 1])
        for axis in range(3):
            two = [tuple(np.add(at, k * np.eye(3, dtype=int)[axis])) for k in (1, 2)]
            if two[0][axis] < shape[axis]:
                steps.append((nodes[two[0]] - nodes[at])[axis] * LEVELS)
            if two[1][axis] < shape[axis]:
                bends += list((nodes[at] - 2 * nodes[two[0]] + nodes[two[1]]) * LEVELS)
    below, above = np.array(outside).T
    return {
        "mean_change": np.mean(changes),
        "worst_change": max(changes),
        "rms_bend": np.sqrt(np.mean(np.square(bends))),
        "worst_bend": np.abs(bends).max(),
        "falling_steps": np.mean(np.array(steps) < 0),
        "worst_fall": max(0, -min(steps)),
        "below_zero": below.mean(),
        "above_one": above.mean(),
        "outside": (below | above).mean(),
        "reached": abs(volume(np.clip(nodes, 0, 1))),
        **cells(nodes),
    }


def volume(nodes):
    total = 0.0
    for cell in np.ndindex(tuple(np.subtract(nodes.shape[:3], 1))):
        for path in itertools.permutations(np.eye(3, dtype=int)):
            sense = np.linalg.det(path)
            at, edges = np.array(cell), []
            for step in path:
                at = at + step
                edges.append(nodes[tuple(at)] - nodes[cell])
            total += sense * np.linalg.det(edges) / 6
    return total


def cells(nodes):
    sense = np.sign(volume(nodes)) or 1
    folded, flat = [], []
    for cell in np.ndindex(tuple(np.subtract(nodes.shape[:3], 1))):
        jacobians = []
        for corner in itertools.product((0, 1), repeat=3):
            edges = []
            for axis in range(3):
                low, high = np.add(cell, corner), np.add(cell, corner)
                low[axis], high[axis] = cell[axis], cell[axis] + 1
                edges.append(nodes[tuple(high)] - nodes[tuple(low)])
            jacobians.append(sense * np.linalg.det(edges))
        folded.append(min(jacobians) < -1e-7)
        flat.append(np.abs(jacobians).max() < 1e-7)
    return {"folded_cells": np.mean(folded), "flat_cells": np.mean(flat)}
