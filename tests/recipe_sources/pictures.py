"""Little photographs with masks, which sources of recipes are made of."""

import images
import numpy as np
from harmonia import io

SIZE = (60, 84)


def photograph(seed, size=SIZE):
    """A disc on a ground; seeds apart by one differ in hue and contrast."""
    picture = images.scene(*size, seed)[0]
    tint = np.random.default_rng(seed).uniform(0.75, 1.05, 3)
    return images.as_dtype(np.clip(picture * tint, 0, 1), "uint8")


def edition(picture, number):
    """The same picture under another curve of tones and another tint; 0 is as it is."""
    gains = 1 + 0.1 * number * np.array([1, 0.3, -0.5])
    return np.rint(255 * np.clip((picture / 255) ** (1 + 0.12 * number) * gains, 0, 1)).astype(
        np.uint8
    )


def disc(size=SIZE):
    return images.as_dtype(images.soft_disc(*size), "uint8")


def save(path, pixels, **options):
    """A picture, or a mask; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    io.write(path, np.stack([pixels] * 3, axis=-1) if pixels.ndim == 2 else pixels, **options)
    return path
