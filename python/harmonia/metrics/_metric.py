"""What a metric is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol


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
