"""Attention U-Net: what passes by is weighed by what comes up (after Oktay et al. 2018).

Source: github.com/shravan-d/Image-Harmonization, a course project without a paper, after Oktay et
al., "Attention U-Net: Learning Where to Look for the Pancreas", MIDL 2018. It states no licence and
publishes neither weights nor results of this network.
Its deepest gate, `Att5`, is in the checkpoints but does nothing. The output is linear. No code of
the background is told to it. It needs sides that are multiples of 16.

The whole picture is brought to 256 x 256, as BargainNet does. Of the mask only 255 of 255 counts as
foreground.
"""

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._canvas import Shrinking
from harmonia.nets._checkpoints import State
from harmonia.nets._double_convolution import SLOPE, DoubleConvolution
from harmonia.nets._network import Architecture, BaseNetwork
from harmonia.nets._style_encoder import wholly

LEVELS = 5


class _Up(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.up_block = nn.Sequential(
            nn.Upsample(scale_factor=2),
            nn.Conv2d(before, after, 3, padding=1),
            nn.InstanceNorm2d(after),
            nn.LeakyReLU(SLOPE),
        )

    def forward(self, values: Tensor) -> Tensor:
        found: Tensor = self.up_block(values)
        return found


class _Gate(nn.Module):
    """Additive attention."""

    def __init__(self, channels: int, middle: int) -> None:
        super().__init__()
        self.W_gate = nn.Sequential(nn.Conv2d(channels, middle, 1), nn.InstanceNorm2d(middle))
        self.W_x = nn.Sequential(nn.Conv2d(channels, middle, 1), nn.InstanceNorm2d(middle))
        self.psi = nn.Sequential(nn.Conv2d(middle, 1, 1), nn.InstanceNorm2d(1), nn.Sigmoid())

    def forward(self, up: Tensor, passing: Tensor) -> Tensor:
        weight: Tensor = self.psi(torch.relu(self.W_gate(up) + self.W_x(passing)))
        return passing * weight


class GatingUNet(nn.Module):
    """The generator."""

    def __init__(self, width: int) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(LEVELS)]
        before = 4
        for level, after in enumerate(widths, 1):
            self.add_module(f"Conv{level}", DoubleConvolution(before, after))
            before = after
        for level in range(LEVELS, 1, -1):
            after = widths[level - 2]
            self.add_module(f"Up{level}", _Up(2 * after, after))
            self.add_module(f"Att{level}", _Gate(after, after // 2))
            self.add_module(f"UpConv{level}", DoubleConvolution(2 * after, after))
        self.Conv = nn.Conv2d(width, 3, 1)

    def forward(self, values: Tensor) -> Tensor:
        passing = []
        for level in range(1, LEVELS + 1):
            if level > 1:
                values = functional.max_pool2d(values, 2)
            values = getattr(self, f"Conv{level}")(values)
            passing.append(values)
        for level in range(LEVELS, 1, -1):
            up = getattr(self, f"Up{level}")(values)
            beside = passing[level - 2]
            if level < LEVELS:
                beside = getattr(self, f"Att{level}")(up, beside)
            values = getattr(self, f"UpConv{level}")(torch.cat([beside, up], dim=1))
        out: Tensor = self.Conv(values)
        return out


class AttentionUNet(BaseNetwork):
    """The generator by itself, under the prefix that it has beside an extractor."""

    shrink_image: ClassVar[Shrinking] = "cv2 linear"
    shrink_mask: ClassVar[Shrinking] = "cv2 linear"

    def __init__(self, width: int = 64, base: int = 256) -> None:
        super().__init__()
        self.base = base
        self.G = GatingUNet(width)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        values = torch.cat([2 * image - 1, wholly(mask).to(image)], dim=1)
        found: Tensor = self.G(values)
        return (found + 1) / 2


def _prefixed(state: State) -> State:
    return {name if name.startswith("G.") else f"G.{name}": v for name, v in state.items()}


ARCHITECTURE = Architecture(variants={"256": AttentionUNet}, convert=_prefixed)
