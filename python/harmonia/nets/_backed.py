"""Harmonizers that another network tells what is in the picture.

Sofiiuk, Popenova and Konushin (2021): a network made to segment gives features, and they join the
input of one block of the encoder, or of several.
"""

from abc import abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._network import BaseNetwork, Normalised


class Trunk(BaseNetwork):
    """A harmonizer of its own, and of normalised values with features that join its encoder."""

    def __init__(self, base: int) -> None:
        super().__init__()
        self.base = base
        self.normalised = Normalised()

    @abstractmethod
    def mixed(self, values: Tensor, mask: Tensor, extra: Sequence[Tensor] = ()) -> Tensor:
        """Normalised values of the output."""

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        return self.normalised.back(self.mixed(self.normalised(image), mask))


class Scale(nn.Module):
    def __init__(self, start: float = 0.1) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([start]))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.scale.abs()


class Backed(BaseNetwork):
    """A trunk with a backbone; the mask enters both.

    Some backbones see the picture and the mask `halved`.
    """

    def __init__(self, backbone: nn.Module, trunk: Trunk, *, halved: bool = False) -> None:
        super().__init__()
        self.base = trunk.base
        self.halved = halved
        self.backbone = backbone
        self.model = trunk
        self.mask_conv = nn.Sequential(nn.Conv2d(1, 64, 3, 2, 1), Scale())

    @property
    def normalised(self) -> Normalised:
        return self.model.normalised

    def features(self, values: Tensor, mask: Tensor) -> list[Tensor]:
        """What the backbone gives to the encoder."""
        if self.halved:
            values, mask = _half(values), _half(mask)
        found: list[Tensor] = self.backbone(values, mask, self.mask_conv(mask))
        return found

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        values = self.normalised(image)
        return self.normalised.back(self.model.mixed(values, mask, self.features(values, mask)))


def _half(field: Tensor) -> Tensor:
    size = [side // 2 for side in field.shape[2:]]
    return functional.interpolate(field, size, mode="bilinear", align_corners=True)
