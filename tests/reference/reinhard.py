"""Reinhard et al. 2001 in float64, straight from the formulas and without the library's guards."""

import numpy as np
from reference.moments import moments

TO_LMS = np.array([[0.3811, 0.5783, 0.0402], [0.1967, 0.7244, 0.0782], [0.0241, 0.1288, 0.8444]])
# As the authors' code has it: the inverse of the above to four digits.
FROM_LMS = np.array(
    [[4.4687, -3.5887, 0.1196], [-1.2197, 2.3831, -0.1626], [0.0585, -0.2611, 1.2057]]
)
AXES = np.diag([1 / np.sqrt(3), 1 / np.sqrt(6), 1 / np.sqrt(2)]) @ [
    [1, 1, 1],
    [1, 1, -2],
    [1, -1, 0],
]


def to_lalphabeta(rgb):
    """sRGB codes in 0..1, taken as linear; black becomes -infinity or NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(rgb @ TO_LMS.T) @ AXES.T


def from_lalphabeta(lab):
    return 10 ** (lab @ AXES) @ FROM_LMS.T  # the axes are orthonormal


TO_XYZ = np.array(  # the sRGB primaries and D65, to seven digits
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def to_lab(rgb):
    """CIELAB, D65, of sRGB in 0..1."""
    linear = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    t = linear @ TO_XYZ.T / WHITE
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def from_lab(lab):
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    t = np.where(f > 6 / 29, f**3, (116 * f - 16) * 27 / 24389)
    linear = t * WHITE @ np.linalg.inv(TO_XYZ).T
    curve = 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055
    return np.where(linear > 0.0031308, curve, 12.92 * linear)


SPACES = {"lalphabeta": (to_lalphabeta, from_lalphabeta), "lab": (to_lab, from_lab)}


def statistics(rgb, mask, space):
    """Weighted mean and standard deviation per channel; 8-bit black has none in l-alpha-beta."""
    colours = SPACES[space][0](rgb)
    weights = np.asarray(mask, np.float64)
    if space == "lalphabeta":
        counts = rgb.max(axis=-1) >= 0.5 / 255
        colours, weights = colours[counts], weights[counts]
    mean, covariance = moments(colours, weights)
    return mean, np.sqrt(np.diag(covariance))


def reinhard(rgb, mask, space="lalphabeta", target=None, target_mask=None):
    """The new colour of every pixel, unclamped and not yet composited."""
    if target is None:
        target, target_mask = rgb, 1 - np.asarray(mask, np.float64)
    elif target_mask is None:
        target_mask = np.ones(target.shape[:2])
    mean, spread = statistics(rgb, mask, space)
    wanted_mean, wanted_spread = statistics(target, target_mask, space)
    enter, leave = SPACES[space]
    with np.errstate(invalid="ignore"):
        new = leave((enter(rgb) - mean) * (wanted_spread / spread) + wanted_mean)
    return np.where(rgb.max(axis=-1, keepdims=True) > 0, new, 0) if space == "lalphabeta" else new
