"""Which zone of a foreground is nearest to its background's: small forests, for `xue`.

In a photograph one zone of a distribution, its top, its low end or its mean, often is where the
background has it, and which one shows in the shapes of the two distributions. Nine small forests,
three zones of three properties, guess from the shapes how far the zones would be apart in a
photograph; the zone with the smallest guess is matched. (Xue et al. 2012 ask whether a zone is
close enough, and compare what the close ones do to each other; on our photographs that chooses
worse.) MODEL_CARD.md says what the forests were trained on and how well they do;
`benchmarks/train_xue_zones.py` makes them.
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
PROPERTIES = ("luminance", "temperature", "saturation")

# What tells about the shape: spread, skewness, kurtosis, entropy, and all portions but the 18th.
# None of them knows where the values lie.
SHAPE = (4, 5, 6, 7, *range(9, 26), 27, 28)


def inputs(foreground: Statistics, target: Statistics) -> Array:
    """What the forests see: the shapes of both distributions, 46 numbers."""
    return np.array([side[1][i] for side in (foreground, target) for i in SHAPE], np.float32)


def guesses(name: str, shapes: Array) -> Array:
    """For each zone of a property the root of how far apart it probably is in a photograph."""
    return np.array([_mean_leaf(forest, shapes) for forest in _forests()[name]])


def learned_zone(name: str, foreground: Statistics, target: Statistics) -> int:
    """The zone to match, as an index of the statistics."""
    return ZONES[int(guesses(name, inputs(foreground, target)).argmin())]


def _mean_leaf(forest: Mapping[str, Array], shapes: Array) -> float:
    """The mean of the leaves reached; node i has the children 2 i + 1 and 2 i + 2."""
    features, thresholds, leaves = forest["features"], forest["thresholds"], forest["leaves"]
    trees = np.arange(len(leaves))
    node = np.zeros(len(leaves), np.intp)
    while node[0] < features.shape[1]:
        right = shapes[features[trees, node]] > thresholds[trees, node]
        node = 2 * node + 1 + right
    return float(leaves[trees, node - features.shape[1]].mean(dtype=np.float64))


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
            for name in PROPERTIES
        }
