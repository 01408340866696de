"""EfficientNet-B0 with two stems: features of a picture, its foreground and its background.

Tan and Le (2019), with the padding that TensorFlow calls "same". Ke et al. (2022) give the first
half of its channels to the picture with the mask, the other to the picture with what the mask
leaves. Names of parameters are theirs.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

# Blocks, side of the kernel, stride, channels; all but the first widen sixfold on the way.
_STAGES = (
    (1, 3, 1, 16),
    (2, 3, 2, 24),
    (2, 5, 2, 40),
    (3, 3, 2, 80),
    (3, 5, 1, 112),
    (4, 5, 2, 192),
    (1, 3, 1, 320),
)
FEATURES = 1280


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class Convolution(nn.Conv2d):
    """Without bias; of an even input, stride 2 pads less before than behind."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, groups: int = 1
    ) -> None:
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=False)
        around = kernel - stride
        self.around = (around // 2, around - around // 2) * 2

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(functional.pad(x, self.around))


class Block(nn.Module):
    """Widened, filtered a channel each, weighed by the channels' means, narrowed."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, widening: int) -> None:
        super().__init__()
        inner = widening * inputs
        self.widens = widening > 1
        if self.widens:
            self._expand_conv = nn.Conv2d(inputs, inner, 1, bias=False)
            self._bn0 = _norm(inner)
        self._depthwise_conv = Convolution(inner, inner, kernel, stride, groups=inner)
        self._bn1 = _norm(inner)
        self._se_reduce = nn.Conv2d(inner, inputs // 4, 1)
        self._se_expand = nn.Conv2d(inputs // 4, inner, 1)
        self._project_conv = nn.Conv2d(inner, outputs, 1, bias=False)
        self._bn2 = _norm(outputs)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        wide = functional.silu(self._bn0(self._expand_conv(x))) if self.widens else x
        wide = functional.silu(self._bn1(self._depthwise_conv(wide)))
        gate = functional.silu(self._se_reduce(wide.mean((2, 3), keepdim=True)))
        wide = wide * torch.sigmoid(self._se_expand(gate))
        out: Tensor = self._bn2(self._project_conv(wide))
        return x + out if self.adds else out


class TwoStemEfficientNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        channels = 32
        for count, kernel, stride, outputs in _STAGES:
            for place in range(count):
                widening = 6 if blocks else 1
                step = 1 if place else stride
                blocks.append(Block(channels, outputs, kernel, step, widening))
                channels = outputs
        self._blocks = nn.Sequential(*blocks)
        self._conv_head = nn.Conv2d(channels, FEATURES, 1, bias=False)
        self._bn1 = _norm(FEATURES)
        self._conv_fg = Convolution(4, 16, 3, 2)
        self._bn_fg = _norm(16)
        self._conv_bg = Convolution(4, 16, 3, 2)
        self._bn_bg = _norm(16)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        """Means of the features, (N, 1280)."""
        inside = self._bn_fg(self._conv_fg(torch.cat([image, mask], dim=1)))
        outside = self._bn_bg(self._conv_bg(torch.cat([image, 1 - mask], dim=1)))
        x = self._blocks(functional.silu(torch.cat([inside, outside], dim=1)))
        return functional.silu(self._bn1(self._conv_head(x))).mean((2, 3))
