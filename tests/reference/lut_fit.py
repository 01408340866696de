"""Fitting a table, as one dense system of normal equations in float64."""

import itertools

import numpy as np

BENDING, LEVELLING, GAIN = 3e-9, 0.25, 0.5


def gather(before, after, weights):
    """Mean colours before and after, and shares of the weight, of 64^3 bins of colours before."""
    pair = np.stack([before, after]).astype(np.float32).reshape(2, -1, 3)
    codes = np.floor(pair * np.float32(65535) + np.float32(0.5)).astype(np.int64)
    bins = {}
    for colour, new, w in zip(*codes, weights.ravel(), strict=True):
        if w > 0:
            sums = bins.setdefault(tuple(colour // 1024), np.zeros(7))
            sums += w * np.concatenate([[1], colour, new])
    table = np.array([bins[key] for key in sorted(bins)])
    means = table[:, 1:] / table[:, :1] / 65535
    return means[:, :3], means[:, 3:], table[:, 0] / table[:, 0].sum()


def affine(x, change, w):
    """Constant and gains (4, 3) of an affine change, held to gains of 0 by what it leaves."""
    centre = w @ x
    design = np.concatenate([np.ones((len(x), 1)), x - centre], axis=1)
    ridge = 1e-10
    for _ in range(2):
        normal = design.T @ (w[:, None] * design) + ridge * np.diag([0, 1, 1, 1])
        found = np.linalg.solve(normal, design.T @ (w[:, None] * change))
        left = (w[:, None] * (change - design @ found) ** 2).sum()
        ridge = max(left / 3 / GAIN**2, 1e-10)
    return lambda colours: found[0] + (colours - centre) @ found[1:]


def trilinear(x, n):
    """Weights of all nodes for each colour."""
    place = x * (n - 1)
    cell = np.minimum(place.astype(int), n - 2)
    share = place - cell
    rows = np.zeros((len(x), n, n, n))
    for corner in itertools.product((0, 1), repeat=3):
        weight = np.prod(np.where(corner, share, 1 - share), axis=1)
        rows[(np.arange(len(x)), *(cell + corner).T)] += weight
    return rows.reshape(len(x), -1)


def penalty(n, smoothness):
    """The quadratic form of bending and stretch: integrals over the cube of squared derivatives."""
    step = 1 / (n - 1)
    first = np.diff(np.eye(n), axis=0) / step
    second = np.diff(np.eye(n), n=2, axis=0) / step**2
    eye = np.eye(n)
    total = np.zeros((n**3, n**3))
    for along in range(3):
        for operator, scale in ((second, 1), (first, 1 / LEVELLING**2)):
            axes = [operator if axis == along else eye for axis in range(3)]
            rows = np.kron(np.kron(axes[0], axes[1]), axes[2])
            total += scale * rows.T @ rows
    for missing in range(3):  # the mixed second derivatives, each twice in the Hessian
        axes = [eye if axis == missing else first for axis in range(3)]
        rows = np.kron(np.kron(axes[0], axes[1]), axes[2])
        total += 2 * rows.T @ rows
    return BENDING * smoothness * step**3 * total


def system(before, after, weights, n, smoothness):
    """Matrix, right sides and the affine part of the nodes."""
    x, y, w = gather(before, after, weights)
    change = affine(x, y - x, w)
    rows = trilinear(x, n)
    axis = np.linspace(0, 1, n)
    colours = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    matrix = rows.T @ (w[:, None] * rows) + penalty(n, smoothness)
    right = rows.T @ (w[:, None] * (y - x - change(x)))
    return matrix, right, colours + change(colours)


def fit_lut(before, after, weights, n, smoothness=1.0):
    """Colours 0..1, weights 0..1."""
    matrix, right, start = system(before, after, weights, n, smoothness)
    return (start + np.linalg.solve(matrix, right)).reshape(n, n, n, 3)


def fit_monotone(before, after, weights, n, smoothness=1.0):
    """The least energy of tables that rise: each edge in turn pushes as it must (Hildreth)."""
    matrix, right, start = system(before, after, weights, n, smoothness)
    free = start + np.linalg.solve(matrix, right)
    nodes = np.empty((n, n, n, 3))
    for c in range(3):
        axes = [np.diff(np.eye(n), axis=0) if axis == c else np.eye(n) for axis in range(3)]
        rises = np.kron(np.kron(axes[0], axes[1]), axes[2])
        give = np.linalg.solve(matrix, rises.T)  # what a unit of push on each edge moves
        stiffness = rises @ give
        push, slack = np.zeros(len(rises)), rises @ free[:, c]
        for _ in range(4000):
            before_sweep = push.copy()
            for e in range(len(rises)):
                more = max(-push[e], -slack[e] / stiffness[e, e])
                push[e] += more
                slack += more * stiffness[:, e]
            if np.abs(give @ (push - before_sweep)).max() < 1e-9:
                break
        else:
            raise AssertionError("the reference did not converge")
        nodes[..., c] = (free[:, c] + give @ push).reshape(n, n, n)
    return nodes
