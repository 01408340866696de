"""Mean squared error inside the mask, on the scale 0..255."""

import math
from typing import Any

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score


def of(pair: Pair) -> float:
    """Errors weighed by the mask over what the mask weighs; NaN where it is empty."""
    errors = pair.errors
    area = 3.0 * errors.weight + pair.protocol.fmse_epsilon
    return errors.weighted_squared / area if area > 0.0 else math.nan


METRIC = Metric("fmse", of, needs_mask=True)


def fmse(output: Any, target: Any, mask: Any, *, protocol: str | Protocol = "harmonia") -> Value:
    """Mean squared error of the foreground, on the scale 0..255; NaN for an empty mask.

    Every pixel counts with the weight that the mask gives it.

    >>> black, half = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)
    >>> half[:2] = 10
    >>> harmonia.metrics.mse(half, black), harmonia.metrics.fmse(half, black, half[..., 0] > 0)
    (50.0, 100.0)
    """
    return score(METRIC, output, target, mask, protocol)
