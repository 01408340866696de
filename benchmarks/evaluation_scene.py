"""A dataset for the benchmarks of `harmonia evaluate`: composites, masks and reals of one size."""

from __future__ import annotations

import os
from pathlib import Path

import harmonia
import numpy as np
from scene import scene

DISTINCT = 20  # samples; the others are links to their files
FOLDERS = {"composites": ".jpg", "masks": ".png", "reals": ".jpg"}


def fill(root: Path, samples: int, *, height: int = 256, width: int = 256) -> Path:
    """A folder as the reader "folder" takes it: JPEG composites and reals, PNG masks."""
    one = scene(height, width, "ellipse")
    mask = np.stack([one.mask] * 3, axis=-1)
    for folder, suffix in FOLDERS.items():
        (root / folder).mkdir(parents=True)
        for n in range(samples):
            target = root / folder / f"{n:05}{suffix}"
            if n >= DISTINCT:
                os.link(root / folder / f"{n % DISTINCT:05}{suffix}", target)
                continue
            real = np.roll(one.image, 11 * n, axis=1)
            inside = np.clip(real * 0.8 + 20, 0, 255).astype(np.uint8)
            composite = np.where(mask > 127, inside, real)
            pixels = {"composites": composite, "masks": mask, "reals": real}
            harmonia.io.write(target, pixels[folder])
    return root


def command(source: Path, out: Path, methods: str, *more: str) -> list[str]:
    """The words behind `harmonia`."""
    where = ["--dataset", "folder", "--root", os.fspath(source), "-o", os.fspath(out)]
    return ["evaluate", *where, "--methods", methods, "--protocol", "idih", *more]
