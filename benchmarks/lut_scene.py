"""What a table is timed on: a picture, perhaps a mask, nodes, and the exact answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import exact
import numpy as np
from numpy.typing import NDArray
from scene import Bytes, Floats, ellipse, picture

SAMPLE = 40_000  # pixels whose answer is compared with the exact one


@dataclass(frozen=True, eq=False)
class LutScene:
    """`nodes[r, g, b, channel]` of 0..1, for the colours of an image inside a mask."""

    image: NDArray[Any]
    mask: Bytes | None
    nodes: Floats
    interpolation: str

    @property
    def pixels(self) -> int:
        return self.image.shape[0] * self.image.shape[1]

    @property
    def white(self) -> float:
        return 255.0 if self.image.dtype == np.uint8 else 1.0

    @property
    def share(self) -> Floats:
        """The mask as weights."""
        assert self.mask is not None
        return np.multiply(self.mask, np.float32(1 / 255), dtype=np.float32)

    def levels_off(self, output: NDArray[Any]) -> dict[str, float]:
        """Distance to the float64 result, in levels of 255, on a sample of what may change."""
        chosen = np.arange(self.pixels) if self.mask is None else np.flatnonzero(self.mask)
        if not len(chosen):
            return {}
        chosen = chosen[:: max(1, len(chosen) // SAMPLE)]
        old = self.image.reshape(-1, 3)[chosen].astype(np.float64) / self.white
        new = exact.lut3d(old, self.nodes.astype(np.float64), self.interpolation)
        if self.mask is not None:
            share = self.mask.reshape(-1)[chosen, None] / 255
            new = share * new + (1 - share) * old
        off = np.abs(255 / self.white * output.reshape(-1, 3)[chosen] - 255 * new)
        return {"mean": round(float(off.mean()), 4), "max": round(float(off.max()), 4)}

    def background_kept(self, output: NDArray[Any]) -> bool:
        """Whether every pixel under a zero mask is what it was, to the bit."""
        outside = np.zeros(1, bool) if self.mask is None else self.mask == 0
        return not outside.any() or bool((output[outside] == self.image[outside]).all())


def lut_scene(
    height: int,
    width: int,
    source: str = "",
    *,
    dtype: str = "uint8",
    coverage: float | None = None,
    size: int = 33,
    interpolation: str = "trilinear",
) -> LutScene:
    """`source` is the path of a photograph, "random", or "" for the clouds of scene.py."""
    image: NDArray[Any] = pixels(height, width, source)
    if dtype == "float32":
        image = floats(height, width, source)
    mask = None if coverage is None else object_mask(height, width, coverage)
    return LutScene(image, mask, look(size), interpolation)


@cache
def pixels(height: int, width: int, source: str) -> Bytes:
    if source == "random":
        return np.random.default_rng(5).integers(0, 256, (height, width, 3), np.uint8)
    if source:
        return photograph(height, width, source)
    return picture(height, width, (128, 112, 104), seed=1)


@cache
def floats(height: int, width: int, source: str) -> Floats:
    return np.multiply(pixels(height, width, source), np.float32(1 / 255), dtype=np.float32)


@cache
def object_mask(height: int, width: int, coverage: float) -> Bytes:
    if coverage in (0, 1):
        return np.full((height, width), 255 * coverage, np.uint8)
    return ellipse(height, width, coverage)


def photograph(height: int, width: int, path: str) -> Bytes:
    """The middle of a photograph in that shape, scaled by Lanczos."""
    from PIL import Image, ImageOps

    with Image.open(Path(path)) as opened:
        fitted = ImageOps.fit(opened.convert("RGB"), (width, height), Image.Resampling.LANCZOS)
    return np.array(fitted)


@cache
def look(size: int) -> Floats:
    """A grade: contrast, warmth and saturation, and in every node a little seeded noise.

    The noise makes every cell curved, so that trilinear and tetrahedral differ and show errors.
    """
    axis = np.linspace(0, 1, size)
    colours = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
    curved = colours * colours * (3 - 2 * colours) * np.array([1.0, 0.96, 0.88])
    grey = curved.mean(axis=-1, keepdims=True)
    noise = np.random.default_rng(7).normal(0, 0.01, colours.shape)
    return np.clip(grey + 1.2 * (curved - grey) + noise, 0, 1).astype(np.float32)
