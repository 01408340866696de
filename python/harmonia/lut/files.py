"""Tables from files, to files, and as Hald images."""

from os import PathLike
from typing import Any, Literal

import numpy as np

from harmonia import _lut_files
from harmonia._lut_files import hald
from harmonia.transform import Lut


def read_lut(path: str | PathLike[str]) -> Lut:
    """The table in a .cube, a .3dl, or a Hald image in PNG, by its suffix.

    A curve without a table becomes the shaper of one that passes its values on. A file that departs
    from its format is a `LutFileError`, which names the line.

    >>> import tempfile
    >>> look = harmonia.fit(image, mask, "mkl").to_lut(17)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     harmonia.lut.write_lut(look, f"{folder}/look.cube")
    ...     harmonia.lut.read_lut(f"{folder}/look.cube") == look
    True
    """
    return Lut(*_lut_files.read(path, where="read_lut: path"))


def write_lut(
    lut: Lut,
    path: str | PathLike[str],
    *,
    title: str | None = None,
    bits: int | None = None,
    overwrite: bool = True,
) -> None:
    """Write a table to a .cube, a .3dl, or a Hald image in PNG, by the suffix of the path.

    Parameters
    ----------
    lut
        A .cube holds it to the bit. The others hold tables over 0..1 without a shaper, rounded.
    title
        Of a .cube; the table's own if left out. The others hold none.
    bits
        Of a .3dl, 8, 10, 12 or 16 (12 if left out), or of a PNG, 8 or 16 (16 if left out).
    overwrite
        Whether a file that is there may be replaced; else it is a `FileExistsError`.

    The file appears whole or not at all; an old one stays until then.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     harmonia.lut.write_lut(harmonia.lut.identity(16), f"{folder}/look.png", bits=8)
    """
    if not isinstance(lut, Lut):
        raise TypeError(
            f"write_lut: lut must be a harmonia.lut.Lut, got {type(lut).__name__}; "
            "a transform becomes one with transform.to_lut(33)"
        )
    _lut_files.write(
        lut.contents, path, title=title, bits=bits, overwrite=overwrite, where="write_lut"
    )


def to_hald(
    lut: Lut, level: int | None = None, *, dtype: Literal["uint8", "uint16", "float32"] = "uint16"
) -> "np.ndarray[Any, Any]":
    """A table of level**2 nodes an axis as a square image of level**3 pixels a side.

    >>> harmonia.lut.to_hald(harmonia.lut.identity(16)).shape
    (64, 64, 3)
    """
    if not isinstance(lut, Lut):
        raise TypeError(f"to_hald: lut must be a harmonia.lut.Lut, got {type(lut).__name__}")
    if str(dtype) not in ("uint8", "uint16", "float32"):
        raise ValueError(f"to_hald: dtype must be uint8, uint16 or float32, got {dtype!r}")
    if level is not None and (level not in hald.LEVELS or lut.size != (level**2,) * 3):
        raise ValueError(
            f"to_hald: level must be {hald.LEVELS[0]} to {hald.LEVELS[-1]} and the table have its "
            f"square of nodes an axis, got {level!r} for {lut.size}; "
            "use harmonia.lut.resize(lut, level**2)"
        )
    try:
        return hald.to_pixels(lut.contents, np.dtype(dtype))
    except ValueError as error:
        raise ValueError(f"to_hald: {error}") from None


def from_hald(image: "np.ndarray[Any, Any]") -> Lut:
    """The table in a Hald image: uint8, uint16 or float32 (H, W, 3), or opaque (H, W, 4).

    >>> look = harmonia.lut.identity(16)
    >>> harmonia.lut.from_hald(harmonia.lut.to_hald(look, dtype="float32")) == look
    True
    """
    pixels = np.asarray(image)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise ValueError(
            f"from_hald: image must have shape (H, W, 3) or (H, W, 4), got {pixels.shape}"
        )
    if pixels.dtype not in (np.uint8, np.uint16, np.float32):
        raise TypeError(
            f"from_hald: image must be uint8, uint16 or float32, got {pixels.dtype}; "
            "convert with image.astype('float32')"
        )
    try:
        return Lut(hald.from_pixels(pixels))
    except ValueError as error:
        raise ValueError(f"from_hald: image: {error}") from None
