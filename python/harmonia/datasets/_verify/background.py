"""How a composite differs from its real outside the mask, and how much of that JPEG explains.

A composite is the real with something pasted in, encoded once more. So the real with the
composite's own foreground, encoded by the composite's own tables, differs from the real by the
noise that is to be expected there, next to the mask and far from it. Of published composites that
foretold the noise to a few percent: an MSE of 7.6 at quality 75, and of 0.098 at 95. A fixed limit
would not do: quality 75 leaves an MSE of 0.3 in a calm photograph of 12 megapixels, and of 55 in
the median of sharp ones of 512 pixels, up to 82; quality 95 up to 12.
"""

from typing import Any, NamedTuple

import numpy as np

from harmonia._image_files import jpeg

Pixels = np.ndarray[Any, Any]

SIDE = 16  # pixels: JPEG with halved colours works in blocks of so many
# MSE. A set that was resized or saved again afterwards has the noise of several encodings: up to
# twice the amplitude is taken for such.
TIMES = 4.0
ROUNDING = 2.0  # through other colour spaces and back, and by resizes; below it nothing is encoded
PATCH = 60.0  # a block that differs less cannot be told from noise: about 8 levels


class Blocks(NamedTuple):
    """Squared errors outside a mask, block by block."""

    squared: Pixels
    pixels: Pixels
    largest: float

    @property
    def mse(self) -> float:
        """NaN where the mask leaves nothing out."""
        count = float(self.pixels.sum())
        return float(self.squared.sum()) / (3 * count) if count else float("nan")

    @property
    def means(self) -> Pixels:
        """The MSE of each block; of those with less than a quarter outside, 0."""
        enough = self.pixels >= SIDE * SIDE / 4
        return np.where(enough, self.squared / (3 * np.maximum(self.pixels, 1)), 0.0)


def measure(composite: Pixels, real: Pixels, mask: Pixels) -> Blocks:
    """Of pictures in 8 bits, where the mask is 0."""
    height, width = mask.shape
    lefts = np.arange(0, width, SIDE)
    squared, pixels, largest = [], [], 0
    for top in range(0, height, SIDE):  # strips, which stay in the cache
        rows = slice(top, top + SIDE)
        outside = mask[rows] == 0
        change = np.subtract(composite[rows], real[rows], dtype=np.int16)
        change *= outside[..., None]
        largest = max(largest, int(change.max()), -int(change.min()))
        errors = np.einsum("ywc,ywc->w", change, change, dtype=np.int64)
        squared.append(np.add.reduceat(errors, lefts))
        pixels.append(np.add.reduceat(outside.sum(axis=0), lefts))
    return Blocks(np.stack(squared), np.stack(pixels), float(largest))


def judge(found: Blocks, composite: Pixels, real: Pixels, mask: Pixels, data: bytes) -> list[str]:
    """ "background", "background-patch", or neither; `data` is the file of the composite."""
    means = found.means
    if not found.mse > ROUNDING and not (means > PATCH).any():
        return []
    pasted = np.where((mask > 0)[..., None], composite, real)
    noise = measure(jpeg.encoded_like(pasted, data), real, mask)
    if found.mse > ROUNDING + TIMES * noise.mse:
        return ["background"]
    most = PATCH + TIMES * np.maximum(noise.means, noise.mse)
    return ["background-patch"] if (means > most).any() else []
