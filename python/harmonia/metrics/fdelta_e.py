"""Mean colour difference CIEDE2000 inside the mask."""

import math
from typing import Any

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score


def of(pair: Pair) -> float:
    """Differences weighed by the mask over what the mask weighs; NaN where it is empty."""
    differences = pair.color_differences
    if differences.weight <= 0.0:
        return math.nan
    return differences.weighted / differences.weight


METRIC = Metric("fdelta_e", of, needs_mask=True)


def fdelta_e(
    output: Any, target: Any, mask: Any, *, protocol: str | Protocol = "harmonia"
) -> Value:
    """Mean CIEDE2000 of the foreground; NaN for an empty mask.

    >>> black, half = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)
    >>> half[:2] = 255
    >>> round(harmonia.metrics.fdelta_e(half, black, half[..., 0] > 0), 3)
    100.0
    """
    return score(METRIC, output, target, mask, protocol)
