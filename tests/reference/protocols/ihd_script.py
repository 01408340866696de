"""The script beside iHarmony4 that scores a saved picture."""

import numpy as np
from PIL import Image
from reference.protocols.decibels import decibels, ratio
from reference.protocols.pil_steps import one_bit, resized


def ihd_script(output, target, mask):
    output, target = (
        resized(image, (256, 256), Image.Resampling.BICUBIC).astype(np.float64)
        for image in (output, target)
    )
    m = one_bit(mask, (256, 256))
    error = ((output - target) ** 2).mean()
    cut_error = ((output * m[..., None] - target * m[..., None]) ** 2).mean()
    return {
        "mse": error,
        "psnr": decibels(output.max() - output.min(), error),
        "fmse": ratio(cut_error * 256 * 256, m.sum()),
    }
