"""CDTNet (Cong et al. 2022): iDIH's scores at a larger size, and similarity in windows of 7."""

import numpy as np
from reference.protocols.cv2_steps import resized, weights
from reference.protocols.decibels import decibels, ratio
from reference.protocols.ssim_map import zero_padded_ssim_map


def cdtnet(output, target, mask, *, size=(1024, 1024)):
    output, target = (resized(image, size).astype(np.float64) for image in (output, target))
    m = weights(mask, size)
    squares = (output - target) ** 2
    foreground_error = (m[..., None] * squares).sum() / (3 * m.sum() + 1e-6)

    spread = output.max() - output.min()
    similarity = zero_padded_ssim_map(output, target, 7, (0.01 * spread) ** 2, (0.03 * spread) ** 2)
    return {
        "mse": squares.mean(),
        "psnr": decibels(target.max(), squares.mean(), 1e-6),
        "fmse": foreground_error,
        "fpsnr": decibels(target.max(), foreground_error, 1e-6),
        "ssim": similarity.mean(),
        "fssim": ratio((similarity * m[..., None]).sum(), 3 * m.sum()),
    }
