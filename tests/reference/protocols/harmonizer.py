"""Harmonizer (Ke et al. 2022): scikit-image's SSIM with the range it takes floats to have, 2."""

import numpy as np
from PIL import Image
from reference.protocols.decibels import decibels, ratio
from reference.protocols.pil_steps import one_bit, resized
from reference.protocols.ssim_map import ssim_map, uniform


def harmonizer(output, target, mask, *, size=(256, 256)):
    m = one_bit(mask, size)[..., None]
    if size is not None:
        output, target = (
            resized(image, size, Image.Resampling.BILINEAR) for image in (output, target)
        )
    output, target = output.astype(np.float64), target.astype(np.float64)
    error = ((output - target) ** 2).mean()
    cut_error = ((output * m - target * m) ** 2).mean()
    row = uniform(7)
    similarity = ssim_map(output, target, row, row, 0.02**2, 0.06**2, sample=49 / 48)
    return {
        "mse": error,
        "psnr": decibels(output.max() - output.min(), error),
        "fmse": ratio(cut_error * m.size, int(m.sum())),
        "ssim": similarity.mean(),
    }
