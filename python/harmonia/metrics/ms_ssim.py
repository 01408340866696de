"""Structural similarity at five scales."""

from typing import Any

import numpy as np

from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score

# Wang, Simoncelli and Bovik 2003, from the finest scale to the coarsest.
EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def of(pair: Pair) -> float:
    """Contrast and structure at the four finer scales, and everything at the coarsest."""
    scales = pair.structure_at_scales(len(EXPONENTS))
    parts = [scale.contrast for scale in scales[:-1]] + [scales[-1].ssim]
    powers = [np.maximum(part, 0.0) ** power for part, power in zip(parts, EXPONENTS, strict=True)]
    return float(np.prod(powers, axis=0).mean())


def smallest(protocol: Protocol) -> int:
    """The window fits into the coarsest scale."""
    return int(protocol.ssim.smallest * 2 ** (len(EXPONENTS) - 1))


METRIC = Metric("ms_ssim", of, better="higher", smallest=smallest)


def ms_ssim(
    output: Any, target: Any, mask: Any = None, *, protocol: str | Protocol = "harmonia"
) -> Value:
    """Multi-scale structural similarity (Wang et al. 2003): `ssim` at five scales, halved by means.

    Both sides of the image must be 176 pixels or longer, so that the window of 11 pixels fits into
    the coarsest scale. Halving leaves out an odd last row or column.

    >>> harmonia.metrics.ms_ssim(image, image)
    1.0
    """
    return score(METRIC, output, target, mask, protocol)
