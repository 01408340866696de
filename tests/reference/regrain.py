"""Regrain in NumPy: a change of a picture, made as even as the picture is."""

import numpy as np

ITERATIONS = [4, 16, 32, 64, 64, 64]


def resize_matrix(before, after):
    """Rows of a resize by a triangle as wide as the larger step; pictures are mirrored beyond."""
    ratio = before / after
    reach = max(ratio, 1)
    matrix = np.zeros((after, before))
    for i in range(after):
        center = (i + 0.5) * ratio - 0.5
        for j in range(int(np.floor(center - reach)), int(np.ceil(center + reach)) + 1):
            turn = j % (2 * before)
            matrix[i, min(turn, 2 * before - 1 - turn)] += max(1 - abs(center - j) / reach, 0)
    return matrix / matrix.sum(axis=1, keepdims=True)


def covered_resize(planes, cover, shape):
    """Means of what is covered, and how much that is."""
    rows, columns = (resize_matrix(*pair) for pair in zip(cover.shape, shape, strict=True))
    share = rows @ cover @ columns.T
    sums = np.stack([rows @ (cover * p) @ columns.T for p in np.moveaxis(planes, -1, 0)], axis=-1)
    return sums / np.where(share > 0, share, 1)[..., None], share


def neighbours(values, cover):
    """Right, left, lower and upper neighbour; the pixel itself where that one is not covered."""
    there = np.pad(cover > 0, 1)
    around = np.pad(values, [(1, 1)] * 2 + [(0, 0)] * (values.ndim - 2))
    found = []
    for y, x in ((1, 2), (1, 0), (2, 1), (0, 1)):
        part = np.s_[y : y + cover.shape[0], x : x + cover.shape[1]]
        inside = there[part].reshape(cover.shape + (1,) * (values.ndim - 2))
        found.append(np.where(inside, around[part], values))
    return found


def is_coarsest(level, shape, whole):
    if whole:
        return level == 5 or min((shape[0] + 1) // 2, (shape[1] + 1) // 2) <= 20
    return max(shape) <= 4


def solve(old, wanted, cover, smoothness, whole, level=0):
    """The change that a picture gets, from the one that is wanted."""
    if is_coarsest(level, cover.shape, whole):
        change = 0 * wanted if whole else wanted
    else:
        half = tuple((n + 1) // 2 for n in cover.shape)
        small_old, share = covered_resize(old, cover, half)
        small_wanted, _ = covered_resize(wanted, cover, half)
        small = solve(small_old, small_wanted, share, smoothness, whole, level + 1)
        found = small_old + small if whole else small - small_wanted
        back, _ = covered_resize(found, share, cover.shape)
        change = back - old if whole else back + wanted
    right, left, below, above = neighbours(old, cover)
    gradient = np.sqrt(((right - left) ** 2 + (below - above) ** 2).sum(axis=-1))
    psi = np.minimum(256 * gradient / 5, 1)
    phi = 30 * 2.0**-level / (1 + 10 * gradient / smoothness)
    pulls = [(phi + other) / 2 for other in neighbours(phi, cover)]
    total = psi + sum(pulls)
    for _ in range(ITERATIONS[min(level, 5)]):
        around = sum(
            pull[..., None] * other
            for pull, other in zip(pulls, neighbours(change, cover), strict=True)
        )
        new = (psi[..., None] * wanted + around) / total[..., None]
        change = np.where(cover[..., None] > 0, 0.8 * new + 0.2 * change, 0)
    return change


def regrain(image, changed, mask, smoothness=1.0, whole=False):
    """`image` with the colours of `changed` under the mask; where that is soft it counts as 1."""
    inside = mask > 0
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    box = np.s_[:, :] if whole else np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    old = np.where(inside[..., None], image, 0)[box]
    new = np.where(inside[..., None], changed, 0)[box]
    cover = np.ones(old.shape[:2]) if whole else inside[box].astype(float)
    result = np.array(image, float)
    result[box] += np.where(
        inside[box][..., None], solve(old, new - old, cover, smoothness, whole), 0
    )
    return result
