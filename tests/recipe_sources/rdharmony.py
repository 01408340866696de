"""A source for rdharmony: two scenes in a few styles."""

import numpy as np
from harmonia import io
from images import as_dtype, scene

STYLES = {"bar_3": (1, 4, 10), "street-04": (2, 7)}


def make(folder):
    for number, (name, styles) in enumerate(STYLES.items()):
        pixels, mask = scene(36, 64, number)
        (folder / name).mkdir(parents=True)
        io.write(folder / name / "mask.png", as_dtype(np.stack([mask] * 3, axis=-1), np.uint8))
        for style in styles:
            light = np.random.default_rng(style).uniform(0.4, 1, 3)
            io.write(folder / name / f"{style}.png", as_dtype(pixels * light, np.uint8))
    return folder
