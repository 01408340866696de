"""Mean squared error where the mask is zero: what a method must not touch."""

import math
from typing import Any

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score


def of(pair: Pair) -> float:
    """The mean over the pixels that the mask leaves out; NaN where there are none."""
    errors = pair.errors
    if not errors.background:
        return math.nan
    return errors.background_squared / (3.0 * errors.background)


METRIC = Metric("background_mse", of, needs_mask=True)


def background_mse(
    output: Any, target: Any, mask: Any, *, protocol: str | Protocol = "harmonia"
) -> Value:
    """Mean squared error of the pixels whose mask is zero; NaN where there are none.

    Against the composite it tells whether a method touched the background. Against the real image
    it tells how much of an error is there before any method runs, from JPEG say.

    >>> out = harmonia.harmonize(image, mask)
    >>> harmonia.metrics.background_mse(out, image, mask)
    0.0
    """
    return score(METRIC, output, target, mask, protocol)
