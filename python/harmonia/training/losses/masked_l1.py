"""Absolute error inside the mask."""

from torch import Tensor

from harmonia.training.losses._arguments import areas, open_optional_mask, open_pair, reduced


def masked_l1(
    output: Tensor,
    target: Tensor,
    mask: Tensor | None = None,
    *,
    minimum_area: float | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Mean absolute error, weighted by the mask: `sum(mask * |output - target|) / (3 * area)`.

    `area` is that of the whole image, so that large foregrounds count more; with `minimum_area`, in
    pixels, it is `max(sum(mask), minimum_area)` for each image. Without a mask everything counts:
    plain L1. An empty mask gives 0 and no gradient.

    >>> import torch
    >>> from harmonia.training.losses import masked_l1
    >>> target, mask = torch.full((1, 3, 20, 20), 0.5), torch.zeros(20, 20)
    >>> mask[:, :10] = 1
    >>> output = target + 0.1
    >>> losses = masked_l1(output, target), masked_l1(output, target, mask)
    >>> [round(loss.item(), 6) for loss in losses]
    [0.1, 0.05]
    >>> round(masked_l1(output, target, mask, minimum_area=100).item(), 6)
    0.1
    """
    where = "masked_l1"
    output, target = open_pair(where, output, target)
    weight = open_optional_mask(where, mask, output)
    height, width = output.shape[2:]
    area = height * width if minimum_area is None else areas(where, weight, minimum_area)
    errors = (weight * (output - target).abs()).sum((1, 2, 3))
    return reduced(where, errors / (3 * area), reduction)
