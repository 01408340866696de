"""Instance normalization without parameters, as an export to ONNX keeps it."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class InstanceNorm(nn.Module):
    """As `nn.InstanceNorm2d`. Its scale and shift are tensors of the module, none of its state.

    ONNX has no such normalization without them, and where a module has none, the exporter makes
    some whose values were seen to become NaN.
    """

    scale: Tensor
    shift: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("scale", torch.ones(channels), persistent=False)
        self.register_buffer("shift", torch.zeros(channels), persistent=False)

    def forward(self, values: Tensor) -> Tensor:
        return functional.instance_norm(values, weight=self.scale, bias=self.shift)
