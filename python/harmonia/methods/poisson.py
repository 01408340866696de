"""Perez et al. 2003: keep the foreground's gradients and take the jump along its seam away.

P. Perez, M. Gangnet, A. Blake, "Poisson Image Editing", SIGGRAPH 2003. A composite does not show
what surrounded the foreground where it comes from, so the gradients across the seam are dropped:
what is added to the foreground is the jump of colour along the seam, and a membrane inside of it.

One pixel on each side says little about the jump: its noise and texture would run into the
foreground as streaks. `ring` is the radius in pixels of the discs along the seam over which the
jump is measured, by least squares for a common gradient and a step that follows the mask. None is a
hundredth of the image's diagonal, so that pictures of any size look alike; 1 takes the pixels
beside the seam as they are, the textbook's definition. A feather widens the discs by its width: a
step that follows the mask is what compositing through a feather leaves, so soft seams vanish as
hard ones do.

With a reference the colours to meet are those at the same place of the reference, stretched over
the composite, and filled in from around where its mask is 0. Where the mask leaves no background at
all, the foreground meets the reference along the rim of the image.

Cost: time and memory are linear in the box around the mask, about 35 bytes for each of its pixels.
Weak where what lies beside the seam has another colour for good reason: the foreground takes on the
hue of whatever it touches, and on a motley background it turns out motley.
"""

import math
from dataclasses import dataclass

from harmonia import _core
from harmonia._arrays import Frame, Mask
from harmonia._scene import Scene
from harmonia.transform import Change

WIDEST_RING = 1024
RINGS_TO_DIAGONAL = 100


@dataclass(frozen=True, eq=False)
class Membrane(Change):
    """The change of one composite; the membrane is solved when it is written."""

    scene: Scene
    ring: int

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        reference, where = self.scene.reference, self.scene.reference_mask
        _core.poisson(frame, mask.frame, reference, where.frame, self.ring, strength, out)


def fit(scene: Scene, *, ring: int | None = None) -> Membrane:
    if ring is None:
        height, width = scene.image.shape[:2]
        ring = max(2, round(math.hypot(height, width) / RINGS_TO_DIAGONAL))
    elif isinstance(ring, bool) or not isinstance(ring, int) or not 1 <= ring <= WIDEST_RING:
        raise ValueError(
            f"poisson: ring must be a whole number of pixels from 1 to {WIDEST_RING}, "
            f"got {ring!r}; 1 takes the pixels beside the seam as they are"
        )
    scene.check_on_cpu("poisson")
    scene.check_background()
    return Membrane(scene, ring)
