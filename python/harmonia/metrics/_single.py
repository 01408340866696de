"""One metric of one call."""

from typing import Any

import numpy as np

from harmonia.metrics._metric import Metric
from harmonia.metrics._open import open_pairs
from harmonia.metrics._protocols import Protocol

Value = Any  # float for one image, a NumPy array (N,) of float64 for a batch


def score(metric: Metric, output: Any, target: Any, mask: Any, protocol: str | Protocol) -> Value:
    """A metric of an output, or of every output of a batch."""
    pairs = open_pairs(output, target, mask, protocol, [metric], where=metric.name)
    values = [metric.of(pair) for pair in pairs.pairs]
    return np.array(values) if pairs.batched else values[0]
