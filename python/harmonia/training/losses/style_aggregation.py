"""Styles that harmonization must make fewer of (Cao et al. 2021, CharmNet).

A critic says which shares of some styles a picture's features show, (N, styles), before they are
harmonized and after. What was pasted has a style of its own, so that there are several before and
one is wanted after.
"""

from typing import Any

import torch
from torch import Tensor

from harmonia.training.losses._arguments import open_twin, open_values, reduced


def soft_cross_entropy(output: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """`-sum(target * log(output))` of shares (N, styles), each row of which sums to 1.

    A gradient goes to both. A share of 0 counts as the smallest number there is.

    >>> import torch
    >>> from harmonia.training.losses import soft_cross_entropy
    >>> shares = torch.tensor([[0.5, 0.5, 0.0]])
    >>> round(soft_cross_entropy(shares, shares).item(), 6)  # the entropy of two equal shares
    0.693147
    """
    where = "soft_cross_entropy"
    output, target = _open_shares(where, output=output, target=target)
    return reduced(where, _cross_entropy(output, target), reduction)


def entropy_margin(
    before: Tensor, after: Tensor, *, margin: float = 1.0, reduction: str = "mean"
) -> Tensor:
    """`max(0, margin - H(before) + H(after))`: the entropy H must fall by `margin` at least.

    The mean is that of the authors: of the mean entropies of the batch, so that one picture may
    make up for another. "none" gives what each picture is short of by itself.

    >>> import torch
    >>> from harmonia.training.losses import entropy_margin
    >>> before, after = torch.tensor([[0.5, 0.5]]), torch.tensor([[1.0, 0.0]])
    >>> round(entropy_margin(before, after).item(), 6)
    0.306853
    """
    where = "entropy_margin"
    before, after = _open_shares(where, before=before, after=after)
    risen = _cross_entropy(after, after) - _cross_entropy(before, before)
    if reduction == "mean":
        risen = risen.mean()
    return reduced(where, (margin + risen).relu(), reduction)


def style_aggregation(
    before: Tensor, after: Tensor, *, margin: float = 1.0, reduction: str = "mean"
) -> Tensor:
    """`soft_cross_entropy(after, before) + entropy_margin(before, after)`.

    The styles after harmonization are to be among those before, and fewer. It needs no labels:
    CharmNet takes half of it on real pictures, whose styles nobody knows.

    >>> import torch
    >>> from harmonia.training.losses import style_aggregation
    >>> before = torch.tensor([[0.5, 0.5, 0.0]])
    >>> fewer, others = torch.tensor([[0.9, 0.1, 0.0]]), torch.tensor([[0.05, 0.05, 0.9]])
    >>> bool(style_aggregation(before, fewer) < style_aggregation(before, others))
    True
    """
    where = "style_aggregation"
    before, after = _open_shares(where, before=before, after=after)
    kept = reduced(where, _cross_entropy(after, before), reduction)
    return kept + entropy_margin(before, after, margin=margin, reduction=reduction)


def _cross_entropy(output: Tensor, target: Tensor) -> Tensor:
    logs = output.clamp(min=torch.finfo(output.dtype).tiny).log()
    return -(target * logs).sum(1)


def _open_shares(where: str, **shares: Any) -> tuple[Tensor, Tensor]:
    (first, one), (second, other) = shares.items()
    opened = open_values(where, first, one)
    if opened.ndim != 2:
        raise ValueError(f"{where}: {first} must have shape (N, styles), got {tuple(one.shape)}")
    return opened, open_twin(where, second, other, first, opened)
