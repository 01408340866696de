"""Mean absolute error over every pixel and channel, on the scale 0..255."""

from typing import Any

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score


def of(pair: Pair) -> float:
    """The mean of |output - target|."""
    return pair.errors.absolute / (3.0 * pair.errors.pixels)


METRIC = Metric("mae", of)


def mae(
    output: Any, target: Any, mask: Any = None, *, protocol: str | Protocol = "harmonia"
) -> Value:
    """Mean absolute error over every pixel and channel, on the scale 0..255.

    >>> black, grey = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 10, np.uint8)
    >>> harmonia.metrics.mae(grey, black)
    10.0
    """
    return score(METRIC, output, target, mask, protocol)
