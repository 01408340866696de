"""The Bradley-Terry model: strengths that make the votes most likely, and how sure they are.

P(i beats j) = e^si / (e^si + e^sj), and the s have a mean of zero. `wins[i, j]` counts how often i
was preferred to j; a tie is half a win for each.
"""

import math
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

STEPS = 500
CLOSE = 1e-10  # of a strength, at which the steps end; an interval is a million times as wide


def strengths(wins: Array) -> Array:
    """(..., methods) from (..., methods, methods), by Newton's method with damped steps.

    The likelihood is concave. It has one maximum where no group of methods always beats the rest,
    which callers see to; `components` tells.

    No step moves two strengths by more than 1 against each other. Curvature changes by no more than
    a factor e^x at a distance x, so that each such step climbs: of what the tangent promises it
    loses less than (e^x - x - 1) / x^2, which is 0.72 at x = 1.
    """
    games = wins + np.swapaxes(wins, -1, -2)
    won = wins.sum(axis=-1)
    scores = np.zeros(won.shape)
    for _ in range(STEPS):
        expected = probabilities(scores)
        step = _solved(games, expected, won - (games * expected).sum(axis=-1))
        apart = np.ptp(step, axis=-1)[..., None]
        scores = scores + step / np.maximum(1, apart)
        if apart.max(initial=0) < CLOSE:
            break
    centred: Array = scores - scores.mean(axis=-1, keepdims=True)
    return centred


def probabilities(scores: Array) -> Array:
    """P(i beats j) at [..., i, j]; a half on the diagonal."""
    with np.errstate(over="ignore"):  # of what is next to impossible: 1 / infinity
        chance: Array = 1 / (1 + np.exp(scores[..., None, :] - scores[..., :, None]))
    return chance


def covariance(wins: Array, scores: Array) -> Array:
    """Of strengths with a mean of zero: the inverse of the Fisher information on that plane."""
    information = _information(wins + wins.T, probabilities(scores))
    inverse: Array = np.linalg.pinv(information, hermitian=True)
    return inverse


def components(linked: Array, *, strongly: bool = False) -> list[list[int]]:
    """Groups in which each leads to each, by `linked[i, j]`: directly or by way of others.

    Without `strongly` a link leads both ways. Groups that lead to others come before them.
    """
    reach = linked.astype(bool) | np.eye(len(linked), dtype=bool)
    if not strongly:
        reach |= reach.T
    for via in range(len(reach)):
        reach |= reach[:, via : via + 1] & reach[via : via + 1]
    both = reach & reach.T
    groups = {tuple(np.flatnonzero(row).tolist()) for row in both}
    return [list(group) for group in sorted(groups, key=lambda one: (-reach[one[0]].sum(), one))]


def has_maximum(wins: Array) -> Array:
    """Whether each of (..., methods, methods) is one component, strongly."""
    reach = (wins > 0) | np.eye(wins.shape[-1], dtype=bool)
    for via in range(wins.shape[-1]):
        reach |= reach[..., :, via, None] & reach[..., via, None, :]
    return np.asarray(reach.all(axis=(-1, -2)))


def misfit(wins: Array, scores: Array) -> tuple[float, int]:
    """Twice the log-likelihood that a chance of its own for each pair would gain, and its degrees
    of freedom: the pairs that were compared, without the strengths."""
    games = wins + wins.T
    expected = games * probabilities(scores)
    some = wins > 0
    statistic = 2 * float((wins[some] * np.log(wins[some] / expected[some])).sum())
    pairs = int((games > 0).sum()) // 2
    return max(0.0, statistic), pairs - (len(wins) - 1)


def chi_square_tail(value: float, degrees: int) -> float:
    """P(chi-square > value): a finite sum for whole degrees of freedom."""
    if value <= 0:
        return 1.0
    half = value / 2
    first = 1.0 if degrees % 2 == 0 else 0.5
    total = 0.0 if degrees % 2 == 0 else math.erfc(math.sqrt(half))
    # e^-h h^k / k! for k = 0, 1 ... or 1/2, 3/2 ... below degrees / 2
    power = first - 1 if degrees % 2 == 0 else first
    while power < degrees / 2 - 0.25:
        total += math.exp(power * math.log(half) - half - math.lgamma(power + 1))
        power += 1
    return min(1.0, total)


def _information(games: Array, expected: Array) -> Array:
    """How sharply the likelihood falls off: the weights of a graph's edges as its Laplacian."""
    weights = games * expected * (1 - expected)
    diagonal = weights.sum(axis=-1)
    laplacian: Array = diagonal[..., None] * np.eye(games.shape[-1]) - weights
    return laplacian


def _solved(games: Array, expected: Array, gradient: Array) -> Array:
    information = _information(games, expected)
    # Constant shifts change nothing, and have no information; they are given some.
    scale = np.trace(information, axis1=-2, axis2=-1)[..., None, None]
    whole = information + scale / games.shape[-1] ** 2
    step: Array = np.linalg.solve(whole, gradient[..., None])[..., 0]
    return step
