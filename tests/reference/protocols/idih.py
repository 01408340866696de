"""iDIH and iSSAM (Sofiiuk et al. 2021), and those who took their code over unchanged."""

import numpy as np
from reference.protocols.cv2_steps import resized, weights
from reference.protocols.decibels import decibels


def idih(output, target, mask, *, size=(256, 256)):
    output, target = (resized(image, size).astype(np.float64) for image in (output, target))
    m = weights(mask, size)
    squares = (output - target) ** 2
    return {
        "mse": squares.mean(),
        "psnr": decibels(target.max(), squares.mean(), 1e-6),
        "fmse": (m[..., None] * squares).sum() / (3 * m.sum() + 1e-6),
    }
