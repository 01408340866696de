"""Ours: the sizes as they are, soft masks, peak 255."""

import numpy as np
from reference.protocols.decibels import decibels, ratio
from reference.protocols.ssim_map import gaussian, ssim_map


def harmonia(output, target, mask):
    return scores(output.astype(np.float64), target.astype(np.float64), mask / 255)


def harmonia_256(output, target, mask, *, size=(256, 256)):
    """The same of all three made 256 x 256: as 0..1 in float32, held within that, not rounded.

    What has that size stays as it is.
    """
    if output.shape[:2] == tuple(size):
        return harmonia(output, target, mask)
    output, target, m = (
        np.clip(bicubic(codes.astype(np.float32) * np.float32(1 / 255), size), 0, 1).astype(
            np.float64
        )
        for codes in (output, target, mask[..., None])
    )
    return scores(255 * output, 255 * target, m[..., 0])


def scores(output, target, m):
    squares = (output - target) ** 2
    error = squares.mean()
    foreground_error = ratio((m[..., None] * squares).sum(), 3 * m.sum())
    row = gaussian(11)
    similarity = ssim_map(output, target, row, row, (0.01 * 255) ** 2, (0.03 * 255) ** 2)
    inside = m[5:-5, 5:-5]
    return {
        "mse": error,
        "psnr": decibels(255, error),
        "fmse": foreground_error,
        "fpsnr": decibels(255, foreground_error),
        "ssim": similarity.mean(),
        "fssim": ratio((similarity * inside[..., None]).sum(), 3 * inside.sum()),
    }


def bicubic(image, size):
    """Resized with the kernel widened where the image shrinks, in float32 after either axis."""
    down = bicubic_weights(image.shape[0], size[0])
    across = bicubic_weights(image.shape[1], size[1])
    wide = np.einsum("xj,ijc->ixc", across, image.astype(np.float64)).astype(np.float32)
    return np.einsum("yi,ixc->yxc", down, wide.astype(np.float64)).astype(np.float32)


def bicubic_weights(before, after):
    """(after, before): Keys' kernel with a = -1/2, cut at the edge and made to sum to 1."""
    step = before / after
    middles = (np.arange(after) + 0.5) * step
    x = np.abs(np.arange(before) + 0.5 - middles[:, None]) / max(step, 1)
    near, far = 1.5 * x**3 - 2.5 * x**2 + 1, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    weights = np.where(x < 1, near, np.where(x < 2, far, 0))
    return weights / weights.sum(axis=1, keepdims=True)
