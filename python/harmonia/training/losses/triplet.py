"""Codes that should be alike nearer to each other than to a third (Schroff et al. 2015)."""

from torch import Tensor
from torch.nn import functional

from harmonia.training.losses._arguments import by_image, open_codes, reduced


def triplet(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    margin: float = 1.0,
    elementwise: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """`relu(margin + |anchor - positive| - |anchor - negative|)`, of codes (N, C) or (N, C, 1, 1).

    Distances are Euclidean, with torch's 1e-6 added to each difference. `elementwise=True` has each
    of the C numbers as a code of its own, and their mean: what torch's TripletMarginLoss gives for
    codes (N, C, 1, 1), whose distance it takes over the last axis. So BargainNet's code trains.

    >>> import torch
    >>> from harmonia.training.losses import triplet
    >>> anchor, positive = torch.zeros(1, 2), torch.tensor([[3.0, 4.0]])
    >>> negative = torch.tensor([[0.0, 2.0]])
    >>> round(triplet(anchor, positive, negative).item(), 5)
    4.0
    >>> round(triplet(anchor, positive, negative, elementwise=True).item(), 5)
    3.5
    """
    where = "triplet"
    if not margin > 0:
        raise ValueError(f"{where}: margin must be above 0, got {margin!r}")
    codes = open_codes(where, anchor=anchor, positive=positive, negative=negative)
    first, near, far = (code[..., None] if elementwise else code for code in codes)
    excess = functional.triplet_margin_loss(first, near, far, margin=margin, reduction="none")
    return reduced(where, by_image(excess), reduction)
