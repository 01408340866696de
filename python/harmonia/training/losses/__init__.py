"""Differentiable losses between outputs and targets, one a file. Needs torch.

Those of pictures take (N, 3, H, W) tensors of floats, RGB in 0..1, and masks (H, W), (N, H, W) or
(N, 1, H, W), bool or 0..1; others take scores of a critic, codes, features, shares of styles, or
tables of colours. They compute in float32, also under autocast, and in float64 for outputs of that
type. `reduction="none"` gives a value for each image, "mean" the mean of these. Shapes, types and
devices are checked; nobody looks at values, since that would wait for the GPU.
"""

from harmonia.training.losses.fn_mse import fn_mse
from harmonia.training.losses.gradient_penalty import gradient_penalty
from harmonia.training.losses.gram import gram
from harmonia.training.losses.hinge import hinge_critic, hinge_generator
from harmonia.training.losses.hue_saturation import hue_saturation
from harmonia.training.losses.least_squares import least_squares_critic, least_squares_generator
from harmonia.training.losses.lut_monotonicity import lut_monotonicity
from harmonia.training.losses.lut_smoothness import lut_smoothness
from harmonia.training.losses.masked_l1 import masked_l1
from harmonia.training.losses.patch_nce import patch_nce
from harmonia.training.losses.ssim import ssim_loss
from harmonia.training.losses.style_aggregation import (
    entropy_margin,
    soft_cross_entropy,
    style_aggregation,
)
from harmonia.training.losses.style_features import style_features
from harmonia.training.losses.triplet import triplet

__all__ = [
    "entropy_margin",
    "fn_mse",
    "gradient_penalty",
    "gram",
    "hinge_critic",
    "hinge_generator",
    "hue_saturation",
    "least_squares_critic",
    "least_squares_generator",
    "lut_monotonicity",
    "lut_smoothness",
    "masked_l1",
    "patch_nce",
    "soft_cross_entropy",
    "ssim_loss",
    "style_aggregation",
    "style_features",
    "triplet",
]
