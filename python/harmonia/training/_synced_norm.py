"""Batch norms over the samples of all processes, so that two processes with half of a batch each
compute what one does with the whole."""

from typing import Any

import torch
from torch import Tensor, nn
from torch import distributed as dist
from torch.autograd.function import FunctionCtx
from torch.nn.modules.batchnorm import _BatchNorm

# Only these: one that is derived from them may norm something else than a batch.
_OF_BATCHES = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def synced(module: nn.Module, device: torch.device) -> None:
    """Replace the batch norms in a module; the names and values of its state stay.

    On CUDA by torch's own, which runs nowhere else.
    """
    for within in list(module.modules()):
        for name, child in within.named_children():
            if type(child) in _OF_BATCHES:
                setattr(within, name, _taken_over(child, device))


def _taken_over(norm: Any, device: torch.device) -> nn.Module:
    kind = nn.SyncBatchNorm if device.type == "cuda" else SyncedNorm
    other = kind(norm.num_features, norm.eps, norm.momentum, norm.affine, norm.track_running_stats)
    # The very tensors, so that who holds them already, such as an optimizer, is not cut off.
    for name, parameter in norm.named_parameters(recurse=False):
        setattr(other, name, parameter)
    for name, buffer in norm.named_buffers(recurse=False):
        setattr(other, name, buffer)
    other.train(norm.training)
    return other


class SyncedNorm(_BatchNorm):
    """A batch norm of which every process has an equal share of the batch."""

    def _check_input_dim(self, input: Tensor) -> None:
        """Any number of dimensions."""

    def forward(self, input: Tensor) -> Tensor:
        if not self.training and self.running_mean is not None:
            return super().forward(input)
        values = input.float() if input.dtype in (torch.bfloat16, torch.float16) else input
        axes = [0, *range(2, values.dim())]
        count = values.numel() // values.shape[1] * dist.get_world_size()
        mean = _sum_of_all(values.sum(axes)) / count
        centred = values - _along(mean, values)
        variance = _sum_of_all(centred.square().sum(axes)) / count
        if self.training:
            self._follow(mean.detach(), variance.detach() * (count / max(1, count - 1)))
        scaled = centred * _along((variance + self.eps).rsqrt(), values)
        if self.affine:
            scaled = scaled * _along(self.weight, values) + _along(self.bias, values)
        return scaled.to(input.dtype)

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        if self.running_mean is None or self.running_var is None:
            return
        seen = self.num_batches_tracked
        if seen is None:
            raise RuntimeError("a batch norm with running statistics lost their count")
        seen.add_(1)
        share = 1 / float(seen) if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), share)
        self.running_var.lerp_(variance.to(self.running_var.dtype), share)


def _along(values: Tensor, like: Tensor) -> Tensor:
    """A value a channel, to be broadcast."""
    return values.view(1, -1, *[1] * (like.dim() - 2))


class _SumOfAll(torch.autograd.Function):
    """The sum over the processes. What each does with it comes back to all of them as a sum too,
    also in a gradient of a gradient, as penalties take it."""

    @staticmethod
    def forward(ctx: FunctionCtx, values: Tensor) -> Tensor:
        total = values.clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: FunctionCtx, *gradients: Tensor) -> Tensor:
        return _sum_of_all(gradients[0])


def _sum_of_all(values: Tensor) -> Tensor:
    total: Tensor = _SumOfAll.apply(values)  # type: ignore[no-untyped-call]
    return total
