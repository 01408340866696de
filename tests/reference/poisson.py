"""The membrane and the jumps that hold it, in float64, one pixel at a time."""

import numpy as np

AROUND = ((-1, 0), (1, 0), (0, -1), (0, 1))


def membrane(inside, hold, pull):
    """hold(p) e(p) + sum over neighbours inside of (e(p) - e(q)) = pull(p), as a dense system.

    `pull` may have channels.
    """
    number = {tuple(p): i for i, p in enumerate(np.argwhere(inside))}
    matrix = np.zeros((len(number), len(number)))
    right = np.zeros((len(number), *pull.shape[2:]))
    for (y, x), i in number.items():
        matrix[i, i] += hold[y, x]
        right[i] = pull[y, x]
        for dy, dx in AROUND:
            j = number.get((y + dy, x + dx))
            if j is not None:
                matrix[i, i] += 1
                matrix[i, j] -= 1
        if matrix[i, i] == 0:
            matrix[i, i] = 1  # a cell alone
    e = np.zeros(pull.shape)
    e[tuple(np.argwhere(inside).T)] = np.linalg.solve(matrix, right)
    return e


def outside_of(inside, y, x):
    """The neighbours of a pixel in the image that the mask does not reach."""
    height, width = inside.shape
    beside = [(y + dy, x + dx) for dy, dx in AROUND]
    return [(v, u) for v, u in beside if 0 <= v < height and 0 <= u < width and not inside[v, u]]


def plain_jump(rgb, inside, y, x):
    """The background beside a pixel minus the pixel."""
    return np.mean([rgb[q] - rgb[y, x] for q in outside_of(inside, y, x)], axis=0)


def disc(shape, inside, y, x, radius):
    """Offsets from the seam beside a pixel in shares of the radius, and every pixel's weight."""
    out = np.mean([(v - y, u - x) for v, u in outside_of(inside, y, x)], axis=0)
    v, u = np.mgrid[: shape[0], : shape[1]]
    dy, dx = (v - (y + out[0] / 2)) / radius, (u - (x + out[1] / 2)) / radius
    return dy, dx, np.maximum(1 - dy**2 - dx**2, 0)


def fitted_jump(rgb, mask, y, x, radius):
    """Least squares of c + g . (dy, dx) - jump * mask; a gradient a pixel long costs its square."""
    dy, dx, weight = disc(mask.shape, mask > 0, y, x, radius)
    columns = np.stack([np.ones_like(dy), dy, dx, mask], axis=-1).reshape(-1, 4)
    root = np.sqrt(weight).reshape(-1, 1)
    ridge = np.sqrt(weight.sum()) / radius * np.eye(4)[1:3]
    matrix = np.concatenate([root * columns, ridge])
    right = np.concatenate([root * rgb.reshape(-1, 3), np.zeros((2, 3))])
    return np.clip(-np.linalg.lstsq(matrix, right, rcond=None)[0][3], -1, 1)


def reference_jump(rgb, mask, plate, y, x, radius):
    """The mean of plate - image inside the mask."""
    _, _, weight = disc(mask.shape, mask > 0, y, x, radius)
    share = (weight * mask**2)[..., None]
    return (share * (plate - rgb)).sum(axis=(0, 1)) / share.sum()


def poisson(rgb, mask, jump):
    """image + membrane; `jump(y, x)` is what a pixel at the seam is to gain."""
    inside = mask > 0
    hold, pull = np.zeros(mask.shape), np.zeros(rgb.shape)
    for y, x in np.argwhere(inside):
        hold[y, x] = len(outside_of(inside, y, x))
        if hold[y, x] > 0:
            pull[y, x] = hold[y, x] * jump(y, x)
    return rgb + membrane(inside, hold, pull)
