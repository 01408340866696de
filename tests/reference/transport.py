"""The transportation problem, checked rather than solved: what makes a plan one, and a best one."""

import itertools

import numpy as np


def can_be_cheaper(flow, cost, slack):
    """Whether rerouting the plan along a cycle saves more than `slack` an arc.

    A plan is optimal if and only if there is no cycle of negative cost in its residual graph, where
    every arc can take more and those with flow can give it back. Shortest walks by Floyd and
    Warshall; sources first, then sinks.
    """
    n, m = flow.shape
    walk = np.full((n + m, n + m), np.inf)
    walk[:n, n:] = cost + slack
    walk[n:, :n] = np.where(flow > 0, -cost + slack, np.inf).T
    for k in range(n + m):
        walk = np.minimum(walk, walk[:, k : k + 1] + walk[k : k + 1, :])
    return np.diag(walk).min() < 0


def best_permutation(cost):
    """The least cost of equal shares, by trying all: some permutation is optimal."""
    n = len(cost)
    rows = np.arange(n)
    return min(cost[rows, list(p)].sum() for p in itertools.permutations(range(n))) / n


def line_distance(places, amounts, other_places, other_amounts):
    """Along a line the least cost is the area between the cumulative distributions."""
    x = np.concatenate([places, other_places])
    share = np.concatenate([amounts / amounts.sum(), -other_amounts / other_amounts.sum()])
    order = np.argsort(x)
    return (np.abs(np.cumsum(share[order])[:-1]) * np.diff(x[order])).sum()
