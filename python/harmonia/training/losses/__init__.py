"""Differentiable losses between outputs and targets, one a file. Needs torch.

All take (N, 3, H, W) tensors of floats, RGB in 0..1, and masks (H, W), (N, H, W) or (N, 1, H, W),
bool or 0..1. They compute in float32, also under autocast, and in float64 for outputs of that type.
`reduction="none"` gives a value for each image, "mean" the mean of these. Shapes, types and devices
are checked; nobody looks at values, since that would wait for the GPU.
"""

from harmonia.training.losses.fn_mse import fn_mse
from harmonia.training.losses.masked_l1 import masked_l1
from harmonia.training.losses.ssim import ssim_loss

__all__ = ["fn_mse", "masked_l1", "ssim_loss"]
