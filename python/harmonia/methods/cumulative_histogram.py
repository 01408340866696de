"""Fecker et al. 2008: match the cumulative histograms of luma and chroma, channel by channel.

U. Fecker, M. Barkowsky, A. Kaup, "Histogram-based prefiltering for luminance and chrominance
compensation of multiview video", IEEE Transactions on Circuits and Systems for Video Technology
18(9), 2008. Works in YCbCr (BT.601, limited range, from sRGB codes) in bins of one 8-bit code,
which hold more alike what belongs together than the channels of RGB do.

Cost: one pass for the histograms, one for the pixels under the mask. Weak where the background has
a large area of one colour, which is matched as well. YCbCr reaches beyond RGB: colours that land
outside are clamped.

Here a bin goes where as much of the background lies below it, with half of its own weight on both
sides, and colours between the centres of two bins between where those go. So equal sides change
nothing, a gap in the background's histogram is no jump, and 16 bits and floats show no bands.

`compat=True` is the published mapping: YCbCr rounded to codes, each of which becomes the largest
one whose cumulative weight in the background does not exceed its own. That lies a step below, or at
the far end of a gap. The first and last code stand for the mean of what the background holds there;
where it holds nothing that mean is NaN, which the original stores as 0: single pixels turn black,
green or pink. The background, which the original sends to YCbCr and back, keeps its bytes here.
"""

from typing import Any

import numpy as np

from harmonia import _core
from harmonia._scene import Scene
from harmonia.transform import CurveTransform

# One bin a code. Luma ends at 235, so its last five are never reached.
LOW, HIGH = (16.0, 16.0, 16.0), (240.0, 240.0, 240.0)
BINS = 225
LAST = (235, 240, 240)

Floats = np.ndarray[Any, np.dtype[np.float64]]


def fit(scene: Scene, *, compat: bool = False) -> CurveTransform:
    source, target = scene.measure(
        lambda kernels, image, mask: kernels.space_histogram(image, mask, "ycbcr", LOW, HIGH, BINS)
    )
    if compat:
        curves = [
            published_map(source[c, : last - 15], target[c, : last - 15])
            for c, last in enumerate(LAST)
        ]
        values = np.array([np.pad(curve, (0, BINS - curve.size), "edge") for curve in curves])
        stored = np.nan_to_num(values, nan=0.0).astype(np.float32)
        return CurveTransform("ycbcr", LOW, HIGH, stored, nearest=True)
    values = 16.0 + _core.match_quantiles(source, target, True)
    return CurveTransform("ycbcr", LOW, HIGH, values.astype(np.float32))


def published_map(source: Floats, target: Floats) -> Floats:
    """The code of every bin from 16 on, NaN where the original makes one."""
    # Divided before they are summed: which bins reach 1 depends on how that rounds.
    ours, theirs = np.cumsum(source / source.sum()), np.cumsum(target / target.sum())
    bins = np.maximum(np.searchsorted(theirs, ours, side="right") - 1, 0)
    codes = 16.0 + bins
    for end in (0, target.size - 1):
        if target[end] == 0.0:
            codes[bins == end] = np.nan
    return codes
