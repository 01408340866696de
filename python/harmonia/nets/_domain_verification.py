"""DoveNet's discriminator, which training needs: is a picture real, and is it of one domain?

Convolutions of stride 2 without padding take 256 x 256 to a single place. The whole picture has
its own; foreground and background share others, partial ones, and how their features go together
says whether one domain verifies the other.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._gated_unet import SLOPE
from harmonia.nets._precision import in_full_precision
from harmonia.nets._style_encoder import partial_convolution


class SpectralConv2d(nn.Module):
    """A convolution divided by its weight's largest singular value, under torch's older names.

    Training mode refines the estimate by one step of power iteration a call, in float32 whatever
    the convolution runs in.
    """

    weight_u: Tensor
    weight_v: Tensor

    def __init__(self, before: int, after: int, side: int, stride: int = 1) -> None:
        super().__init__()
        plain = nn.Conv2d(before, after, side)
        self.stride = (stride, stride)
        self.bias = plain.bias
        self.weight_orig = plain.weight
        self.register_buffer("weight_u", functional.normalize(torch.randn(after), dim=0))
        self.register_buffer(
            "weight_v", functional.normalize(torch.randn(before * side * side), dim=0)
        )

    @property
    def weight(self) -> Tensor:
        return self.weight_orig / self._sigma()

    def _sigma(self) -> Tensor:
        flat = self.weight_orig.flatten(1)
        with in_full_precision(flat.device):
            if self.training:
                with torch.no_grad():
                    v = functional.normalize(flat.T @ self.weight_u, dim=0, eps=1e-12)
                    u = functional.normalize(flat @ v, dim=0, eps=1e-12)
                    self.weight_v.copy_(v)
                    self.weight_u.copy_(u)
            # Clones: a second call before the backward pass must not change what this one saw.
            return torch.dot(self.weight_u.clone(), flat @ self.weight_v.clone())

    def forward(self, values: Tensor) -> Tensor:
        return functional.conv2d(values, self.weight, self.bias, self.stride)


class _Streams(nn.Module):
    """The seven convolutions of the whole picture, and the seven of its regions."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.depth = len(widths) - 1
        for level in range(1, len(widths)):
            before, after = widths[level - 1 : level + 1]
            self.add_module(f"conv{level}", SpectralConv2d(before, after, 3, 2))
            self.add_module(f"conv{level}f", SpectralConv2d(before, after, 3, 2))

    def whole(self, values: Tensor) -> Tensor:
        for level in range(1, self.depth + 1):
            values = self._after(level, getattr(self, f"conv{level}")(values))
        return values

    def region(self, values: Tensor, mask: Tensor) -> Tensor:
        for level in range(1, self.depth + 1):
            convolution = getattr(self, f"conv{level}f")
            values, mask = partial_convolution(convolution, values, mask)
            values = self._after(level, values)
        return values

    def _after(self, level: int, values: Tensor) -> Tensor:
        if level == self.depth:
            return values
        normal = values if level == 1 else functional.instance_norm(values)
        return functional.leaky_relu(normal, SLOPE)


class DomainVerification(nn.Module):
    """Pictures within -1..1 at 256 x 256 and their masks to two scores a picture."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.D = _Streams([3, width, 2 * width, 4 * width, *([8 * width] * 4)])
        self.convl1 = SpectralConv2d(8 * width, 8 * width, 1)
        self.convl2 = SpectralConv2d(8 * width, 8 * width, 1)
        self.convl3 = nn.Conv2d(8 * width, 1, 1)
        self.convg3 = nn.Conv2d(8 * width, 1, 1)

    def features(self, values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of the whole, of the foreground and of the background, each (N, C, 1, 1)."""
        return (
            self.D.whole(values),
            self.D.region(values, mask),
            self.D.region(values, 1 - mask),
        )

    def forward(self, values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """How real each picture is, and how much its two regions are of one domain."""
        whole, foreground, background = self.features(values, mask)
        pair = foreground * background
        for layer in (self.convl1, self.convl2):
            pair = functional.leaky_relu(layer(pair), SLOPE)
        return self.convg3(whole), self.convl3(pair)
