"""Structural similarity inside the mask."""

from typing import Any

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score


def of(pair: Pair) -> float:
    """The map weighed by the mask at each window's centre; NaN where no centre has weight."""
    return pair.structure.weighted_mean


METRIC = Metric(
    "fssim", of, needs_mask=True, better="higher", smallest=lambda protocol: protocol.ssim.smallest
)


def fssim(output: Any, target: Any, mask: Any, *, protocol: str | Protocol = "harmonia") -> Value:
    """Structural similarity of the foreground: the map of `ssim`, averaged inside the mask.

    The windows are whole, so that around the mask's edge the background counts too. NaN where the
    mask has no weight at the centre of any window.

    >>> half = image.copy()
    >>> half[: len(half) // 2] = 0
    >>> lower = np.zeros(image.shape[:2], bool)
    >>> lower[-len(lower) // 4 :] = True
    >>> harmonia.metrics.fssim(half, image, lower)
    1.0
    """
    return score(METRIC, output, target, mask, protocol)
