"""Mean squared error on the scale 0..255: over the image, or as the protocol sums it."""

from typing import Any

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score


def of(pair: Pair) -> float:
    """The mean over every pixel and channel; some protocols weigh errors by the mask first."""
    errors = pair.errors
    total = errors.weighted_squared if pair.protocol.masked_mse else errors.squared
    return total / (3.0 * errors.pixels)


METRIC = Metric("mse", of)


def mse(
    output: Any, target: Any, mask: Any = None, *, protocol: str | Protocol = "harmonia"
) -> Value:
    """Mean squared error over every pixel and channel, on the scale 0..255.

    >>> black, grey = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 10, np.uint8)
    >>> harmonia.metrics.mse(grey, black)
    100.0
    """
    return score(METRIC, output, target, mask, protocol)
