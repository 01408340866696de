"""What a metric is, and how one call of it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from harmonia.metrics._open import open_pairs
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol

Value = Any  # float for one image, a NumPy array (N,) of float64 for a batch


@dataclass(frozen=True)
class Metric:
    """A number of a pair of images.

    Parameters
    ----------
    name
        As users spell it.
    of
        Computes it from what was measured of a pair.
    needs_mask
        Without a mask it has no meaning.
    better
        Which way is up.
    smallest
        The shortest side of an image that it can measure under a protocol.
    """

    name: str
    of: Callable[[Pair], float]
    needs_mask: bool = False
    better: Literal["lower", "higher"] = "lower"
    smallest: Callable[[Protocol], int] = lambda protocol: 1

    def __call__(self, output: Any, target: Any, mask: Any, protocol: str | Protocol) -> Value:
        pairs = open_pairs(output, target, mask, protocol, [self], where=self.name)
        values = [self.of(pair) for pair in pairs.pairs]
        return np.array(values) if pairs.batched else values[0]
