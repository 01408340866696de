"""Learned perceptual distance (LPIPS v0.1, AlexNet) over the image; needs `harmonia[lpips]`."""

import importlib
from typing import Any

from harmonia._packages import package
from harmonia.metrics._metric import Metric
from harmonia.metrics._pair import Pair
from harmonia.metrics._protocols import Protocol
from harmonia.metrics._single import Value, score


def of(pair: Pair) -> float:
    """The distance that the authors' package computes of the images on -1..1."""
    try:
        nets = importlib.import_module("harmonia.nets._lpips")  # for this metric alone
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"lpips: {error.name} is missing: {package('lpips').install}", name=error.name
        ) from error
    return float(nets.distance(pair.output, pair.target))


SMALLEST = 35  # pixels a side that leave one after AlexNet's second pool

METRIC = Metric("lpips", of, smallest=lambda _: SMALLEST)


def lpips(
    output: Any, target: Any, mask: Any = None, *, protocol: str | Protocol = "harmonia"
) -> Value:
    """Learned perceptual image patch similarity (Zhang et al. 2018), 0 where images are equal.

    Computed by the authors' package `lpips` in version 0.1 with AlexNet, whose weights torchvision
    keeps. Nothing is downloaded: where the weights are missing, the error says which file belongs
    where.
    """
    return score(METRIC, output, target, mask, protocol)
