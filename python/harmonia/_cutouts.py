"""Cut-outs: pictures whose alpha says what is pasted."""

from collections.abc import Sequence
from typing import Any

import numpy as np

Pixels = np.ndarray[Any, Any]


def alpha_varies(pixels: Pixels) -> bool:
    return pixels.shape[2] == 4 and bool((pixels[..., 3] != pixels[0, 0, 3]).any())


def of_one_depth(
    above: Pixels, below: Pixels, names: Sequence[str]
) -> tuple[Pixels, Pixels, list[str]]:
    """8 bits beside 16 are widened, which is exact; beside floats nothing is guessed."""
    if above.dtype == below.dtype:
        return above, below, []
    if np.float32 in (above.dtype, below.dtype):
        raise ValueError(
            f"{names[0]} is {above.dtype} and {names[1]} {below.dtype}; "
            "save both with the same depth"
        )
    pictures, notes = [], []
    for name, pixels in zip(names, (above, below), strict=True):
        if pixels.dtype == np.uint8:
            pixels = pixels.astype(np.uint16) * np.uint16(257)
            notes.append(f"{name}: 8 bits widened to 16")
        pictures.append(pixels)
    return pictures[0], pictures[1], notes
