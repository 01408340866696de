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


def to_uv(linear):
    x, y, z = np.moveaxis(linear @ TO_XYZ.T, -1, 0)
    total = x + 15 * y + 3 * z
    with np.errstate(invalid="ignore"):
        return 4 * x / total, 6 * y / total


def distances(u, v, table):
    """Signed distances to the isotherms in the last axis; the directions are unit vectors."""
    _, us, vs, slopes = table.T
    length = np.sqrt(1 + slopes**2)
    across = (v[..., None] - vs) - slopes * (u[..., None] - us)
    return across / length, np.stack([1 / length, slopes / length], axis=-1)


def mired(linear, table=ROBERTSON):
    """Robertson's method between 50 and 666.7 mired; NaN beside its isotherms."""
    d, _ = distances(*to_uv(linear), table)
    out = np.full(d.shape[:-1], np.nan)
    for i in range(30, 0, -1):
        with np.errstate(all="ignore"):
            between = d[..., i - 1] * d[..., i] < 0
            share = d[..., i - 1] / (d[..., i - 1] - d[..., i])
            out = np.where(between, table[i - 1, 0] + share * (table[i, 0] - table[i - 1, 0]), out)
    return np.where(np.isnan(out), np.nan, np.clip(out, 50, 1e6 / 1500))


RANGES = {
    "luminance": (np.log2(EPSILON), 0),
    "temperature": (50, 1e6 / 1500),
    "saturation": (np.log2(EPSILON), 0),
    "contrast": (0.1, 1),
}


def statistics(values, name, padding=0):
    """Of the published code; `padding` values of 0.1 are added, but not counted in the shares."""
    whole = len(values)
    v = np.sort(np.append(values, np.full(padding, 0.1)))[::-1]
    n = len(v)
    top, low = v[: int(1 + n / 1024)].mean(), v[int(1 + (1 - 1 / 1024) * n) - 1 :].mean()
    away = v - v.mean()
    variance = (away**2).mean()
    start, end = RANGES[name]
    codes = np.clip(np.floor(255 * 255 * (v - start) / (end - start) + 0.5), 0, 255).astype(int)
    p = np.bincount(codes) / n
    entropy = -(p[p > 0] * np.log2(p[p > 0])).sum()
    edges = top - (top - low) / 20 * np.arange(1, 20)
    above = np.concatenate([[0], [(v > edge).sum() for edge in edges], [n]])
    return np.array(
        [
            *(top, low, np.median(v), v.mean(), v.std(ddof=1)),
            (away**3).mean() / variance**1.5,
            (away**4).mean() / variance**2 - 3,
            *(entropy, top - low),
            *(np.diff(above) / whole),
        ]
    )


def crop_of(mask):
    """Three times the box of a mask of one part, and the box's shorter side."""
    ys, xs = np.nonzero(mask)
    h, w = np.ptp(ys) + 1, np.ptp(xs) + 1
    rows = slice(max(ys.min() - h, 0), ys.max() + h + 2)
    columns = slice(max(xs.min() - w, 0), xs.max() + w + 2)
    return rows, columns, min(h, w)


def measured(linear, mask, name):
    """Statistics of foreground and background as the published code takes them."""
    rows, columns, side = crop_of(mask)
    crop, inside = linear[rows, columns], mask[rows, columns]
    sigma = min(inside.shape) / 1024
    kernel = gaussian(2 * int(np.ceil(2 * sigma)) + 1, sigma)
    crop = np.stack([filtered(crop[..., c], kernel) for c in range(3)], axis=-1)
    y = crop @ LUMA
    high, low = crop.max(axis=-1), crop.min(axis=-1)
    around = filtered(y, gaussian(7, 1.5))
    values = {
        "luminance": np.log2(np.maximum(y, EPSILON)),
        "temperature": np.nan_to_num(mired(crop), nan=1e6 / 1500),
        "saturation": np.log2(np.maximum((high - low) / np.maximum(high, 1e-300), EPSILON)),
        "contrast": np.abs(y - around) / np.maximum(around, EPSILON),
    }[name]
    lit = (y > decode(np.array(60 / 255))) & (y < 0.88)
    found = []
    for where, share in ((inside, 0.03), (~inside, 0.15)):
        kept = eroded(where, int(share * side))
        if name in ("temperature", "saturation"):
            kept &= lit
        if name == "contrast":
            kept &= values > 0.1
        few = max(100 - kept.sum(), 0) if name == "contrast" else 0
        found.append(statistics(values[kept], name, few))
    return found


def curve(alpha, r, compat):
    """The Bezier curve through (0, 0), (alpha, 1 - alpha), (1, 1) at abscissae r."""
    t = np.linspace(0, 1, 1001) if compat else np.linspace(0, 1, 200001)
    x = 2 * alpha * t * (1 - t) + t * t
    y = 2 * (1 - alpha) * t * (1 - t) + t * t
    if not compat:
        return np.interp(r, x, y)
    return y[np.abs(r[..., None] - x).argmin(axis=-1)]


def change_contrast(linear, alpha, threshold, compat):
    y = linear @ TO_XYZ[1]
    room = np.where(y > threshold, 1 - threshold, threshold)
    moved = room * curve(alpha, np.minimum(np.abs(y - threshold) / room, 1), compat)
    new = threshold + np.sign(y - threshold) * moved
    return linear * (new / np.maximum(y, 1e-300))[..., None]


def blend_of(table, directions, i, share):
    """Point and unit direction `share` of the way from isotherm i back to the one before."""
    point = share[..., None] * table[i - 1, 1:3] + (1 - share)[..., None] * table[i, 1:3]
    way = share[..., None] * directions[i - 1] + (1 - share)[..., None] * directions[i]
    return point, way / np.linalg.norm(way, axis=-1, keepdims=True)


def change_temperature(linear, shift, compat):
    table = ROBERTSON_TYPO if compat else ROBERTSON
    xyz = linear @ TO_XYZ.T
    uv = np.stack(to_uv(linear), axis=-1)
    uv = np.where(np.isnan(uv), 0.2, uv)
    d, directions = distances(uv[..., 0], uv[..., 1], table)
    i = 1 + (d[..., 1:30] <= 0).argmax(axis=-1)
    i = np.where((d[..., 1:30] > 0).all(axis=-1), 30, i)
    at = np.maximum(-np.take_along_axis(d, i[..., None], -1)[..., 0], 0)
    before = np.maximum(np.take_along_axis(d, i[..., None] - 1, -1)[..., 0], 0)
    share = at / np.maximum(at + before, 1e-300)
    if compat:
        share = np.where(i == 1, 0, share)
    point, way = blend_of(table, directions, i, share)
    tint = ((uv - point) * way).sum(axis=-1, keepdims=True)
    wanted = share * table[i - 1, 0] + (1 - share) * table[i, 0] + shift
    j = np.clip(np.searchsorted(table[:, 0], wanted, side="right"), 1, 30)
    there = (table[j, 0] - wanted) / (table[j, 0] - table[j - 1, 0])
    new_point, new_way = blend_of(table, directions, j, there)
    new = new_point + new_way * tint
    if not compat:
        new += uv - (point + way * tint)
    u, v = new[..., 0], new[..., 1]
    y = xyz[..., 1]
    new_xyz = np.stack([1.5 * u / v * y, y, (2 - 0.5 * u - 5 * v) / v * y], axis=-1)
    return new_xyz @ np.linalg.inv(TO_XYZ).T


def change_saturation(linear, stops, compat):
    hsv_value = linear.max(axis=-1, keepdims=True)
    away = (hsv_value - linear) * 2**stops
    most = away.max(axis=-1, keepdims=True)
    if not compat:
        away = away * np.minimum(1, hsv_value / np.maximum(most, 1e-300))
    return hsv_value - away


def xue(rgb, alpha=0.5, threshold=0.5, luminance=0.0, mired=0.0, saturation=0.0, compat=False):
    """All four adjustments of sRGB codes in 0..1."""
    linear = np.clip(change_contrast(decode(rgb), alpha, threshold, compat), 0, 1)
    linear = np.clip(linear * 2**luminance, 0, 1)
    linear = np.clip(change_temperature(linear, mired, compat), 0, 1)
    linear = np.clip(change_saturation(linear, saturation, compat), 0, 1)
    return encode(linear)
