"""Lalonde & Efros 2007: shift clusters of foreground colours the way of the cheapest transport.

J.-F. Lalonde, A. A. Efros, "Using Color Compatibility for Assessing Image Realism", ICCV 2007: its
recolouring, within one composite. k-means in CIELAB sums up either side in `clusters` colours
(seeded by `seed`), the earth mover's distance says which foreground colour goes to which target
colours, and each pixel takes the mean shift of the nearest half of the clusters. A shift s counts
as s * exp(-s^2 / sigma^2) in each channel, and not at all from `sigma` on: a channel moves by 0.43
sigma at most. iHarmony4 was made with sigma 75, the author's code has 50.

Unlike a match of statistics it gives each colour a change of its own. Weak where both sides hold
different things, since all of the background's colours have to go somewhere, and where they are so
far apart that shifts are cut off: a foreground that is far too dark stays so.

Cost: one pass for a sample of at most 65536 pixels a side, k-means on it, and for each pixel under
the mask a distance and a power a cluster. Another seed gives clusters of its own, and colours that
differ by one or two levels of 255 on average, as two runs of the authors' code do.

`compat=True` goes to CIELAB with the white D50 and back with D65, as the authors' code does: greys
stay, but all hues turn, by up to a quarter of the range where colours are pure.
"""

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from harmonia import _core
from harmonia._arrays import Frame, Mask
from harmonia._kernels import kernels_of
from harmonia._scene import Sample, Scene, check_seed
from harmonia.color import convert
from harmonia.transform import Transform

Triples = tuple[tuple[float, ...], ...]
Clusters = tuple[list[list[float]], list[float]]

MOST_CLUSTERS = 256


@dataclass(frozen=True)
class ClusterShift(Transform):
    """Shifts at some colours, for every colour the weighted mean of those nearby.

    Enters the first of `spaces` and leaves the second.
    """

    centres: Triples
    shifts: Triples
    sigma: float
    spaces: tuple[str, str]

    @classmethod
    def between(
        cls, source: Clusters, target: Clusters, sigma: float, spaces: tuple[str, str]
    ) -> "ClusterShift":
        """From the centres and weights of both sides."""
        shifts = _core.cluster_shifts(source, target, sigma)
        return cls(tuple(map(tuple, source[0])), tuple(map(tuple, shifts)), sigma, spaces)

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        kernels_of(frame).lalonde_efros_transfer(
            frame, mask.frame, strength, self.centres, self.shifts, self.sigma, self.spaces, out
        )


def fit(
    scene: Scene,
    *,
    sigma: float = 75.0,
    clusters: int = 50,
    seed: int = 0,
    compat: bool = False,
) -> ClusterShift:
    check(sigma, clusters, seed, compat)
    scene.check_on_cpu("lalonde_efros")
    enter = "lab_d50" if compat else "lab"
    samples = scene.samples("rgb", seed=seed)
    source, target = (_core.kmeans(in_space(sample, enter), clusters, seed) for sample in samples)
    return ClusterShift.between(source, target, float(sigma), (enter, "lab"))


def in_space(sample: Sample, space: str) -> Sample:
    """A sample of sRGB codes in CIELAB.

    Codes are rounded to 16 bits first. A byte and its float differ in the last bit, and k-means
    would make other clusters of it.
    """
    codes = np.rint(sample[:3] * np.float32(65535)).astype(np.uint16)
    colours = sample.copy()
    if codes.size > 0:
        colours[:3] = convert(codes.T[None], "rgb", space)[0].T
    return colours


def check(sigma: float, clusters: int, seed: int, compat: bool) -> None:
    if not isinstance(sigma, Real) or not 1e-3 <= sigma <= 1e6:
        raise ValueError(
            f"lalonde_efros: sigma must be a number from 0.001 to 1e6, got {sigma!r}; "
            f"it is a distance in CIELAB, where white is 100 from black"
        )
    if not isinstance(clusters, Integral) or not 1 <= clusters <= MOST_CLUSTERS:
        raise ValueError(
            f"lalonde_efros: clusters must be a whole number from 1 to {MOST_CLUSTERS}, "
            f"got {clusters!r}; the authors use 50"
        )
    check_seed(seed, where="lalonde_efros")
    if not isinstance(compat, bool):
        raise TypeError(f"lalonde_efros: compat must be True or False, got {compat!r}")
