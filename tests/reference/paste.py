"""A cut-out over a background, pixel by pixel, in floats of 0..1."""

import numpy as np


def paste(foreground, background, left, top):
    """The composite and its mask, of a foreground with straight alpha."""
    out = background.astype(np.float64)
    mask = np.zeros(background.shape[:2])
    for y in range(foreground.shape[0]):
        for x in range(foreground.shape[1]):
            row, column = y + top, x + left
            if not (0 <= row < out.shape[0] and 0 <= column < out.shape[1]):
                continue
            over = float(foreground[y, x, 3])
            if over == 0:
                continue
            beneath = float(out[row, column, 3]) if out.shape[2] == 4 else 1.0
            total = over + beneath * (1 - over)
            mask[row, column] = over / total
            for c in range(3):
                light = over * float(foreground[y, x, c])
                light += beneath * (1 - over) * float(out[row, column, c])
                out[row, column, c] = light / total
            if out.shape[2] == 4:
                out[row, column, 3] = total
    return out, mask


def scaled(foreground, factor):
    """A whole number of pixels as one, by the mean of light: colours weigh as their alpha."""
    height, width = (side // factor for side in foreground.shape[:2])
    out = np.zeros((height, width, 4))
    for y, x in np.ndindex(height, width):
        block = foreground[y * factor : (y + 1) * factor, x * factor : (x + 1) * factor]
        block = block.reshape(-1, 4).astype(np.float64)
        out[y, x, 3] = block[:, 3].mean()
        if out[y, x, 3] > 0:
            out[y, x, :3] = (block[:, :3] * block[:, 3:]).sum(axis=0) / block[:, 3].sum()
    return out
