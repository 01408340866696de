"""LPIPS v0.1 with AlexNet, by weights that are already on the machine."""

import functools
import importlib.util
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from harmonia._arrays import Frame

_ALEXNET = "alexnet-owt-7be5be79.pth"
_SOURCE = f"https://download.pytorch.org/models/{_ALEXNET}"
_LARGEST = {torch.uint8: 255.0, torch.uint16: 65535.0}

# The scaling that the authors put before the network, for values -1..1.
_SHIFT = (-0.030, -0.088, -0.188)
_SCALE = (0.458, 0.448, 0.450)

# Convolutions of AlexNet by their place in `features`: stride, padding, and a pool before.
_LAYERS = ((0, 4, 2, False), (3, 1, 2, True), (6, 1, 1, True), (8, 1, 1, False), (10, 1, 1, False))


def distance(output: Frame, target: Frame) -> float:
    """LPIPS of two frames."""
    pair = torch.cat([_tensor(output), _tensor(target)])
    weights = _weights(str(pair.device))
    with torch.no_grad():
        return float(lpips(pair[:1], pair[1:], weights).double())


def lpips(output: Tensor, target: Tensor, weights: Mapping[str, Tensor]) -> Tensor:
    """The distance of images (N, 3, H, W) on -1..1, averaged over the batch."""
    total = torch.zeros((), device=output.device)
    a, b = _scaled(output), _scaled(target)
    for number, (layer, stride, padding, pooled) in enumerate(_LAYERS):
        kernel, bias = weights[f"features.{layer}.weight"], weights[f"features.{layer}.bias"]
        if pooled:
            a, b = (functional.max_pool2d(x, 3, 2) for x in (a, b))
        a, b = (functional.conv2d(x, kernel, bias, stride, padding).relu() for x in (a, b))
        difference = (_of_unit_length(a) - _of_unit_length(b)).square()
        total = total + (difference * weights[f"lin{number}.model.1.weight"]).sum(1).mean()
    return total


def _scaled(image: Tensor) -> Tensor:
    shift, scale = (image.new_tensor(values).view(1, 3, 1, 1) for values in (_SHIFT, _SCALE))
    return (image - shift) / scale


def _of_unit_length(features: Tensor) -> Tensor:
    return features / (features.square().sum(1, keepdim=True).sqrt() + 1e-10)


def _tensor(frame: Frame) -> Tensor:
    """A frame as (1, 3, H, W) on -1..1."""
    tensor = torch.as_tensor(frame)
    values = tensor[..., :3].float() * (2.0 / _LARGEST.get(tensor.dtype, 1.0)) - 1.0
    return values.permute(2, 0, 1)[None]


@functools.cache
def _weights(device: str) -> Mapping[str, Tensor]:
    """AlexNet's convolutions as torchvision keeps them, and the authors' weights of its layers."""
    package = importlib.util.find_spec("lpips")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError(
            "lpips: the authors' package, which holds its weights, is missing: "
            "pip install 'harmonia[lpips]'",
            name="lpips",
        )
    alexnet = Path(torch.hub.get_dir()) / "checkpoints" / _ALEXNET
    if not alexnet.is_file():
        raise FileNotFoundError(
            f"lpips: the weights of AlexNet are missing, and nothing is downloaded unasked; "
            f"get {_SOURCE} and put it at {alexnet}"
        )
    linear = Path(package.submodule_search_locations[0]) / "weights" / "v0.1" / "alex.pth"
    found: dict[str, Tensor] = {}
    for path in (alexnet, linear):
        found |= torch.load(path, map_location=device, weights_only=True)
    return found
