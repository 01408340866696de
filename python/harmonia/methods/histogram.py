"""Histogram matching: give every RGB channel the distribution that it has in the background.

The exact specification of each channel on its own (R. C. Gonzalez, R. E. Woods, "Digital Image
Processing"), as scikit-image's `match_histograms` defines it: a value goes to where the cumulative
histogram of the background, linear between the values that occur, has reached its own. The result
is rounded, where that function cuts off.

Cost: one pass for the histograms, one for the pixels under the mask. Weak where the channels
belong together: each is matched without regard to the others, so colours can appear that are on
neither side. Weak, too, where the background has a large area of one colour, which is matched as
well, and for a foreground of few colours: its brightest becomes the brightest of the background.

uint8 and uint16 are matched code by code, 256 or 65536 of them. Floats count in 65536 bins: a value
is off by as much as the curve rises within one, 1/65535 where the spreads are equal. Colours that
no foreground pixel has lie on the line between those that occur.
"""

import numpy as np

from harmonia import _core
from harmonia._scene import Scene
from harmonia.transform import CurveTransform

BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def fit(scene: Scene) -> CurveTransform:
    frames = [scene.image] if scene.reference is None else [scene.image, scene.reference]
    bins = 256 if all(str(frame.dtype).endswith("uint8") for frame in frames) else 65536
    source, target = scene.measure(
        lambda kernels, image, mask: kernels.space_histogram(image, mask, "rgb", BLACK, WHITE, bins)
    )
    values = (_core.match_quantiles(source, target, False) / (bins - 1)).astype(np.float32)
    return CurveTransform("rgb", BLACK, WHITE, values)
