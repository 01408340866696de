"""Pairs of pictures to score: a target, an output that misses it by some levels, and a mask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scene import Bytes, ellipse, picture


@dataclass(frozen=True, eq=False)
class Case:
    """An output, what it should be, and the soft mask of the foreground."""

    output: Bytes
    target: Bytes
    mask: Bytes

    @property
    def pixels(self) -> int:
        return self.mask.size


@cache
def case(height: int, width: int, background: str, seed: int = 1) -> Case:
    """A foreground eight levels too warm. The background is "kept", as by a method that touches
    only the mask, or "noisy", as of a file that went through JPEG: nothing can be skipped there.
    """
    target = picture(height, width, (120, 112, 104), seed)
    mask = ellipse(height, width, 0.25)
    noise = np.random.default_rng(seed).normal(0, 2.0, target.shape)
    if background == "kept":
        noise[mask == 0] = 0
    warmth = mask[..., None] / 255 * np.array([8.0, 2.0, -8.0])
    output = np.clip(np.rint(target + noise + warmth), 0, 255).astype(np.uint8)
    return Case(output, target, mask)
