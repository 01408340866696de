"""Mean absolute error inside the mask, on the scale 0..255."""

import math
from typing import Any

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score


def of(pair: Pair) -> float:
    """|output - target| weighed by the mask over what the mask weighs; NaN where it is empty."""
    errors = pair.errors
    weight = 3.0 * errors.weight
    return errors.weighted_absolute / weight if weight > 0.0 else math.nan


METRIC = Metric("fmae", of, needs_mask=True)


def fmae(output: Any, target: Any, mask: Any, *, protocol: str | Protocol = "harmonia") -> Value:
    """Mean absolute error of the foreground, on the scale 0..255; NaN for an empty mask.

    >>> black, half = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)
    >>> half[:2] = 10
    >>> harmonia.metrics.fmae(half, black, half[..., 0] > 0)
    10.0
    """
    return score(METRIC, output, target, mask, protocol)
