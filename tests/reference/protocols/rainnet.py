"""RainNet (Ling et al. 2021): truncated codes as DoveNet's, on the background of the target."""

import numpy as np
from PIL import Image
from reference.protocols.decibels import decibels
from reference.protocols.dovenet import through_tensor
from reference.protocols.pil_steps import one_bit, resized


def rainnet(output, target, mask):
    output, target = (
        through_tensor(resized(image, (256, 256), Image.Resampling.BILINEAR))
        for image in (output, target)
    )
    m = one_bit(mask, (256, 256))[..., None]
    pasted = np.where(m == 1, output, target)
    error = ((pasted - target) ** 2).mean()
    return {"mse": error, "psnr": decibels(255, error)}
