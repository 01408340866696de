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
table look-ups and a diffusion over a pyramid of six scales, linear in their number. Weak where
foreground and background differ in content, since all of their distribution is matched.

The authors' histograms shift every step down by one bin, depend on which bin a value falls in by
rounding, and turn constant regions into other colours; their regrain lets a black background bleed
over the rim. Here colours count in the two bins around them, each bin goes to the mean of what it
is matched with, and regrain stays within the mask. `compat=True` brings all of that back, with all
pixels in the histograms.
"""

from harmonia import _core
from harmonia._scene import Scene
from harmonia.projections import (
    SAMPLES,
    ProjectionTransform,
    check_iterations,
    check_seed,
    directions,
    nodes_for,
)

REFERENCE_BINS = 300
EVERY_PIXEL = 1 << 62


def fit(
    scene: Scene,
    *,
    iterations: int = 10,
    seed: int = 0,
    compat: bool = False,
) -> ProjectionTransform:
    check_iterations(iterations, where="idt")
    check_seed(seed, where="idt")
    scene.check_on_cpu("idt")
    limit = EVERY_PIXEL if compat else SAMPLES
    source, target = scene.samples("rgb", limit=limit, seed=seed)
    axes = directions(iterations, 6, seed)
    nodes = REFERENCE_BINS if compat else nodes_for(source, target)
    matching = "reference" if compat else "binned"
    paces = [1.0] * iterations
    return ProjectionTransform.of(
        _core.fit_projections(source, target, axes, paces, nodes, matching)
    )
