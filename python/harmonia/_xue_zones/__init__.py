"""Which zone of a foreground matches its background: Xue et al. 2012, with forests of our own.

In a photograph one zone of a distribution, its top, its low end or its mean, often is where the
background has it, and which one shows in the shapes of the two distributions. Nine small forests,
three zones of three properties, look at the shapes and vote. MODEL_CARD.md says what they were
trained on and how well they do; `benchmarks/train_xue_zones.py` makes them.
"""

import functools
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import numpy as np

# Weight, and top, low, median, mean, spread, skewness, kurtosis, entropy, range, 20 portions.
Statistics = tuple[float, Sequence[float]]
Array = np.ndarray[Any, Any]

ZONES = (0, 1, 3)  # top, low and mean among the statistics
MEAN = 2  # among the zones

# The values that a shift can lead to.
RANGES = {
    "luminance": (float(np.log2(1 / 255 / 12.92)), 0.0),
    "temperature": (50.0, 1e6 / 1500),
    "saturation": (float(np.log2(1 / 255 / 12.92)), 0.0),
}
# What tells about the shape: spread, skewness, kurtosis, entropy, and all portions but the 18th.
# None of them knows where the values lie.
SHAPE = (4, 5, 6, 7, *range(9, 26), 27, 28)
NEGLIGIBLE = 0.001


def inputs(foreground: Statistics, target: Statistics) -> Array:
    """What the forests see: the shapes of both distributions, 46 numbers."""
    return np.array([side[1][i] for side in (foreground, target) for i in SHAPE], np.float32)


def chances(name: str, shapes: Array) -> Array:
    """How likely each zone of a property matches."""
    return np.array([_vote(forest, shapes) for forest in _forests()[name]])


def learned_zone(name: str, foreground: Statistics, target: Statistics) -> int:
    """The zone to match, as an index of the statistics."""
    likely = chances(name, inputs(foreground, target)) > 0.5
    return ZONES[best_zone(name, likely, foreground, target)]


def best_zone(name: str, likely: Array, foreground: Statistics, target: Statistics) -> int:
    """Of the zones likely to match the one whose shift brings all of them together best.

    Where two do, the one that brings the means together better; the mean where none is likely.
    """
    low, high = RANGES[name]
    here = np.array([foreground[1][i] for i in ZONES])
    there = np.array([target[1][i] for i in ZONES])
    best, least, least_mean = MEAN, np.inf, np.inf
    for zone in np.flatnonzero(likely):
        shift = here[zone] - there[zone]
        misses = np.abs(np.clip(here - shift, low, high) - there)
        cost, mean = float(misses[likely].sum()), abs(here[MEAN] - there[MEAN] - shift)
        closer = cost < least - NEGLIGIBLE
        equal = abs(cost - least) <= NEGLIGIBLE and mean < least_mean - NEGLIGIBLE
        if closer or equal:
            best, least, least_mean = int(zone), cost, mean
    return best


def _vote(forest: Mapping[str, Array], shapes: Array) -> float:
    """The mean of what the trees say; node i has the children 2 i + 1 and 2 i + 2."""
    features, thresholds, leaves = forest["features"], forest["thresholds"], forest["leaves"]
    trees = np.arange(len(leaves))
    node = np.zeros(len(leaves), np.intp)
    while node[0] < features.shape[1]:
        right = shapes[features[trees, node]] > thresholds[trees, node]
        node = 2 * node + 1 + right
    return float(leaves[trees, node - features.shape[1]].mean() / 255)


@functools.cache
def _forests() -> dict[str, list[dict[str, Array]]]:
    """Per property three forests: features and thresholds (trees, nodes), leaves (trees, ends)."""
    path = resources.files(__name__) / "forests.npz"
    with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
        return {
            name: [
                {key: data[f"{name}.{zone}.{key}"] for key in ("features", "thresholds", "leaves")}
                for zone in range(len(ZONES))
            ]
            for name in RANGES
        }
