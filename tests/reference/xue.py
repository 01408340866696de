"""Xue et al. 2012 in float64, loop by loop as the published code measures and adjusts."""

import numpy as np

EPSILON = 1 / 255 / 12.92
# Reciprocal temperature in mired, u, v and slope of the isotherms (Robertson 1968).
ROBERTSON = np.array(
    [
        (0, 0.18006, 0.26352, -0.24341),
        (10, 0.18066, 0.26589, -0.25479),
        (20, 0.18133, 0.26846, -0.26876),
        (30, 0.18208, 0.27119, -0.28539),
        (40, 0.18293, 0.27407, -0.30470),
        (50, 0.18388, 0.27709, -0.32675),
        (60, 0.18494, 0.28021, -0.35156),
        (70, 0.18611, 0.28342, -0.37915),
        (80, 0.18740, 0.28668, -0.40955),
        (90, 0.18880, 0.28997, -0.44278),
        (100, 0.19032, 0.29326, -0.47888),
        (125, 0.19462, 0.30141, -0.58204),
        (150, 0.19962, 0.30921, -0.70471),
        (175, 0.20525, 0.31647, -0.84901),
        (200, 0.21142, 0.32312, -1.0182),
        (225, 0.21807, 0.32909, -1.2168),
        (250, 0.22511, 0.33439, -1.4512),
        (275, 0.23247, 0.33904, -1.7298),
        (300, 0.24010, 0.34308, -2.0637),
        (325, 0.24792, 0.34655, -2.4681),
        (350, 0.25591, 0.34951, -2.9641),
        (375, 0.26400, 0.35200, -3.5814),
        (400, 0.27218, 0.35407, -4.3633),
        (425, 0.28039, 0.35577, -5.3762),
        (450, 0.28863, 0.35714, -6.7262),
        (475, 0.29685, 0.35823, -8.5955),
        (500, 0.30505, 0.35907, -11.324),
        (525, 0.31320, 0.35968, -15.628),
        (550, 0.32129, 0.36011, -23.325),
        (575, 0.32931, 0.36038, -40.770),
        (600, 0.33724, 0.36051, -116.45),
    ]
)
ROBERTSON_TYPO = ROBERTSON.copy()
ROBERTSON_TYPO[19, 1] = 0.24702

_X, _Y = np.array([[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]]).T
TO_XYZ = np.array([_X / _Y, np.ones(3), (1 - _X - _Y) / _Y]) * [0.212656, 0.715158, 0.0721856]
LUMA = np.array([0.21, 0.72, 0.07])


def decode(rgb):
    return np.where(rgb > 0.04045, ((np.maximum(rgb, 0) + 0.055) / 1.055) ** 2.4, rgb / 12.92)


def encode(linear):
    power = 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055
    return np.where(linear > 0.0031308, power, 12.92 * linear)


def gaussian(size, sigma):
    x = np.arange(size) - size // 2
    k = np.exp(-(x[:, None] ** 2 + x[None] ** 2) / (2 * sigma**2))
    return k / k.sum()


def filtered(plane, kernel):
    r = kernel.shape[0] // 2
    padded = np.pad(plane, r, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    return (windows * kernel).sum(axis=(2, 3))


def disk(radius):
    """Offsets (dy, dx) of the flat disk that the code erodes with."""
    if radius < 3:
        grid = range(-radius, radius + 1)
        return {(y, x) for y in grid for x in grid if y * y + x * x <= radius * radius}
    theta = np.pi / 8
    k = 2 * radius / (1 / np.tan(theta) + 1 / np.sin(theta))
    points = {(0, 0)}

    def dilate(dy, dx, reach):
        return {(y + i * dy, x + i * dx) for y, x in points for i in range(-reach, reach + 1)}

    for dy, dx in ((1, 0), (1, 1), (0, 1), (-1, 1)):
        points = dilate(dy, dx, int(k / np.hypot(dy, dx)))
    rest = radius - max(y for y, _ in points)
    if rest > 1:
        points = dilate(0, 1, rest - 1)
        points = dilate(1, 0, rest - 1)
    return points


def eroded(mask, radius):
    padded = np.pad(mask, radius, constant_values=True)
    out = np.ones_like(mask)
    h, w = mask.shape
    for y, x in disk(radius):
        out &= padded[radius + y : radius + y + h, radius + x : radius + x + w]
    return out


def mired(linear, table=ROBERTSON):
    """Robertson's method between 50 and 666.7 mired; NaN beside its isotherms."""
    x, y, z = np.moveaxis(linear @ TO_XYZ.T, -1, 0)
    with np.errstate(all="ignore"):
        total = x + 15 * y + 3 * z
        u, v = 4 * x / total, 6 * y / total
    m, us, vs, ts = table.T
    with np.errstate(all="ignore"):
        d = (v[..., None] - vs) - ts * (u[..., None] - us)
        d = d / np.sqrt(1 + ts * ts)
    out = np.full(u.shape, np.nan)
    for i in range(30, 0, -1):
        with np.errstate(all="ignore"):
            hit = d[..., i - 1] * d[..., i] < 0
            share = d[..., i - 1] / (d[..., i - 1] - d[..., i])
        out = np.where(hit, m[i - 1] + share * (m[i] - m[i - 1]), out)
    return np.where(np.isnan(out), np.nan, np.clip(out, 50, 1e6 / 1500))
