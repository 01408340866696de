"""What the SSIM kernel measures, as means."""

import functools
import math
from typing import Any, NamedTuple

import numpy as np

from harmonia._arrays import Frame
from harmonia._kernels import kernels_of
from harmonia.metrics._protocols import Ssim

Three = np.ndarray[Any, np.dtype[np.float64]]

K1, K2 = 0.01, 0.03


class Structure(NamedTuple):
    """Means of the SSIM map, and of its contrast and structure part, for every channel."""

    ssim: Three
    contrast: Three
    weighted_mean: float  # of the SSIM map under the mask, over all channels

    @property
    def mean(self) -> float:
        """Of the SSIM map, over all channels."""
        return math.fsum(self.ssim) / 3.0


def structure_of(
    output: Frame, target: Frame, mask: Frame | None, ssim: Ssim, span: float
) -> Structure:
    """Measure with a window, and constants for values that span 0..`span`.

    Without a span there are no constants, and a flat window would be 0 / 0: all is NaN then.
    """
    if span == 0.0:
        return Structure(np.full(3, math.nan), np.full(3, math.nan), math.nan)
    return _means(*kernels_of(output).ssim(output, target, mask, *_constants(ssim, span)))


def structures_of(
    outputs: Frame, targets: Frame, masks: Frame | None, ssim: Ssim, span: float
) -> list[Structure]:
    """The same of a batch on a CUDA device, of tensors with an axis in front, in one launch."""
    found = kernels_of(outputs).ssim(outputs, targets, masks, *_constants(ssim, span))
    return [_means(*sums) for sums in found]


def structure_at_scales(
    output: Frame, target: Frame, ssim: Ssim, span: float, count: int
) -> list[Structure]:
    """The same of the images, of their halves, and so on."""
    found = [structure_of(output, target, None, ssim, span)]
    half_size = kernels_of(output).half_size
    for _ in range(count - 1):
        output, target = half_size(output), half_size(target)
        found.append(structure_of(output, target, None, ssim, span))
    return found


def _constants(ssim: Ssim, span: float) -> tuple[Any, ...]:
    n = float(ssim.size**2)
    return (
        window(ssim.window, ssim.size, ssim.sigma),
        ssim.padding,
        (K1 * span) ** 2,
        (K2 * span) ** 2,
        n / (n - 1.0) if ssim.sample else 1.0,
    )


def _means(total: Any, contrast: Any, weighted: Any, weight: float, pixels: float) -> Structure:
    return Structure(
        np.array(total) / pixels,
        np.array(contrast) / pixels,
        math.fsum(weighted) / (3.0 * weight) if weight > 0.0 else math.nan,
    )


@functools.cache
def window(kind: str, size: int, sigma: float) -> tuple[float, ...]:
    """One side of a separable window; adds up to 1."""
    offsets = [i - (size - 1) / 2.0 for i in range(size)]
    bell = [1.0 if kind == "uniform" else math.exp(-0.5 * (x / sigma) ** 2) for x in offsets]
    return tuple(weight / math.fsum(bell) for weight in bell)
