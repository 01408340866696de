"""Halving and doubling without aliases, by binomial filters (Zhang 2019), as CUT has them."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class BlurDown(nn.Module):
    """Every other pixel of what was blurred by [1, 2, 1] / 4; mirrored at the borders."""

    taps: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("taps", _square([1.0, 2.0, 1.0], 1.0), persistent=False)

    def forward(self, values: Tensor) -> Tensor:
        channels = values.shape[1]
        taps = self.taps.to(values.dtype).expand(channels, 1, -1, -1)
        padded = functional.pad(values, (1, 1, 1, 1), mode="reflect")
        return functional.conv2d(padded, taps, stride=2, groups=channels)


class BlurUp(nn.Module):
    """Zeros between the pixels, then a blur by [1, 3, 3, 1] / 4; borders are repeated."""

    taps: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("taps", _square([1.0, 3.0, 3.0, 1.0], 4.0), persistent=False)

    def forward(self, values: Tensor) -> Tensor:
        channels = values.shape[1]
        taps = self.taps.to(values.dtype).expand(channels, 1, -1, -1)
        padded = functional.pad(values, (1, 1, 1, 1), mode="replicate")
        # The border that is padded covers two pixels of the result, the filter one more.
        return functional.conv_transpose2d(padded, taps, stride=2, padding=3, groups=channels)


def _square(taps: list[float], gain: float) -> Tensor:
    line = torch.tensor(taps)
    square = line[:, None] * line
    return (gain * square / square.sum())[None, None]
