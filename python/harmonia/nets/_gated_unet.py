"""The U-Net of DoveNet, which BargainNet and its followers share: pix2pix's with gated skips."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._canvas import Shrinking
from harmonia.nets._network import BaseNetwork

# What normalizes in evaluation: the picture's own statistics, or those kept from training.
Statistics = Literal["batch", "running"]
Norm = Literal["batch", "instance"]

SLOPE = 0.2  # of the LeakyReLU before every convolution on the way down


class PictureNorm(nn.BatchNorm2d):
    """Batch normalization that in evaluation can go by each picture's own statistics.

    A batch of one in training mode is what the authors evaluate with. Pictures here do not see
    each other, whatever comes in one batch with them.
    """

    def __init__(self, channels: int, statistics: Statistics = "batch") -> None:
        super().__init__(channels)
        self.statistics: Statistics = statistics

    def forward(self, input: Tensor) -> Tensor:
        if self.training or self.statistics == "running":
            return super().forward(input)
        return functional.instance_norm(input, weight=self.weight, bias=self.bias, eps=self.eps)


class Pix2PixNetwork(BaseNetwork):
    """A network of 256 x 256 whose batch normalizations can go by either statistics.

    `bn` chooses: "batch", those of each picture by itself, or "running", those of training.
    """

    base = 256
    shrink_image: ClassVar[Shrinking] = "pil bilinear"
    shrink_mask: ClassVar[Shrinking] = "pil nearest"
    choices: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        **BaseNetwork.choices,
        "bn": get_args(Statistics),
    }

    def __init__(self, bn: Statistics = "batch") -> None:
        super().__init__()
        self._bn = bn

    @property
    def bn(self) -> Statistics:
        return self._bn

    @bn.setter
    def bn(self, statistics: Statistics) -> None:
        if statistics not in get_args(Statistics):
            raise ValueError(f"bn must be 'batch' or 'running', got {statistics!r}")
        self._bn = statistics
        for module in self.modules():
            if isinstance(module, PictureNorm):
                module.statistics = statistics


class Block(nn.Module):
    """One level: down, what is inside, up; and what came in beside it.

    What came in is activated first, and it is the activated values that pass by.
    """

    def __init__(
        self, inside: "Block | None", outer: int, inner: int, norm: Norm, *, gated: bool, drop: bool
    ) -> None:
        super().__init__()
        layer = PictureNorm if norm == "batch" else partial(nn.InstanceNorm2d, affine=False)
        bias = norm == "instance"
        down = nn.Conv2d(outer, inner, 4, 2, 1, bias=bias)
        if gated:  # before the model, as in the checkpoints
            self.attention = nn.Sequential(nn.Conv2d(2 * outer, 2 * outer, 1), nn.Sigmoid())
        self.gated = gated
        wide = inner if inside is None else 2 * inner
        up = [nn.ReLU(), nn.ConvTranspose2d(wide, outer, 4, 2, 1, bias=bias), layer(outer)]
        middle = [] if inside is None else [layer(inner), inside]
        last = [nn.Dropout(0.5)] if drop else []
        self.model = nn.Sequential(nn.LeakyReLU(SLOPE), down, *middle, *up, *last)

    def forward(self, values: Tensor) -> Tensor:
        layers = iter(self.model)
        kept = next(layers)(values)
        found = kept
        for layer in layers:
            found = layer(found)
        both = torch.cat([kept, found], dim=1)
        return self.attention(both) * both if self.gated else both


class GatedUNet(nn.Module):
    """The outermost level: `inputs` channels to a picture within -1..1, at 256 x 256."""

    def __init__(
        self, inputs: int, width: int = 64, norm: Norm = "batch", *, drop: bool = True
    ) -> None:
        super().__init__()
        block = Block(None, 8 * width, 8 * width, norm, gated=False, drop=False)
        for _ in range(3):
            block = Block(block, 8 * width, 8 * width, norm, gated=False, drop=drop)
        for times in (4, 2, 1):
            block = Block(block, times * width, 2 * times * width, norm, gated=True, drop=False)
        self.model = nn.Sequential(
            nn.Conv2d(inputs, width, 4, 2, 1, bias=norm == "instance"),
            block,
            nn.ReLU(),
            nn.ConvTranspose2d(2 * width, 3, 4, 2, 1),
            nn.Tanh(),
        )

    def forward(self, values: Tensor) -> Tensor:
        found: Tensor = self.model(values)
        return found
