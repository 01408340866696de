"""Squared error normalised by the foreground's area (Sofiiuk et al. 2021)."""

from torch import Tensor

from harmonia.training.losses._arguments import areas, open_mask, open_pair, reduced


def fn_mse(
    output: Tensor,
    target: Tensor,
    mask: Tensor,
    *,
    minimum_area: float = 100.0,
    reduction: str = "mean",
) -> Tensor:
    """Foreground-normalised MSE: `sum((output - target)^2) / (3 * max(sum(mask), minimum_area))`.

    The sum runs over the whole image, background included, so that small objects count as much as
    large ones. `minimum_area`, in pixels, keeps tiny ones from outweighing all others, and is what
    an empty mask divides by. Published training uses 100 (iDIH, CDTNet) or 1000 (iSSAM, and
    everything from 512 pixels on).

    >>> import torch
    >>> from harmonia.training.losses import fn_mse
    >>> target, mask = torch.full((1, 3, 20, 20), 0.5), torch.zeros(20, 20)
    >>> mask[:, :10] = 1
    >>> output = (target + 0.1 * mask).requires_grad_()
    >>> loss = fn_mse(output, target, mask)
    >>> loss.backward()
    >>> round(loss.item(), 6)
    0.01
    """
    where = "fn_mse"
    output, target = open_pair(where, output, target)
    area = areas(where, open_mask(where, mask, output), minimum_area)
    squares = (output - target).square().sum((1, 2, 3))
    return reduced(where, squares / (3 * area), reduction)
