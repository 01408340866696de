"""One minus the structural similarity of Wang et al. 2004, with an optional mask."""

import torch
from torch import Tensor
from torch.nn import functional

from harmonia.nets._precision import in_full_precision
from harmonia.training.losses._arguments import (
    open_optional_mask,
    open_pair,
    reduced,
)

REACH = 5  # pixels on either side of a window's centre
SIGMA = 1.5
C1, C2 = 0.01**2, 0.03**2


def ssim_loss(
    output: Tensor, target: Tensor, mask: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """`1 - SSIM`, channel by channel, of all windows that lie wholly inside the image.

    Windows are Gaussian, 11 pixels wide with sigma 1.5; K1 = 0.01 and K2 = 0.03 are for colours in
    0..1. With a mask, each window counts as much as the mask says at its centre, so the gradient
    reaches 5 pixels beyond. A mask that is empty there gives 0 and no gradient.

    >>> import torch
    >>> from harmonia.training.losses import ssim_loss
    >>> target, mask = torch.rand(2, 3, 32, 40), torch.ones(32, 40)
    >>> ssim_loss(target, target, mask).item()
    0.0
    >>> ssim_loss(0.9 * target, target, mask, reduction="none").shape
    torch.Size([2])
    """
    where = "ssim_loss"
    output, target = open_pair(where, output, target)
    span = 2 * REACH + 1
    if min(output.shape[2:]) < span:
        raise ValueError(
            f"{where}: output must have at least {span} x {span} pixels, the size of a window, "
            f"got {tuple(output.shape)}"
        )
    weight = open_optional_mask(where, mask, output)[..., REACH:-REACH, REACH:-REACH]
    # With a mask of zeros both sums are zero, and 1 makes 0 of their ratio.
    area = 3 * weight.sum((1, 2, 3))
    area = torch.where(area > 0, area, torch.ones_like(area))
    losses = (weight * _dissimilarity(output, target)).sum((1, 2, 3))
    return reduced(where, losses / area, reduction)


def _dissimilarity(x: Tensor, y: Tensor) -> Tensor:
    """`1 - SSIM` at the centre of each window.

    With s = x + y and d = x - y, whose means in the window are ms and md and variances vs and vd,

        1 - luminance = 2 md^2 / (ms^2 + md^2 + 2 C1)
        1 - contrast and structure = 2 vd / (vs + vd + 2 C2)

    so that equal images give 0 and nearly equal ones lose no digits.
    """
    s, d = x + y, x - y
    # Any constant serves; near the mean, its square does not drown the variance.
    s_centre, d_centre = (one.detach().mean((2, 3), keepdim=True) for one in (s, d))
    s, d = s - s_centre, d - d_centre
    ms, md, ss, dd = _means(torch.cat([s, d, s * s, d * d], 1)).chunk(4, 1)
    vs, vd = ss - ms * ms, dd - md * md
    a, b = (ms + s_centre).square(), (md + d_centre).square()
    luminance = 2 * b / (a + b + 2 * C1)
    structure = 2 * vd / (vs + vd + 2 * C2)
    return luminance + structure - luminance * structure


def _means(planes: Tensor) -> Tensor:
    """Gaussian means of the windows in each plane of (N, C, H, W)."""
    count, device = planes.shape[1], planes.device
    places = torch.arange(-REACH, REACH + 1, device=device, dtype=planes.dtype)
    window = (places.square() / (-2 * SIGMA**2)).softmax(0)
    down = window.view(1, 1, -1, 1).expand(count, -1, -1, -1)
    with in_full_precision(device):
        # One plane after the other, a GPU keeps all digits; with channels last it may use TF32.
        rows = functional.conv2d(planes.contiguous(), down, groups=count)
        return functional.conv2d(rows, down.transpose(2, 3), groups=count)
