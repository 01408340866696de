"""Peak signal-to-noise ratio over the image, in decibels."""

from typing import Any

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score
from harmonia.metrics.mse import of as mse_of


def of(pair: Pair) -> float:
    """10 log10(peak^2 / MSE), infinite where the images are equal."""
    return pair.decibels(mse_of(pair), pair.protocol.psnr_epsilon)


METRIC = Metric("psnr", of, better="higher")


def psnr(
    output: Any, target: Any, mask: Any = None, *, protocol: str | Protocol = "harmonia"
) -> Value:
    """Peak signal-to-noise ratio of the image in decibels; infinite where it equals the target.

    The peak is 255 under "harmonia"; some papers take the range of the output instead.

    >>> black, grey = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 10, np.uint8)
    >>> round(harmonia.metrics.psnr(grey, black), 4)
    28.1308
    """
    return score(METRIC, output, target, mask, protocol)
