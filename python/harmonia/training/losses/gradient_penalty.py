"""How far a critic's slope is from 1 (Gulrajani et al. 2017, WGAN-GP)."""

from collections.abc import Callable

import torch
from torch import Tensor

from harmonia.nets._precision import in_full_precision
from harmonia.training.losses._arguments import (
    open_shares,
    open_twin,
    open_values,
    reduced,
)


def gradient_penalty(
    critic: Callable[[Tensor], Tensor],
    real: Tensor,
    fake: Tensor,
    *,
    shares: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """`(|gradient of the scores| - 1)^2` at `share * real + (1 - share) * fake`.

    The gradient is that of an image's scores in all of its values; several scores are added up. It
    is the critic's parameters that the loss is for: real and fake get no gradient. The critic runs
    in float32, or in float64 for values of that type, also under autocast.

    Parameters
    ----------
    critic
        From values (N, ...) to scores (N, ...).
    real, fake
        (N, ...), on the scale that the critic takes.
    shares
        Of the real, (N,), 0..1; drawn from torch's random numbers where it is left out.

    >>> import torch
    >>> from harmonia.training.losses import gradient_penalty
    >>> slope = torch.tensor(3.0, requires_grad=True)
    >>> real, fake = torch.ones(2, 1), torch.zeros(2, 1)
    >>> loss = gradient_penalty(lambda values: slope * values, real, fake)
    >>> loss.backward()
    >>> loss.item(), slope.grad.item()
    (4.0, 4.0)
    """
    where = "gradient_penalty"
    real = open_values(where, "real", real).detach()
    fake = open_twin(where, "fake", fake, "real", real).detach()
    if shares is None:
        shares = torch.rand(len(real), dtype=real.dtype, device=real.device)
    share = open_shares(where, shares, real)
    mixed = (share * real + (1 - share) * fake).requires_grad_()
    with in_full_precision(real.device):
        scores = open_values(where, "scores of the critic", critic(mixed))
        (slope,) = torch.autograd.grad(scores.sum(), mixed, create_graph=True)
        return reduced(where, (_lengths(slope) - 1).square(), reduction)


def _lengths(slope: Tensor) -> Tensor:
    """Of rows, then of their lengths: in one sum of many values float32 loses digits."""
    last = slope.shape[-1] if slope.ndim > 1 else 1
    rows = torch.linalg.vector_norm(slope.reshape(len(slope), -1, last), dim=2)
    lengths: Tensor = torch.linalg.vector_norm(rows, dim=1)
    return lengths
