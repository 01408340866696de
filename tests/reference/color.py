"""Colour spaces in float64, straight from the textbook formulas: sRGB codes in 0..1 and back."""

import colorsys

import numpy as np

# xy of the sRGB primaries, and the D65 white; the matrix is what maps (1, 1, 1) to the white.
PRIMARIES = np.array([[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]])
WHITE = np.array([0.95047, 1.0, 1.08883])


def _matrix_of_primaries():
    x, y = PRIMARIES.T
    columns = np.array([x / y, np.ones(3), (1 - x - y) / y])
    return columns * np.linalg.solve(columns, WHITE)


TO_XYZ = _matrix_of_primaries()

# Bradford-adapted to D50 as the sRGB profile has it, in s15Fixed16, and the white of the ICC.
TO_XYZ_D50 = np.array(
    [
        [0.43606567, 0.38514709, 0.14306641],
        [0.2224884, 0.71687317, 0.06060791],
        [0.01391602, 0.09707642, 0.71409607],
    ]
)
WHITE_D50 = np.array([0.9642, 1.0, 0.8249])

TO_LMS = np.array([[0.3811, 0.5783, 0.0402], [0.1967, 0.7244, 0.0782], [0.0241, 0.1288, 0.8444]])
FROM_LMS = np.array(
    [[4.4687, -3.5887, 0.1196], [-1.2197, 2.3831, -0.1626], [0.0585, -0.2611, 1.2057]]
)
TO_LALPHABETA = np.diag([1 / np.sqrt(3), 1 / np.sqrt(6), 1 / np.sqrt(2)]) @ [
    [1, 1, 1],
    [1, 1, -2],
    [1, -1, 0],
]

TO_YCBCR = np.array(
    [[65.481, 128.553, 24.966], [-37.797, -74.203, 112.0], [112.0, -93.786, -18.214]]
)
YCBCR_BLACK = np.array([16.0, 128.0, 128.0])


def decode(rgb):
    """sRGB codes to linear light: the line goes on below 0, the power above 1."""
    power = ((np.maximum(rgb, 0) + 0.055) / 1.055) ** 2.4
    return np.where(rgb > 0.04045, power, rgb / 12.92)


def encode(linear):
    power = 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055
    return np.where(linear > 0.0031308, power, linear * 12.92)


def to_xyz(rgb):
    return decode(rgb) @ TO_XYZ.T


def from_xyz(xyz):
    return encode(xyz @ np.linalg.inv(TO_XYZ).T)


def to_xyy(rgb):
    xyz = to_xyz(rgb)
    total = xyz.sum(axis=-1, keepdims=True)
    black = total == 0
    chromaticity = np.where(black, WHITE / WHITE.sum(), xyz / np.where(black, 1, total))
    return np.concatenate([chromaticity[..., :2], xyz[..., 1:2]], axis=-1)


def from_xyy(xyy):
    x, y, luminance = np.moveaxis(xyy, -1, 0)
    return from_xyz(np.stack([x / y * luminance, luminance, (1 - x - y) / y * luminance], axis=-1))


def _to_lab(xyz, white):
    t = xyz / white
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _from_lab(lab, white):
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    return white * np.where(f > 6 / 29, f**3, (116 * f - 16) * 27 / 24389)


def to_lab(rgb):
    return _to_lab(to_xyz(rgb), WHITE)


def from_lab(lab):
    return from_xyz(_from_lab(lab, WHITE))


def to_lab_d50(rgb):
    return _to_lab(decode(rgb) @ TO_XYZ_D50.T, WHITE_D50)


def from_lab_d50(lab):
    return encode(_from_lab(lab, WHITE_D50) @ np.linalg.inv(TO_XYZ_D50).T)


def to_log_lms(rgb):
    return np.log2(rgb @ TO_LMS.T)


def from_log_lms(log_lms):
    return 2**log_lms @ FROM_LMS.T


def to_lalphabeta(rgb):
    return np.log10(rgb @ TO_LMS.T) @ TO_LALPHABETA.T


def from_lalphabeta(lab):
    return 10 ** (lab @ TO_LALPHABETA) @ FROM_LMS.T  # the axes are orthonormal


def to_ycbcr(rgb):
    return rgb @ TO_YCBCR.T + YCBCR_BLACK


def from_ycbcr(ycbcr):
    return (ycbcr - YCBCR_BLACK) @ np.linalg.inv(TO_YCBCR).T


def _each(function, image):
    pixels = [function(*(float(v) for v in pixel)) for pixel in image.reshape(-1, 3)]
    return np.array(pixels).reshape(image.shape)


def to_hsv(rgb):
    return _each(colorsys.rgb_to_hsv, rgb)


def from_hsv(hsv):
    return _each(colorsys.hsv_to_rgb, hsv)


def same(colors):
    return colors


SPACES = {
    "rgb": (same, same),
    "linear": (decode, encode),
    "xyz": (to_xyz, from_xyz),
    "xyy": (to_xyy, from_xyy),
    "lab": (to_lab, from_lab),
    "lab_d50": (to_lab_d50, from_lab_d50),
    "log_lms": (to_log_lms, from_log_lms),
    "lalphabeta": (to_lalphabeta, from_lalphabeta),
    "ycbcr": (to_ycbcr, from_ycbcr),
    "hsv": (to_hsv, from_hsv),
}
