"""The example that ships with the package; SOURCE.md says whose photograph it is."""

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray


def example() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the shipped composite and its soft mask.

    >>> image, mask = example()
    >>> image.shape, mask.shape
    ((320, 480, 3), (320, 480))
    """
    return _read("composite.jpg"), _read("mask.png")


def _read(name: str) -> NDArray[np.uint8]:
    from PIL import Image  # here, so that `import harmonia` stays light

    with (files(__name__) / name).open("rb") as file, Image.open(file) as picture:
        return np.array(picture)
