"""Mean colour difference CIEDE2000 over the image."""

from typing import Any

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score


def of(pair: Pair) -> float:
    """The mean over every pixel."""
    differences = pair.color_differences
    return differences.total / differences.pixels


METRIC = Metric("delta_e", of)


def delta_e(
    output: Any, target: Any, mask: Any = None, *, protocol: str | Protocol = "harmonia"
) -> Value:
    """Mean CIEDE2000 over the image, of sRGB under D65; about 1 is just visible side by side.

    >>> black, white = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)
    >>> round(harmonia.metrics.delta_e(white, black), 3)
    100.0
    """
    return score(METRIC, output, target, mask, protocol)
