"""The recolouring of Lalonde & Efros 2007 in float64, given clusters and the flow between them."""

import numpy as np


def distances(colours, others):
    return np.linalg.norm(colours[:, None] - others[None], axis=-1)


def attenuated(shift, sigma):
    return np.where(np.abs(shift) < sigma, shift * np.exp(-((shift / sigma) ** 2)), 0)


def shifts(centres, others, flow, sigma):
    """The mean way of every cluster's flow, attenuated."""
    means = (flow @ others) / flow.sum(axis=1, keepdims=True)
    return attenuated(means - centres, sigma)


def moved(colours, centres, shift, sigma):
    """The new colours, and by how much the last cluster that counts is nearer than the next one.

    Where that is next to nothing, rounding decides which of both counts.
    """
    flat = colours.reshape(-1, 3)
    d = distances(flat, centres)
    counts = (len(centres) + 1) // 2
    order = np.argsort(d, axis=1, kind="stable")
    ranked = np.take_along_axis(d, order, axis=1)
    margin = ranked[:, counts] - ranked[:, counts - 1] if len(centres) > 1 else np.full(len(d), 1)
    weights = np.exp(-((d / sigma) ** 2))
    np.put_along_axis(weights, order[:, counts:], 0, axis=1)
    total = weights.sum(axis=1, keepdims=True)
    new = flat + weights @ shift / np.where(total > 0, total, 1)
    return new.reshape(colours.shape), margin.reshape(colours.shape[:-1])
