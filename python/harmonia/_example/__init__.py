"""The example that ships with the package; SOURCE.md says whose photograph it is."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def example() -> "tuple[NDArray[np.uint8], NDArray[np.uint8]]":
    """Return the shipped composite and its soft mask.

    >>> image, mask = harmonia.example()
    >>> image.shape, mask.shape
    ((320, 480, 3), (320, 480))
    """
    return _read("composite.jpg"), _read("mask.png")


def _read(name: str) -> "NDArray[np.uint8]":
    from importlib.resources import files  # both here, so that `import harmonia` stays light

    from PIL import Image

    with (files(__name__) / name).open("rb") as file, Image.open(file) as picture:
        return np.array(picture)
