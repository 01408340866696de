"""Patches that stay recognisable when a picture is translated: PatchNCE (Park et al. 2020, CUT)."""

import torch
from torch import Tensor
from torch.nn import functional

from harmonia.nets._precision import in_full_precision
from harmonia.training.losses._arguments import open_twin, open_values, reduced

TEMPERATURE = 0.07
ITSELF = -10.0  # what takes the place of a patch's likeness with itself among the others


def patch_nce(
    output: Tensor, source: Tensor, *, temperature: float = TEMPERATURE, reduction: str = "mean"
) -> Tensor:
    """How hard it is to tell a patch of the output by its code from the source's other patches.

    Codes are (N, patches, C) of length 1, those of the same places in both. It is the cross entropy
    of a softmax over `output . source / temperature`, in which the patch of the same place is
    right, and those of the same picture alone are wrong. Beside them is one more wrong answer, of
    likeness -10, which the authors' code has in place of the patch itself. No gradient goes to the
    source.

    >>> import torch
    >>> from harmonia.training.losses import patch_nce
    >>> codes = torch.eye(4)[None]
    >>> alike, mixed_up = patch_nce(codes, codes), patch_nce(codes, codes.flip(1))
    >>> bool(alike < 1e-4), round(mixed_up.item(), 3)
    (True, 14.286)
    """
    where = "patch_nce"
    output = open_values(where, "output", output)
    if output.ndim != 3:
        raise ValueError(
            f"{where}: output must have shape (N, patches, C), got {tuple(output.shape)}"
        )
    source = open_twin(where, "source", source, "output", output).detach()
    if not temperature > 0:
        raise ValueError(f"{where}: temperature must be above 0, got {temperature}")
    with in_full_precision(output.device):
        likeness = output @ source.mT
    right = likeness.diagonal(dim1=1, dim2=2)[..., None]
    itself = torch.eye(output.shape[1], dtype=torch.bool, device=output.device)
    answers = torch.cat([right, likeness.masked_fill(itself, ITSELF)], dim=2) / temperature
    errors = -functional.log_softmax(answers, dim=2)[..., 0]
    return reduced(where, errors.mean(1), reduction)
