"""Pitie et al. 2007: iterative distribution transfer, then the grain of the original put back.

F. Pitie, A. Kokaram, R. Dahyot, "Automated colour grading using colour distribution transfer",
CVIU 107, 2007. Each of `iterations` steps matches the distributions along six axes, two orthonormal
bases turned at random by `seed`; the first step has the fixed axes of the authors' code. The whole
distribution of colours is matched, not only its moments.

`regrain=True` then smooths what the match has roughened: the result keeps the new colours where the
original has detail, and changes as smoothly as the original where it is flat. A larger `smoothness`
lets the new colours spread further across the original's edges. The result depends on the place of
a pixel; `regrain=False` is a function of colour alone, which `harmonia.fit` can give.

Cost: the fit looks at about 65536 colours of each side; the pixels pass through `iterations` x 6
table look-ups, and a diffusion over a pyramid that is linear in their number. Weak where foreground
and background differ in content, since all of their distribution is matched.

The authors' code shifts every step down by one bin, lets rounding decide which bin a value falls
in, turns constant backgrounds into other colours and leaves constant foregrounds as they are. Its
regrain lets a black background bleed over the rim, hardly changes a small foreground and blurs one
that already matches. Here colours count in the two bins around them, each bin goes to the mean of
what it is matched with, and regrain stays within the mask and works on the change. `compat=True`
brings all of that back, with hard masks and all pixels in the histograms.
"""

from dataclasses import dataclass
from numbers import Real
from typing import ClassVar

import numpy as np

from harmonia import _core
from harmonia._arrays import Frame, Mask
from harmonia._kernels import kernels_of
from harmonia._projections import (
    Axes,
    ProjectionTransform,
    check_iterations,
    directions,
    nodes_for,
)
from harmonia._scene import MOST_SAMPLES, Sample, Scene, check_seed
from harmonia.transform import Change

EVERY_PIXEL = 1 << 62
REFERENCE_BINS = 300
SMOOTHNESS = (1e-6, 1e6)


@dataclass(frozen=True)
class Regrained(Change):
    """New colours on the grain of the picture that they change."""

    instead: ClassVar[str] = "pass regrain=False, or use harmonize(...) on each frame"

    transform: ProjectionTransform
    smoothness: float
    whole: bool  # with a black background, as the authors' code has it

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        changed = self.transform.colors(frame, mask)
        kernels_of(frame).regrain(
            frame, changed, mask.frame, strength, self.smoothness, self.whole, out
        )


def fit(
    scene: Scene,
    *,
    iterations: int = 10,
    regrain: bool = True,
    smoothness: float = 1.0,
    seed: int = 0,
    compat: bool = False,
) -> Change:
    check_iterations(iterations, where="idt")
    check_seed(seed, where="idt")
    if not isinstance(smoothness, Real) or not SMOOTHNESS[0] <= smoothness <= SMOOTHNESS[1]:
        raise ValueError(
            f"idt: smoothness must be a number from 1e-6 to 1e6, got {smoothness!r}; 1 is usual"
        )
    scene.check_on_cpu("idt")
    source, target = scene.samples("rgb", limit=EVERY_PIXEL if compat else MOST_SAMPLES, seed=seed)
    axes = directions(iterations, 6, seed)
    transform = match_reference(source, target, axes) if compat else match(source, target, axes)
    return Regrained(transform, float(smoothness), whole=compat) if regrain else transform


def match(source: Sample, target: Sample, axes: Axes) -> ProjectionTransform:
    """The transform from one set of weighted colours to another, along axes (steps, 6, 3)."""
    paces, nodes = [1.0] * len(axes), nodes_for(source, target)
    return ProjectionTransform.of(
        _core.fit_projections(source, target, axes, paces, nodes, "binned")
    )


def match_reference(source: Sample, target: Sample, axes: Axes) -> ProjectionTransform:
    """As the authors' code: masks are all or nothing, and so are its histogram bins."""
    full = source[:, source[3] >= 1]
    source = np.ascontiguousarray(full if full.size else source)
    for side in (source, target):
        side[3] = 1
    paces = [1.0] * len(axes)
    return ProjectionTransform.of(
        _core.fit_projections(source, target, axes, paces, REFERENCE_BINS, "reference")
    )
