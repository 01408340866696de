"""What is seen together in a region, wherever it is: Gram matrices (Gatys et al. 2016)."""

from typing import Literal, get_args

import torch
from torch import Tensor

from harmonia.nets._precision import in_full_precision
from harmonia.training.losses._arguments import open_mask, open_pair, reduced

Region = Literal["mask", "box"]


def gram(
    output: Tensor,
    target: Tensor,
    mask: Tensor,
    *,
    region: Region = "mask",
    reduction: str = "mean",
) -> Tensor:
    """Mean squared difference of `sum(m x x^T) / (sum(m) + 1e-6)`, x the C values of a place.

    Both are (N, C, H, W): feature maps, at whose resolution the mask is, or pictures. The places
    are weighed by the mask. `region="box"` counts all places of the mask's bounding box equally,
    but for its last row and column, and everything where the mask is empty: so a published code
    crops the pictures themselves (github.com/shravan-d/Image-Harmonization).

    >>> import torch
    >>> from harmonia.training.losses import gram
    >>> target, mask = torch.full((1, 3, 20, 20), 0.5), torch.zeros(20, 20)
    >>> mask[:, :10] = 1
    >>> output = target + 0.1 * mask
    >>> round(gram(output, target, mask).item(), 6)  # (0.36 - 0.25)^2
    0.0121
    """
    where = "gram"
    if region not in get_args(Region):
        wanted = ", ".join(get_args(Region))
        raise ValueError(f"{where}: region must be one of {wanted}, got {region!r}")
    output, target = open_pair(where, output, target, channels=None)
    weight = open_mask(where, mask, output)
    if region == "box":
        weight = _box(weight > 0).to(weight)
    with in_full_precision(output.device):
        difference = _matrix(output, weight) - _matrix(target, weight)
    return reduced(where, difference.square().mean((1, 2)), reduction)


def _matrix(values: Tensor, weight: Tensor) -> Tensor:
    seen = torch.matmul((weight * values).flatten(2), values.flatten(2).transpose(1, 2))
    return seen / (weight.sum((1, 2, 3)) + 1e-6)[:, None, None]


def _box(white: Tensor) -> Tensor:
    rows, columns = white.any(3, keepdim=True), white.any(2, keepdim=True)
    within = _from_first_to_last(rows, 2) & _from_first_to_last(columns, 3)
    return within | ~white.any(3, keepdim=True).any(2, keepdim=True)


def _from_first_to_last(marked: Tensor, axis: int) -> Tensor:
    """The last does not count."""
    begun = marked.cumsum(axis)
    return (begun > 0) & (begun < begun.narrow(axis, -1, 1))
