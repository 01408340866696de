"""The U-Net with spatial-separated attention that iSSAM, CDTNet, PCT-Net and DCCF have as trunk.

Cun and Pun, "Improving the Harmony of the Composite Image by Spatial-Separated Attention Module"
(2020), as Sofiiuk, Popenova and Konushin trained it (2021). Names of parameters are theirs.
"""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional


class Conv(nn.Module):
    """Convolution, batch norm where wanted, activation where wanted; under the name `block`."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        stride: int = 1,
        padding: int = 1,
        *,
        norm: bool = False,
        activation: type[nn.Module] | None = nn.ReLU,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=bias),
            nn.BatchNorm2d(outputs) if norm else nn.Identity(),
            activation() if activation else nn.Identity(),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.block(x)
        return out


class Block(nn.Module):
    """Convolutions in a row, under the name `block`."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.block = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.block(x)
        return out


class Pair(nn.Module):
    """Two 3x3 convolutions, and a pool behind them where wanted."""

    def __init__(self, inputs: int, outputs: int, *, norm: bool, pool: bool = False) -> None:
        super().__init__()
        self.convs = Block(Conv(inputs, outputs, norm=norm), Conv(outputs, outputs, norm=norm))
        self.pool = nn.MaxPool2d(2, 2) if pool else nn.Identity()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The output, and what the next level gets."""
        out = self.convs(x)
        return out, self.pool(out)


class Encoder(nn.Module):
    def __init__(
        self,
        depth: int,
        width: int,
        *,
        norm_from: int,
        inputs: int = 4,
        widest: int = 512,
        extra: int = 0,
    ) -> None:
        super().__init__()
        self.depth = depth
        self.widths = [min(width * 2**level, widest) for level in range(depth)]
        ins = [inputs, *self.widths]

        def block(level: int) -> Pair:
            return Pair(
                ins[level] + (extra if level == 2 else 0),
                ins[level + 1],
                norm=level >= norm_from,
                pool=level < depth - 1,
            )

        self.block0, self.block1 = block(0), block(1)
        self.blocks_connected = nn.ModuleDict({f"block{n}": block(n) for n in range(2, depth)})

    def forward(self, x: Tensor, extra: Tensor | None = None) -> list[Tensor]:
        """The features of every level, the deepest first."""
        features = []
        for level in range(self.depth):
            block = (
                getattr(self, f"block{level}")
                if level < 2
                else self.blocks_connected[f"block{level}"]
            )
            if level == 2 and extra is not None:
                x = torch.cat([x, extra], dim=1)
            feature, x = block(x)
            features.append(feature)
        return features[::-1]


class ChannelGate(nn.Module):
    """Channels weighed by what they hold on average and at most."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        hidden = max(channels // 16, 8)
        self.attention_transform = nn.Sequential(
            nn.Linear(2 * channels, hidden), nn.ReLU(), nn.Linear(hidden, channels), nn.Sigmoid()
        )

    def forward(self, x: Tensor) -> Tensor:
        pooled = torch.cat([x.mean((2, 3)), x.amax((2, 3))], dim=1)
        gate: Tensor = self.attention_transform(pooled)
        return x * gate[:, :, None, None]


class MaskedChannelGate(nn.Module):
    """Channels weighed by what they hold inside the mask, outside of it, and on average."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        hidden = max(channels // 16, 8)
        self.attention_transform = nn.Sequential(
            nn.Linear(3 * channels, hidden), nn.ReLU(), nn.Linear(hidden, channels), nn.Sigmoid()
        )

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        mask = functional.interpolate(mask, x.shape[2:], mode="bilinear", align_corners=True)
        inside, outside = (x * mask).amax((2, 3)), (x * (1 - mask)).amax((2, 3))
        gate: Tensor = self.attention_transform(torch.cat([inside, outside, x.mean((2, 3))], 1))
        return x * gate[:, :, None, None]


class Blurring(nn.Module):
    """A Gaussian of 7x7, sigma 1, that is stored with the weights but not trained."""

    weight: Tensor

    def __init__(self) -> None:
        super().__init__()
        axis = torch.arange(7) - 3.0
        curve = torch.exp(-(axis**2) / 2)
        kernel = torch.outer(curve, curve)
        self.register_buffer("weight", (kernel / kernel.sum())[None, None])

    def forward(self, mask: Tensor) -> Tensor:
        return functional.conv2d(mask, self.weight, padding=3)


class SeparatedAttention(nn.Module):
    """Foreground and background through gates of their own, joined by the blurred mask."""

    def __init__(self, channels: int, middle: float) -> None:
        super().__init__()
        self.background_gate = ChannelGate(channels)
        self.foreground_gate = ChannelGate(channels)
        self.mix_gate = ChannelGate(channels)
        inner = int(channels * middle)
        self.learning_block = nn.Sequential(
            Conv(channels, inner, norm=True, bias=False),
            Conv(inner, channels, norm=True, bias=False),
        )
        self.mask_blurring = Blurring()

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        mask = functional.interpolate(mask, x.shape[2:], mode="bilinear", align_corners=True)
        mask = self.mask_blurring(mask)
        background = self.background_gate(x)
        foreground = self.learning_block(self.foreground_gate(x))
        mixed = self.mix_gate(x)
        joined: Tensor = mask * (foreground + mixed) + (1 - mask) * background
        return joined


class Up(nn.Module):
    def __init__(self, inputs: int, outputs: int, attention: nn.Module | None) -> None:
        super().__init__()
        self.upconv = nn.Sequential(
            nn.UpsamplingBilinear2d(scale_factor=2),  # corners aligned
            Conv(inputs, outputs),
        )
        self.convs = Block(Conv(2 * outputs, outputs, norm=True), Conv(outputs, outputs, norm=True))
        self.attention = attention

    def forward(self, x: Tensor, skip: Tensor, mask: Tensor) -> Tensor:
        x = torch.cat([skip, self.upconv(x)], dim=1)
        if self.attention is not None:
            x = self.attention(x, mask)
        out: Tensor = self.convs(x)
        return out


class Decoded(NamedTuple):
    features: Tensor
    attention: Tensor | None  # of the blend
    output: Tensor


class BlendingDecoder(nn.Module, ABC):
    """From features to colours, which a map mixes with the input where the decoder has one."""

    blend: bool
    conv_attention: nn.Module
    to_rgb: nn.Module

    @abstractmethod
    def features(self, encoded: Sequence[Tensor], mask: Tensor) -> Tensor:
        """At the size of the input."""

    def attention(self, features: Tensor) -> Tensor:
        return torch.sigmoid(3.0 * self.conv_attention(features))

    def forward(self, encoded: Sequence[Tensor], image: Tensor, mask: Tensor) -> Decoded:
        features = self.features(encoded, mask)
        rgb = self.to_rgb(features)
        if not self.blend:
            return Decoded(features, None, rgb)
        share = self.attention(features)
        return Decoded(features, share, share * image + (1.0 - share) * rgb)


class Decoder(BlendingDecoder):
    """Levels up again; `blend` adds the map that mixes the output with the input.

    From the step `attend_from` there is attention: apart for foreground and background, `middle`
    times as wide inside, or where that is None one gate for each channel.
    """

    def __init__(
        self, widths: Sequence[int], *, attend_from: int, middle: float | None, blend: bool
    ) -> None:
        super().__init__()
        levels = list(reversed(widths))

        def attention(channels: int) -> nn.Module:
            if middle is None:
                return MaskedChannelGate(channels)
            return SeparatedAttention(channels, middle)

        self.up_blocks = nn.ModuleList(
            Up(ins, outs, attention(2 * outs) if 0 <= attend_from <= step else None)
            for step, (ins, outs) in enumerate(itertools.pairwise(levels))
        )
        self.blend = blend
        if blend:
            self.conv_attention = nn.Conv2d(levels[-1], 1, 1)
        self.to_rgb = nn.Conv2d(levels[-1], 3, 1)

    def features(self, encoded: Sequence[Tensor], mask: Tensor) -> Tensor:
        x = encoded[0]
        for up, skip in zip(self.up_blocks, encoded[1:], strict=True):
            x = up(x, skip, mask)
        return x
