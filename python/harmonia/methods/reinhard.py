"""Reinhard et al. 2001: match the mean and spread of every channel of a decorrelated colour space.

E. Reinhard, M. Ashikhmin, B. Gooch, P. Shirley, "Color Transfer between Images", IEEE Computer
Graphics and Applications 21(5), 2001. The original space is l-alpha-beta, on logarithms of cone
responses, taken from sRGB codes as if they were linear; `space="lab"` works in CIELAB (D65).

Cost: one pass for the statistics, one for the pixels under the mask. Weak where the foreground
holds several colours that need different changes, and where it is much smaller in variety than the
background. The plain formula explodes for a grey or constant foreground; here a spread counts as at
least that of 8-bit rounding, and nothing is stretched more than tenfold. Black has no logarithm: in
l-alpha-beta it is left out of the statistics and stays black.
"""

from typing import Literal, get_args

from harmonia import _core
from harmonia._scene import Scene
from harmonia.transform import AffineTransform

Space = Literal["lalphabeta", "lab"]


def fit(scene: Scene, *, space: Space = "lalphabeta") -> AffineTransform:
    if space not in get_args(Space):
        choices = ", ".join(get_args(Space))
        raise ValueError(f"reinhard: space must be one of {choices}, got {space!r}")
    source, target = scene.moments(space)
    return AffineTransform.of(_core.reinhard(source, target, space))
