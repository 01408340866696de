"""What weights begin with, as their authors have it: in place, over all layers of a module.

Norms begin as the identity and biases at zero, as everywhere.
"""

import math

from torch import nn

_LAYERS = (nn.modules.conv._ConvNd, nn.Linear)
_NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm)


def gluon(module: nn.Module, magnitude: float) -> None:
    """MXNet's Xavier with Gaussians: of variance `magnitude` over the mean of both fans.

    Sofiiuk et al. (2021) begin so, with a magnitude of 2 for most of their networks. Their code
    draws the Gaussian that blurs masks in separated attention anew too; here it stays what it is.

    >>> import torch
    >>> from harmonia.training import _initial
    >>> layer = torch.nn.Conv2d(40, 60, 3)
    >>> _initial.gluon(layer, 2.0)
    >>> round(layer.weight.std().item(), 2) == round((2 / (9 * 50)) ** 0.5, 2)
    True
    """
    for layer in module.modules():
        if isinstance(layer, _LAYERS):
            fans = nn.init._calculate_fan_in_and_fan_out(layer.weight)
            nn.init.normal_(layer.weight, 0.0, math.sqrt(magnitude / (sum(fans) / 2)))
            _zero_bias(layer)
        else:
            _begin_norm(layer)


def normal(module: nn.Module, gain: float = 0.02) -> None:
    """pix2pix's: Gaussians of one deviation everywhere, and of it around 1 in batch norms."""
    for layer in module.modules():
        if isinstance(layer, _LAYERS):
            nn.init.normal_(layer.weight, 0.0, gain)
            _zero_bias(layer)
        else:
            _begin_norm(layer, gain)


def xavier(module: nn.Module, gain: float = 0.02) -> None:
    """Glorot's with Gaussians, `gain` times as wide; batch norms as in `normal`."""
    for layer in module.modules():
        if isinstance(layer, _LAYERS):
            nn.init.xavier_normal_(layer.weight, gain)
            _zero_bias(layer)
        else:
            _begin_norm(layer, gain)


def _zero_bias(layer: nn.Module) -> None:
    if isinstance(layer.bias, nn.Parameter):
        nn.init.zeros_(layer.bias)


def _begin_norm(layer: nn.Module, spread: float = 0.0) -> None:
    """As the identity; batch norms, where they have a `spread`, near to it."""
    if not isinstance(layer, _NORMS) or not isinstance(layer.weight, nn.Parameter):
        return
    if spread and isinstance(layer, nn.BatchNorm2d):
        nn.init.normal_(layer.weight, 1.0, spread)
    else:
        nn.init.ones_(layer.weight)
    if isinstance(layer.bias, nn.Parameter):
        nn.init.zeros_(layer.bias)
