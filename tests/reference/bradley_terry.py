"""Bradley-Terry strengths the obvious way: climb the likelihood until its gradient is nothing."""

import math


def strengths(votes, methods, steps=20000):
    """[s] with a mean of zero; votes are (one, other, share of the win that went to one)."""
    scores = [0.0] * len(methods)
    rate = 2.0 / len(votes)
    for _ in range(steps):
        gradient = slope(votes, methods, scores)
        scores = [score + rate * up for score, up in zip(scores, gradient, strict=True)]
    mean = sum(scores) / len(scores)
    return [score - mean for score in scores]


def slope(votes, methods, scores):
    """The gradient of the log-likelihood."""
    found = [0.0] * len(methods)
    for one, other, share in votes:
        i, j = methods.index(one), methods.index(other)
        chance = math.exp(scores[i]) / (math.exp(scores[i]) + math.exp(scores[j]))
        found[i] += share - chance
        found[j] -= share - chance
    return found
