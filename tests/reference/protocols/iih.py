"""IntrinsicHarmony (Guo et al. 2021): of saved pictures; SSIM with the constants of 0..1."""

import numpy as np
from PIL import Image
from reference.protocols.decibels import decibels, ratio
from reference.protocols.pil_steps import one_bit, resized
from reference.protocols.ssim_map import zero_padded_ssim_map


def iih(output, target, mask):
    output, target = (
        resized(image, (256, 256), Image.Resampling.BICUBIC).astype(np.float64)
        for image in (output, target)
    )
    m = one_bit(mask, (256, 256))[..., None]
    error = ((output - target) ** 2).mean()
    foreground_error = ratio(((output * m - target * m) ** 2).mean() * 256 * 256, m.sum())
    similarity = zero_padded_ssim_map(output, target, 11, 0.01**2, 0.03**2)
    return {
        "mse": error,
        "psnr": decibels(255, error),
        "fmse": foreground_error,
        "fpsnr": decibels(255, foreground_error),
        "ssim": similarity.mean(),
        "fssim": ratio((similarity * m).sum(), 3 * m.sum()),
    }
