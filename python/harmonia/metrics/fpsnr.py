"""Peak signal-to-noise ratio inside the mask, in decibels."""

from typing import Any

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score
from harmonia.metrics.fmse import of as fmse_of


def of(pair: Pair) -> float:
    """10 log10(peak^2 / fMSE), infinite where the foregrounds are equal."""
    return pair.decibels(fmse_of(pair), pair.protocol.fpsnr_epsilon)


METRIC = Metric("fpsnr", of, needs_mask=True, better="higher")


def fpsnr(output: Any, target: Any, mask: Any, *, protocol: str | Protocol = "harmonia") -> Value:
    """Peak signal-to-noise ratio of the foreground in decibels; NaN for an empty mask.

    >>> black, half = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)
    >>> half[:2] = 10
    >>> round(harmonia.metrics.fpsnr(half, black, half[..., 0] > 0), 4)
    28.1308
    """
    return score(METRIC, output, target, mask, protocol)
