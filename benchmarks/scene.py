"""The pictures every benchmark works on: seeded arithmetic, no file and no peer needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Scene:
    """A composite, its soft mask, and the two whole pictures for peers that know no mask."""

    image: Bytes
    mask: Bytes
    foreground: Bytes
    background: Bytes

    @property
    def pixels(self) -> int:
        return self.mask.size

    @property
    def coverage(self) -> float:
        """Mean of the mask."""
        return float(self.mask.mean()) / 255

    @property
    def touched(self) -> float:
        """Share of pixels whose mask is above 0."""
        return float((self.mask > 0).mean())


def hats(size: int, cells: int) -> Floats:
    """Weights that interpolate `cells + 1` grid values linearly to `size` pixels."""
    position = np.linspace(0, cells, size, dtype=np.float32)[:, None]
    return np.maximum(0, 1 - np.abs(position - np.arange(cells + 1, dtype=np.float32)))


def picture(height: int, width: int, tint: tuple[int, int, int], seed: int) -> Bytes:
    """Clouds over six octaves with falling weight (as in photographs), plus grain.

    Codes stay within 4..251: color-matcher returns NaN for an image with a black pixel.
    """
    rng = np.random.default_rng(seed)
    levels = np.empty((height, width, 3), np.float32)
    levels[:] = tint
    for octave in range(6):
        cells = 3 * 2**octave
        rows = max(1, round(cells * height / width))
        for channel, strength in ((slice(None), 90), (0, 25), (2, 35)):
            grid = rng.random((rows + 1, cells + 1), dtype=np.float32) - np.float32(0.5)
            clouds = hats(height, rows) @ grid @ hats(width, cells).T
            levels[:, :, channel] += (strength / 1.6**octave) * (
                clouds[:, :, None] if isinstance(channel, slice) else clouds
            )
    levels += rng.normal(0, 2.5, levels.shape).astype(np.float32)
    return np.clip(np.rint(levels), 4, 251).astype(np.uint8)


def ellipse(height: int, width: int, coverage: float = 0.3) -> Bytes:
    """A feathered ellipse of that mean coverage, white in the middle, 0 outside.

    Its bounding box holds 1.4 times as many pixels.
    """
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    radius = np.sqrt(x * x + y * y) / np.float32(0.618 * np.sqrt(coverage / 0.3))
    # pi / 4 * 0.618^2 = 0.30
    return np.rint(255 * np.clip(10.5 - 10 * radius, 0, 1)).astype(np.uint8)


def everywhere(height: int, width: int) -> Bytes:
    """Between 5 % and 95 % in every pixel: nothing can be skipped, nothing is fully covered."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    wave = np.float32(0.5) + np.float32(0.45) * np.sin(9 * x + 2 * y) * np.cos(5 * y)
    return np.rint(255 * wave).astype(np.uint8)


MASKS = {"ellipse": ellipse, "everywhere": everywhere}


@cache
def scene(height: int, width: int, mask: str) -> Scene:
    """A warm picture pasted through the mask onto a cool one."""
    foreground = picture(height, width, (150, 112, 84), seed=1)
    background = picture(height, width, (88, 112, 138), seed=2)
    alpha = MASKS[mask](height, width)
    share = alpha[:, :, None].astype(np.float32) / 255
    image = np.rint(share * foreground + (1 - share) * background).astype(np.uint8)
    return Scene(image, alpha, foreground, background)
