"""Weighted k-means with a k-means++ start in float64, point by point."""

import itertools

import numpy as np


def uniforms(seed):
    """SplitMix64: 53 bits of every draw."""
    state, mask = seed, (1 << 64) - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield ((z ^ (z >> 31)) >> 11) * 2.0**-53


def squared_distances(colours, centres):
    return ((colours[:, None] - np.asarray(centres)[None]) ** 2).sum(axis=-1)


def kmeans(points, count, seed, rounds=100):
    """Centres and weights of points (4, N), and how often a cluster lost all of its points."""
    points = np.array(sorted(points.T.tolist()))
    colours, weights = points[:, :3], points[:, 3]
    draws = uniforms(seed)
    mass, centres, lost = weights.copy(), [], 0
    while len(centres) < count and mass.sum() > 0:
        first = np.searchsorted(np.cumsum(mass), next(draws) * mass.sum(), side="right")
        centres.append(colours[first].copy())
        mass = weights * squared_distances(colours, centres).min(axis=1)
    labels = None
    for step in itertools.count():
        distances = squared_distances(colours, centres)
        before, labels = labels, distances.argmin(axis=1)
        if step == rounds or (before is not None and (labels == before).all()):
            break
        left = distances.min(axis=1)
        for k in range(len(centres)):
            mine = labels == k
            if mine.any():
                centres[k] = np.average(colours[mine], weights=weights[mine], axis=0)
            else:
                centres[k] = colours[left.argmax()]
                left[left.argmax()] = 0
                lost += 1
    kept = [k for k in range(len(centres)) if (labels == k).any()]
    share = np.array([weights[labels == k].sum() for k in kept]) / weights.sum()
    return np.array(centres)[kept], share, lost
