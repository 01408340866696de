"""How far a network has come: its outputs on samples that no step sees, as `harmonia.evaluate` has
them."""

import math
from collections.abc import Mapping, Sequence
from typing import cast

from harmonia import api
from harmonia.datasets import Sample
from harmonia.nets._network import Network
from harmonia.nets._session import Session

METRICS = ("fmse", "mse", "psnr")


class Validation:
    """Samples of which the composites are scored once, for comparison."""

    def __init__(self, samples: Sequence[Sample], protocol: str) -> None:
        self._samples = samples
        self._protocol = protocol
        self._composites: dict[str, float] | None = None

    def scores(self, network: Network, method: str) -> dict[str, float]:
        """Means over the samples, and those of the untouched composites beside them."""
        modes = [(module, module.training) for module in network.modules()]
        session = Session(network.eval(), method)
        try:
            found = [self._scores_of(session(s.composite, s.mask), s) for s in self._samples]
        finally:
            for module, training in modes:  # a part may stay in evaluation all along
                module.training = training
        if self._composites is None:
            self._composites = _means([self._scores_of(s.composite, s) for s in self._samples])
        beside = {f"composite_{name}": value for name, value in self._composites.items()}
        return {**_means(found), **beside}

    def _scores_of(self, output: object, sample: Sample) -> Mapping[str, float]:
        scores = api.evaluate(
            output, sample.real, sample.mask, metrics=METRICS, protocol=self._protocol
        )
        return cast(Mapping[str, float], scores)


def _means(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: math.fsum(one[name] for one in scores) / len(scores) for name in METRICS}
