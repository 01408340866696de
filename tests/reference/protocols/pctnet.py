"""PCT-Net (Guerreiro et al. 2023): as DCCF, with 255 for the peak."""

from reference.protocols.dccf import dccf
from reference.protocols.decibels import decibels


def pctnet(output, target, mask, *, size=None):
    scores = dccf(output, target, mask, size=size)
    return {**scores, "psnr": decibels(255, scores["mse"], 1e-6)}
