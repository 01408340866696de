"""DoveNet (Cong et al. 2020), the scores of its test: MSE and PSNR of truncated codes."""

import numpy as np
from PIL import Image
from reference.protocols.decibels import decibels
from reference.protocols.pil_steps import resized


def dovenet(output, target, mask):
    output, target = (
        through_tensor(resized(image, (256, 256), Image.Resampling.BILINEAR))
        for image in (output, target)
    )
    error = ((output - target) ** 2).mean()
    return {"mse": error, "psnr": decibels(output.max() - output.min(), error)}


def through_tensor(codes):
    """Codes as float32 in -1..1 and back, cut off instead of rounded: 1..63 lose one."""
    one, half, top = np.float32(1), np.float32(0.5), np.float32(255)
    tensor = (codes.astype(np.float32) / top - half) / half
    return ((tensor + one) / np.float32(2) * top).astype(np.uint8).astype(np.float64)
