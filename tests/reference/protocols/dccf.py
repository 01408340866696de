"""DCCF (Xue et al. 2022): at the size of the files, and errors of the background left out."""

import numpy as np
from reference.protocols.cv2_steps import resized, weights
from reference.protocols.decibels import decibels
from reference.protocols.ssim_map import gaussian, ssim_map


def dccf(output, target, mask, *, size=None):
    output, target = (resized(image, size).astype(np.float64) for image in (output, target))
    m = weights(mask, size)[..., None]
    weighted = m * (output - target) ** 2
    return {
        "mse": weighted.mean(),
        "psnr": decibels(target.max(), weighted.mean(), 1e-6),
        "fmse": weighted.sum() / (3 * m.sum() + 1e-6),
        "ssim": pasted_ssim(output, target, m),
    }


def pasted_ssim(output, target, m):
    """pytorch_msssim on the target's background; a side shorter than a window is not blurred."""
    rows, columns = (gaussian(11) if side >= 11 else np.ones(1) for side in output.shape[:2])
    pasted = output * m + target * (1 - m)
    return ssim_map(pasted, target, rows, columns, (0.01 * 255) ** 2, (0.03 * 255) ** 2).mean()
