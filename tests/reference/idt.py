"""Iterative distribution transfer with regrain as the authors' code has it, in plain NumPy."""

import numpy as np
from reference.projections import apply, fit, original
from reference.regrain import regrain

BINS = 300
BASES = np.array(
    [[3, 0, 0], [0, 3, 0], [0, 0, 3], [2, 2, -1], [2, -1, 2], [-1, 2, 2]], float
) / 3  # fmt: skip


def axes_of(rotations):
    """The two bases, as they are and then turned by each of the rotations."""
    return np.stack([BASES, *(BASES @ rotation for rotation in rotations)])


def random_axes(iterations, rng):
    return axes_of(np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(iterations - 1))


def idt(image, mask, axes):
    """The foreground of a float image, mask all or nothing, with the colours of the rest."""
    inside = mask > 0
    colors, rest = image[inside], image[~inside]
    ones = [np.ones(len(side)) for side in (colors, rest)]
    steps = fit(colors, ones[0], rest, ones[1], axes, [1] * len(axes), BINS, original)
    changed = image.copy()
    changed[inside] = apply(colors, steps)
    return changed


def idt_and_regrain(image, mask, axes):
    result = regrain(image, idt(image, mask, axes), mask, whole=True)
    return np.where(mask[..., None] > 0, np.clip(result, 0, 1), image)
