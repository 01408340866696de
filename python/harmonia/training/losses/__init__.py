"""Differentiable losses between outputs and targets, one a file. Needs torch.

Those of pictures take (N, 3, H, W) tensors of floats, RGB in 0..1, and masks (H, W), (N, H, W) or
(N, 1, H, W), bool or 0..1; others take a critic's scores, codes, or shares of styles. They compute
in float32, also under autocast, and in float64 for outputs of that type. `reduction="none"` gives a
value for each image, "mean" the mean of these. Shapes, types and devices are checked; nobody looks
at values, since that would wait for the GPU.
"""

from harmonia.training.losses.fn_mse import fn_mse
from harmonia.training.losses.gradient_penalty import gradient_penalty
from harmonia.training.losses.hinge import hinge_critic, hinge_generator
from harmonia.training.losses.least_squares import least_squares_critic, least_squares_generator
from harmonia.training.losses.masked_l1 import masked_l1
from harmonia.training.losses.patch_nce import patch_nce
from harmonia.training.losses.ssim import ssim_loss
from harmonia.training.losses.style_aggregation import (
    entropy_margin,
    soft_cross_entropy,
    style_aggregation,
)
from harmonia.training.losses.triplet import triplet

__all__ = [
    "entropy_margin",
    "fn_mse",
    "gradient_penalty",
    "hinge_critic",
    "hinge_generator",
    "least_squares_critic",
    "least_squares_generator",
    "masked_l1",
    "patch_nce",
    "soft_cross_entropy",
    "ssim_loss",
    "style_aggregation",
    "triplet",
]
