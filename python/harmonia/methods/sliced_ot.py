"""Sliced optimal transport: move the colours along random axes until both clouds agree.

J. Rabin, G. Peyre, J. Delon, M. Bernot, "Wasserstein Barycenter and its Application to Texture
Mixing", SSVM 2011, and N. Bonneel et al., "Sliced and Radon Wasserstein Barycenters of Measures",
JMIV 2015. Each of `iterations` steps takes a random orthonormal basis (the first is R, G, B) and
moves the foreground along each axis by the exact optimal transport between the two weighted sets of
places there, kept as a table of up to 256 nodes (root mean square error: a quarter of a level).
Steps get shorter after the fourth, so that the last ones refine instead of shuffling. The whole
distribution is matched, not only its moments; colours that already agree stay as they are.

Cost: the fit sorts about 65536 colours of each side, drawn by `seed`, which also turns the axes;
the pixels pass through `iterations` x 3 table look-ups. Weak as every match of whole distributions
is: where foreground and background differ in content it moves content, and where a few colours have
to become many it shows grain.
"""

import math

from harmonia import _core
from harmonia._projections import (
    ProjectionTransform,
    check_iterations,
    directions,
    nodes_for,
)
from harmonia._scene import Scene, check_seed


def fit(scene: Scene, *, iterations: int = 30, seed: int = 0) -> ProjectionTransform:
    check_iterations(iterations, where="sliced_ot")
    check_seed(seed, where="sliced_ot")
    scene.check_on_cpu("sliced_ot")
    source, target = scene.samples("rgb", seed=seed)
    axes = directions(iterations, 3, seed)
    # Each step also fits what is chance in the colours; whole steps would pass that on, amplified.
    paces = [min(1.0, 2.0 / math.sqrt(step + 1)) for step in range(iterations)]
    nodes = nodes_for(source, target)
    return ProjectionTransform.of(
        _core.fit_projections(source, target, axes, paces, nodes, "sorted")
    )
