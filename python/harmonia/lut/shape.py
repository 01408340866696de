"""Tables made from nothing and from other tables."""

import numpy as np

from harmonia.transform import Lut, check_size


def identity(size: int = 33) -> Lut:
    """The table that changes nothing.

    >>> look = harmonia.lut.identity(17)
    >>> bool((look.apply(image) == image).all())
    True
    """
    check_size(size, where="identity: size")
    axis = np.linspace(0, 1, size, dtype=np.float32)
    return Lut(np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1))
