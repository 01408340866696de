"""What an image file holds, whatever its format, and the errors for one that does not hold it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

Pixels = np.ndarray[Any, Any]


class Decoded(NamedTuple):
    """Pixels as they are stored, (H, W, 3) or (H, W, 4) of uint8, uint16 or float32.

    `exif` begins with the byte order, without the "Exif" that JPEG puts before it.
    `ancillary` holds the numbers of what else a PNG says of its pixels, by the names of the chunks.
    `resolution` is in pixels an inch, across and down, where the format itself says it.
    """

    pixels: Pixels
    icc: bytes | None = None
    exif: bytes | None = None
    notes: tuple[str, ...] = ()
    ancillary: Mapping[str, tuple[int, ...]] = MappingProxyType({})
    xmp: bytes | None = None
    resolution: tuple[float, float] | None = None


class Beside(NamedTuple):
    """What stands beside the pixels in a file. A format leaves out what it has no place for."""

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    resolution: tuple[float, float] | None = None
    ancillary: Mapping[str, tuple[int, ...]] = MappingProxyType({})  # of a PNG


NOTHING = Beside()


class Refused(ValueError):
    """What is wrong with a file or with pixels for it; who knows the name of the file adds it."""


class ImageFileError(ValueError):
    """A file that is no image as its format demands, or cannot hold what it is given.

    It says the name of the file, what was expected, and what came.
    """

    def __init__(self, name: str, said: str) -> None:
        super().__init__(name, said)
        self.name = name

    def __str__(self) -> str:
        name, said = self.args
        return f"{name}: {said}"
