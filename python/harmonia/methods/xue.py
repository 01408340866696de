"""Xue et al. 2012: match contrast, luminance, colour temperature and saturation, zone by zone.

S. Xue, A. Agarwala, J. Dorsey, H. Rushmeier, "Understanding and Improving the Realism of Image
Composites", ACM Transactions on Graphics 31(4), 2012. In linear light, one property after the
other: an S-curve on luminance follows the strongest local contrast, then luminance, correlated
colour temperature (in mired, at constant tint) and HSV saturation are shifted. A shift brings one
zone of the foreground's distribution, its top, low end or mean, to that of the background around
it, within three times the mask's box: not the mean colour of the picture. What is within the box's
3 percent (foreground) or 15 percent (background) of the mask's edge does not count, as far as
enough is left. Soft masks weigh all statistics.

`zones="fixed"` matches the brightest luminance, the coldest temperature and the highest
saturation. `zones="learned"` matches the zones that small forests of our own guess to be nearest to
each other in a photograph: left over between a photograph's object and its surroundings are 0.36
instead of 0.37 stops of luminance, 33 instead of 40 mired, and 0.16 instead of 0.22 stops of
saturation (`_xue_zones/MODEL_CARD.md` tells from what they learned).

Cost: linear in pixels. What is larger than 512 x 512 is measured in averaged squares of pixels: for
photographs of 0.4 to 12 megapixels that moves luminance by 0.05 stops (median), temperature by 1
mired and saturation by 0.02 stops, mostly by way of the contrast, which is local to 7 x 7 of them
and so depends on the scale; the published code is used on 256 x 256.

Weak where the background holds light of several colours, or no bright point that the foreground
could share. At most four adjustments of the whole foreground: it cannot repaint one colour.
Luminance and saturation rise tenfold at most, and what has no pixel that can be measured is left as
it is.

`compat=True` repeats the published code: it looks around the first connected part of the mask only,
counts pixels without a colour temperature as the warmest, takes the entropy of saturated codes,
lets saturation exceed one, measures and adjusts temperature with two tables, tries five curves, and
leaves a foreground of less than 500 pixels alone. Its own forests were never published.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Literal, get_args

from harmonia import _core, _xue_zones
from harmonia._arrays import Frame, Mask
from harmonia._kernels import kernels_of
from harmonia._scene import Scene
from harmonia.transform import Transform

Zones = Literal["fixed", "learned"]

# Weight, and top, low, median, mean, ... as `_core.XueSides` measures them.
Statistics = tuple[float, Sequence[float]]
# From a property and its statistics in foreground and target to the zone that is matched.
Choice = Callable[[str, Statistics, Statistics], int]

TOP, LOW, MEAN = 0, 1, 3  # where a zone is among the statistics
FIXED = {"luminance": TOP, "temperature": LOW, "saturation": TOP}

STEEPEST, FLATTEST = 0.4, 0.6
CURVES = (STEEPEST, 0.45, 0.5, 0.55, FLATTEST)  # of the published code
# A slope of contrast over alpha below this is noise and decides little; photographs have 0.3 to 4.
LEAST_SLOPE = 0.3
LARGEST_RISE = math.log2(_core.largest_gain)
FEWEST_PIXELS = 500  # of the published code


@dataclass(frozen=True)
class XueTransform(Transform):
    """Curve, stops, mired and stops, applied in this order in linear light."""

    alpha: float = 0.5
    threshold: float = 0.5
    luminance: float = 0.0
    mired: float = 0.0
    saturation: float = 0.0
    compat: bool = False

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        kernels_of(frame).xue_transfer(frame, mask.frame, strength, astuple(self), out)


def fit(scene: Scene, *, zones: Zones = "fixed", compat: bool = False) -> XueTransform:
    if zones not in get_args(Zones):
        choices = ", ".join(get_args(Zones))
        raise ValueError(f"xue: zones must be one of {choices}, got {zones!r}")
    if not isinstance(compat, bool):
        raise TypeError(f"xue: compat must be True or False, got {compat!r}")
    scene.check_on_cpu("xue")
    scene.check_background()
    sides = _core.XueSides(
        scene.image, scene.mask.frame, scene.reference, scene.reference_mask.frame, compat
    )
    return adjusted(sides, fixed_zone if zones == "fixed" else _xue_zones.learned_zone, compat)


def fixed_zone(name: str, foreground: Statistics, target: Statistics) -> int:
    return FIXED[name]


def adjusted(sides: _core.XueSides, choose: Choice, compat: bool) -> XueTransform:
    """The four steps, each measured on what the steps before made of the foreground."""
    if compat and sides.pixels < FEWEST_PIXELS:
        return XueTransform()
    found = XueTransform(alpha=best_curve(sides, compat), threshold=sides.luminance, compat=compat)
    sides.change_contrast(found.alpha, found.threshold)
    stops = -offset(sides, "luminance", choose)
    found = replace(found, luminance=stops if compat else min(stops, LARGEST_RISE))
    sides.change_luminance(found.luminance)
    found = replace(found, mired=-offset(sides, "temperature", choose))
    sides.change_temperature(found.mired)
    stops = -offset(sides, "saturation", choose)
    return replace(found, saturation=stops if compat else min(stops, LARGEST_RISE))


def offset(sides: _core.XueSides, name: str, choose: Choice) -> float:
    """How far the foreground is from what it shall match; zero where one cannot be measured."""
    foreground, target = sides.foreground(name), sides.target(name)
    if not (foreground[0] > 0 and target[0] > 0):
        return 0.0
    zone = choose(name, foreground, target)
    return foreground[1][zone] - target[1][zone]


def best_curve(sides: _core.XueSides, compat: bool) -> float:
    """The alpha whose curve changes the top of the local contrast as wanted.

    What alpha does is noisy, and not even monotonous: the line between the two extremes says
    what it does on the whole, and the flatter it is, the less it is believed.
    """
    foreground, target = sides.foreground("contrast"), sides.target("contrast")
    if not (foreground[0] > 0 and target[0] > 0):
        return 0.5
    wanted = target[1][TOP] - foreground[1][TOP]
    if compat:
        changes = sides.contrast_changes(CURVES, sides.luminance)
        misses = [abs(change - wanted) for change in changes]
        return CURVES[misses.index(min(misses))]
    steep, flat = sides.contrast_changes((STEEPEST, FLATTEST), sides.luminance)
    slope = (flat - steep) / (FLATTEST - STEEPEST)
    step = wanted * min(slope, 0.0) / (slope**2 + LEAST_SLOPE**2)
    return min(max(0.5 + step, STEEPEST), FLATTEST)
