"""Smoothness of a table of colours (Zeng et al. 2020)."""

from torch import Tensor

from harmonia.training.losses._arguments import open_nodes, reduced, steps_of_nodes


def lut_smoothness(lut: Tensor, *, reduction: str = "mean") -> Tensor:
    """Total variation: the mean of squared steps between nodes, summed over the three axes.

    `lut` is (R, G, B, 3), or (N, R, G, B, 3) for tables of N pictures. The authors count the
    outermost steps of an axis twice in their code, not in their paper; here all count alike.

    >>> import torch
    >>> from harmonia.training.losses import lut_smoothness
    >>> axis = torch.linspace(0, 1, 9)
    >>> identity = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1)
    >>> round(lut_smoothness(identity).item(), 6) == round((1 / 8) ** 2, 6)
    True
    """
    where = "lut_smoothness"
    steps = steps_of_nodes(open_nodes(where, lut))
    values = sum((step.square().mean((1, 2, 3, 4)) for step in steps), start=lut.new_zeros(()))
    return reduced(where, values, reduction)
