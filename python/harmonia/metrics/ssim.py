"""Structural similarity over the image."""

from typing import Any

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score


def of(pair: Pair) -> float:
    """The mean of the map over pixels and channels."""
    return pair.structure.mean


METRIC = Metric("ssim", of, better="higher", smallest=lambda protocol: protocol.ssim.smallest)


def ssim(
    output: Any, target: Any, mask: Any = None, *, protocol: str | Protocol = "harmonia"
) -> Value:
    """Mean structural similarity (Wang et al. 2004), channel by channel; 1 where all is equal.

    Under "harmonia": a Gaussian window of 11 pixels and sigma 1.5 wholly inside the image, and
    constants for the range 0..255. Images smaller than the window are an error.

    >>> harmonia.metrics.ssim(image, image)
    1.0
    """
    return score(METRIC, output, target, mask, protocol)
