"""Decreasing steps of a table of colours (Zeng et al. 2020)."""

from torch import Tensor

from harmonia.training.losses._arguments import open_nodes, reduced, steps_of_nodes


def lut_monotonicity(lut: Tensor, *, reduction: str = "mean") -> Tensor:
    """How far nodes fall where an input grows: the mean fall, summed over the three axes.

    `lut` is (R, G, B, 3), or (N, R, G, B, 3) for tables of N pictures. It is 0 for a table whose
    outputs never fall, such as the identity.

    >>> import torch
    >>> from harmonia.training.losses import lut_monotonicity
    >>> axis = torch.linspace(0, 1, 9)
    >>> identity = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1)
    >>> lut_monotonicity(identity).item(), round(lut_monotonicity(1 - identity).item(), 6)
    (0.0, 0.125)
    """
    where = "lut_monotonicity"
    steps = steps_of_nodes(open_nodes(where, lut))
    values = sum(((-step).relu().mean((1, 2, 3, 4)) for step in steps), start=lut.new_zeros(()))
    return reduced(where, values, reduction)
