"""Structural similarity, one window after the other in float64."""

import numpy as np


def gaussian(length, sigma):
    """Taps of a Gaussian that add up to 1."""
    x = np.arange(length) - length // 2
    taps = np.exp(-(x**2) / (2 * sigma**2))
    return taps / taps.sum()


def uniform(length):
    """Equal taps that add up to 1."""
    return np.full(length, 1 / length)


def levels(image):
    """The three colours of any type on the scale 0..255, in float64."""
    scale = {"uint8": 1, "uint16": 1 / 257, "float16": 255, "float32": 255}[image.dtype.name]
    return image[..., :3].astype(np.float64) * scale


def filtered(plane, taps, padding):
    """The weighted mean of every window of a plane, outer(taps, taps) being the weights."""
    if padding == "zero":
        plane = np.pad(plane, len(taps) // 2)
    for axis in (0, 1):
        plane = np.lib.stride_tricks.sliding_window_view(plane, len(taps), axis) @ taps
    return plane


def ssim_maps(x, y, taps, padding, c1, c2, covariance_scale=1.0):
    """The map of one channel, and its part without luminance."""
    mx, my = filtered(x, taps, padding), filtered(y, taps, padding)
    vx = covariance_scale * (filtered(x * x, taps, padding) - mx * mx)
    vy = covariance_scale * (filtered(y * y, taps, padding) - my * my)
    cov = covariance_scale * (filtered(x * y, taps, padding) - mx * my)
    luminance = (2 * mx * my + c1) / (mx**2 + my**2 + c1)
    cs = (2 * cov + c2) / (vx + vy + c2)
    return luminance * cs, cs


def weights(mask, taps, padding):
    """The mask 0..1 at the windows' centres."""
    weight = mask.astype(np.float64) / (255 if mask.dtype == np.uint8 else 1)
    reach = len(taps) // 2 if padding == "valid" else 0
    return weight[reach : weight.shape[0] - reach, reach : weight.shape[1] - reach]


def ssim(output, target, mask, taps, padding, c1, c2, covariance_scale=1.0):
    """Sums of the maps and of map times mask a channel; the mask's sum, the pixels of the map."""
    maps = [
        ssim_maps(x, y, taps, padding, c1, c2, covariance_scale)
        for x, y in zip(
            np.moveaxis(levels(output), -1, 0), np.moveaxis(levels(target), -1, 0), strict=True
        )
    ]
    of_windows = np.ones_like(maps[0][0]) if mask is None else weights(mask, taps, padding)
    return (
        [values.sum() for values, _ in maps],
        [cs.sum() for _, cs in maps],
        [(values * of_windows).sum() for values, _ in maps],
        of_windows.sum(),
        of_windows.size,
    )


def half_size(image):
    """Means of 2 x 2 pixels in float64; an odd side gets a zero before and after."""
    unit = levels(image) / 255
    unit = np.pad(unit, [(unit.shape[0] % 2,) * 2, (unit.shape[1] % 2,) * 2, (0, 0)])
    height, width = unit.shape[0] // 2, unit.shape[1] // 2
    return unit[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3).mean(axis=(1, 3))
