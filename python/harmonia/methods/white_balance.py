"""White balance: give the foreground the mean colour of the background by one gain a channel.

Von Kries's rule with the channels as receptors: in linear RGB every channel is multiplied with the
ratio of the two means, so light that is n times as strong makes n times the value. Exposure and
tint are matched, contrast in stops stays, and black stays black.

Cost: one pass for the means, one for the pixels under the mask. Weak where foreground and
background differ in colour by themselves and not by their light. A mean counts as at least half an
8-bit level, and no gain is above ten: a channel that is all but black has no ratio to speak of.
What such a channel lacks to the mean of the background stays missing, since an offset would lift
its black.
"""

from harmonia import _core
from harmonia._scene import Scene
from harmonia.transform import AffineTransform

# Linear light of half an 8-bit level.
LEAST_MEAN = 0.5 / 255 / 12.92


def fit(scene: Scene) -> AffineTransform:
    (_, source, _), (_, target, _) = scene.moments("linear")
    red, green, blue = (
        min(max(to, LEAST_MEAN) / max(here, LEAST_MEAN), _core.largest_gain)
        for here, to in zip(source, target, strict=True)
    )
    return AffineTransform("linear", (red, 0, 0, 0, green, 0, 0, 0, blue), (0, 0, 0))
