"""The answers: each implementation's own formula in plain float64 NumPy, never rounded.

Images are uint8, weights and shares are float64 within 0..1; results are levels, 0..255.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RGB_TO_LMS = np.array(
    [[0.3811, 0.5783, 0.0402], [0.1967, 0.7244, 0.0782], [0.0241, 0.1288, 0.8444]]
)
# As printed in the paper of 2001: not quite the inverse of the matrix above.
PAPER_LMS_TO_RGB = np.array(
    [[4.4679, -3.5873, 0.1193], [-1.2186, 2.3809, -0.1624], [0.0497, -0.2439, 1.2045]]
)
LMS_TO_RGB = np.array(
    [[4.4687, -3.5887, 0.1196], [-1.2197, 2.3831, -0.1626], [0.0585, -0.2611, 1.2057]]
)
LOG_LMS_TO_LALPHABETA = np.diag([3**-0.5, 6**-0.5, 2**-0.5]) @ np.array(
    [[1.0, 1.0, 1.0], [1.0, 1.0, -2.0], [1.0, -1.0, 0.0]]
)

# sRGB, IEC 61966-2-1; the white point is the image of (1, 1, 1), so that greys have a = b = 0.
LINEAR_TO_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
WHITE = LINEAR_TO_XYZ.sum(axis=1)
XYZ_TO_LAB = np.array([[0.0, 116.0, 0.0], [500.0, -500.0, 0.0], [0.0, 200.0, -200.0]])
LAB_OFFSET = np.array([-16.0, 0.0, 0.0])


class LAlphaBeta:
    """Logarithmic opponent space of Ruderman; sRGB codes are taken as they are."""

    def __init__(self, lms_to_rgb: Array = LMS_TO_RGB) -> None:
        self.lms_to_rgb = lms_to_rgb

    def forward(self, image: NDArray[np.uint8]) -> Array:
        return np.log10(image / 255 @ RGB_TO_LMS.T) @ LOG_LMS_TO_LALPHABETA.T

    def inverse(self, colours: Array) -> Array:
        # The rows of the forward matrix are orthonormal: its inverse is its transpose.
        return 255 * (10 ** (colours @ LOG_LMS_TO_LALPHABETA) @ self.lms_to_rgb.T)


class Lab:
    """CIELAB under D65."""

    def forward(self, image: NDArray[np.uint8]) -> Array:
        codes = np.arange(256) / 255
        curve = np.where(codes > 0.04045, ((codes + 0.055) / 1.055) ** 2.4, codes / 12.92)
        xyz = curve[image] @ (LINEAR_TO_XYZ / WHITE[:, None]).T
        compressed = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
        return compressed @ XYZ_TO_LAB.T + LAB_OFFSET

    def inverse(self, colours: Array) -> Array:
        compressed = (colours - LAB_OFFSET) @ np.linalg.inv(XYZ_TO_LAB).T
        xyz = np.where(compressed > 6 / 29, compressed**3, (116 * compressed - 16) * 27 / 24389)
        linear = np.clip((xyz * WHITE) @ np.linalg.inv(LINEAR_TO_XYZ).T, 0, 1)
        curved = 1.055 * linear ** (1 / 2.4) - 0.055
        return 255 * np.where(linear > 0.0031308, curved, 12.92 * linear)


def moments(colours: Array, weights: Array) -> tuple[Array, Array]:
    mean = np.average(colours, axis=(0, 1), weights=weights)
    centred = (colours - mean).reshape(-1, 3)
    return mean, (centred * weights.reshape(-1, 1)).T @ centred / weights.sum()


@dataclass(frozen=True)
class Task:
    """Whose colours change, towards whose, and how much of the result shows."""

    image: NDArray[np.uint8]
    inside: Array  # weights of the image's statistics
    reference: NDArray[np.uint8]
    outside: Array  # weights of the reference's statistics
    share: Array  # of the result in the output

    def composite(self, levels: Array) -> Array:
        share = self.share[:, :, None]
        return share * np.clip(levels, 0, 255) + (1 - share) * self.image


def reinhard(task: Task, space: LAlphaBeta | Lab) -> Array:
    colours = space.forward(task.image)
    mean, covariance = moments(colours, task.inside)
    aim, spread = moments(
        colours if task.reference is task.image else space.forward(task.reference), task.outside
    )
    ratio = np.sqrt(np.diag(spread) / np.diag(covariance))
    return task.composite(space.inverse((colours - mean) * ratio + aim))


def root(matrix: Array) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(values)) @ vectors.T


def mkl_matrix(source: Array, target: Array) -> Array:
    """S^-1/2 (S^1/2 T S^1/2)^1/2 S^-1/2, the symmetric map between two covariances."""
    half = root(source)
    inverse = np.linalg.inv(half)
    return inverse @ root(half @ target @ half) @ inverse


def mkl(task: Task) -> Array:
    colours = task.image.astype(np.float64)
    mean, covariance = moments(colours, task.inside)
    aim, spread = moments(task.reference.astype(np.float64), task.outside)
    return task.composite((colours - mean) @ mkl_matrix(covariance, spread).T + aim)


def mean_shift(task: Task) -> Array:
    mean, _ = moments(task.image.astype(np.float64), task.inside)
    aim, _ = moments(task.reference.astype(np.float64), task.outside)
    return task.composite(task.image + (aim - mean))


def histogram(task: Task) -> Array:
    """Quantiles of the foreground's codes, looked up among the quantiles of the target's."""
    levels = np.empty(task.image.shape)
    codes = np.arange(256)
    for c in range(3):
        source = np.bincount(task.image[..., c].ravel(), task.inside.ravel(), 256)
        target = np.bincount(task.reference[..., c].ravel(), task.outside.ravel(), 256)
        occupied = target > 0
        aims = np.cumsum(target)[occupied] / target.sum()
        table = np.interp(np.cumsum(source) / source.sum(), aims, codes[occupied])
        levels[..., c] = table[task.image[..., c]]
    return task.composite(levels)


def lut3d(colours: Array, nodes: Array, interpolation: str) -> Array:
    """Colours (n, 3) of 0..1 through a table nodes[r, g, b, channel] that spans 0..1."""
    last = np.array(nodes.shape[:3]) - 1
    place = colours * last
    cell = np.minimum(place.astype(np.int64), last - 1)
    share = place - cell
    if interpolation == "trilinear":
        corners = np.array(list(np.ndindex(2, 2, 2)))
        weights = [np.prod(np.where(corner, share, 1 - share), axis=1) for corner in corners]
    else:  # from the cell's own node along the axes, the largest share first
        order = np.argsort(-share, axis=1, kind="stable")
        one_step = np.eye(3, dtype=np.int64)[order]
        corners = [np.zeros_like(cell), *np.cumsum(one_step, axis=1).swapaxes(0, 1)]
        ordered = np.take_along_axis(share, order, axis=1)
        edges = np.hstack([np.ones((len(share), 1)), ordered, np.zeros((len(share), 1))])
        weights = list(-np.diff(edges, axis=1).T)
    total = np.zeros(colours.shape)
    for corner, weight in zip(corners, weights, strict=True):
        total += weight[:, None] * nodes[tuple((cell + corner).T)]
    return total
