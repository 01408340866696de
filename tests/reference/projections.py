"""Transfers along axes in NumPy: how a curve is found in three ways, and what steps do to colours.

Colours are (n, 3), their weights (n,), the axes of a step (k, 3) in orthonormal bases of three.
"""

import numpy as np

LEAST_RANGE = 1e-4


def nodes_over(x, y, count):
    low, high = min(x.min(), y.min()), max(x.max(), y.max())
    missing = max(LEAST_RANGE - (high - low), 0)
    eps = np.finfo(float).eps
    return np.linspace(low - missing / 2 - eps, high + missing / 2 + eps, count)


def shares(nodes, places):
    """How much of each place falls to each node: hats of the width of two bins, (nodes, places)."""
    bins = (places - nodes[0]) / (nodes[-1] - nodes[0]) * (len(nodes) - 1)
    return np.maximum(1 - np.abs(bins - np.arange(len(nodes))[:, None]), 0)


def transport(x, x_weights, y, y_weights):
    """Where each of x goes, both in ascending order: the mean of its share of y."""
    order = np.concatenate([[0], np.cumsum(x_weights)]) / x_weights.sum()
    mass = np.concatenate([[0], np.cumsum(y_weights)]) / y_weights.sum()
    integral = np.concatenate([[0], np.cumsum(y_weights * y)]) / y_weights.sum()
    width = np.diff(order)
    enough = width > 1e-9  # what is lighter has no say, and its mean drowns in rounding
    gained = np.diff(np.interp(order, mass, integral))
    return np.where(enough, gained / np.where(enough, width, 1), x)


def curve_of(sums, weights):
    """Mean moves, each node with half of its neighbours, and the mean of all as it was.

    Unreached nodes lie on lines between the others. A source between two nodes moves as one.
    """
    if np.ptp(np.flatnonzero(weights)) <= 1:
        return np.full(len(sums), sums.sum() / weights.sum())
    kernel = [1, 2, 1]
    moves, total = np.convolve(sums, kernel, "same"), np.convolve(weights, kernel, "same")
    reached = total > 0
    at = np.arange(len(sums))
    curve = np.interp(at, at[reached], moves[reached] / total[reached])
    return curve + (sums.sum() - weights @ curve) / weights.sum()


def binned(nodes, x, x_weights, y, y_weights):
    of_x, of_y = shares(nodes, x) @ x_weights, shares(nodes, y) @ y_weights
    return curve_of(of_x * (transport(nodes, of_x, nodes, of_y) - nodes), of_x)


def in_order(nodes, x, x_weights, y, y_weights):
    first, second = np.argsort(x, kind="stable"), np.argsort(y, kind="stable")
    x, x_weights = x[first], x_weights[first]
    moves = transport(x, x_weights, y[second], y_weights[second]) - x
    of_x = shares(nodes, x)
    return curve_of(of_x @ (x_weights * moves), of_x @ x_weights)


def cumulative(nodes, places):
    """Bins around the nodes, an edge belonging to the lower one, and 1e-6 in each."""
    edges = (nodes[1:] + nodes[:-1]) / 2
    counts = np.bincount(np.searchsorted(edges, places, side="left"), minlength=len(nodes)) + 1e-6
    return np.cumsum(counts) / counts.sum()


def original(nodes, x, x_weights, y, y_weights):
    """As the authors' code: its f counts from 0, and 1 is taken off as if it counted from 1."""
    px, py = cumulative(nodes, x), cumulative(nodes, y)
    last = len(nodes) - 1
    f = np.interp(px, py, np.arange(len(nodes)))
    f[px <= py[0]] = 0
    f[px >= py[-1]] = last
    return (f - 1) / last * (nodes[-1] - nodes[0]) + nodes[0] - nodes


def step(colors, axes, nodes, curves):
    places = colors @ axes.T
    moves = [np.interp(p, n, c) for p, n, c in zip(places.T, nodes, curves, strict=True)]
    return colors + 3 / len(axes) * np.transpose(moves) @ axes


def fit(source, source_weights, target, target_weights, axes, paces, count, match):
    """Steps (axes, nodes, curves) that `apply` takes."""
    steps = []
    colors = np.array(source, float)
    target = np.array(target, float)
    source_weights, target_weights = (
        np.array(weights, float) for weights in (source_weights, target_weights)
    )
    for directions, pace in zip(axes, paces, strict=True):
        nodes, curves = [], []
        for direction in directions:
            x, y = colors @ direction, target @ direction
            nodes.append(nodes_over(x, y, count))
            curves.append(pace * match(nodes[-1], x, source_weights, y, target_weights))
        steps.append((directions, nodes, curves))
        colors = step(colors, *steps[-1])
    return steps


def apply(colors, steps):
    for each in steps:
        colors = step(colors, *each)
    return colors


def distribution_error(out, inside, target):
    """Mean distance between the quantiles of some projections of both."""
    directions = np.random.default_rng(99).normal(size=(20, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    share = np.linspace(0, 100, 101)
    got = np.percentile(out[inside] @ directions.T, share, axis=0)
    return np.abs(got - np.percentile(target @ directions.T, share, axis=0)).mean()
