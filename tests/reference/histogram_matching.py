"""Histogram matching of one channel in float64, from weights of bins or from lists of values."""

import numpy as np


def ranks(weights, middle):
    """Cumulative share of every bin; with half of its own weight for the middle."""
    cumulative = np.cumsum(weights)
    return (cumulative - (0.5 * weights if middle else 0)) / cumulative[-1]


def match_bins(source, target, middle):
    """Where the bins of the source go, as positions among the bins."""
    occupied, wanted = np.flatnonzero(source), np.flatnonzero(target)
    bins = np.arange(len(source))
    if not len(occupied) or not len(wanted):
        return bins.astype(float)
    places = np.interp(ranks(source, middle)[occupied], ranks(target, middle)[wanted], wanted)
    curve = np.interp(bins, occupied, places)
    curve += np.minimum(bins - occupied[0], 0) + np.maximum(bins - occupied[-1], 0)
    return np.clip(curve, 0, len(source) - 1)


def match_values(values, weights, target, target_weights):
    """What becomes of every value of a channel that has weight."""

    def distribution(of, with_weights):
        distinct, inverse = np.unique(of.ravel(), return_inverse=True)
        counts = np.bincount(inverse.ravel(), with_weights.ravel())
        return distinct[counts > 0], counts[counts > 0]

    levels, counts = distribution(values, weights)
    wanted, wanted_counts = distribution(target, target_weights)
    places = np.interp(ranks(counts, False), ranks(wanted_counts, False), wanted)
    return np.interp(values, levels, places)
