"""Pictures from files and to files, with their profile and EXIF."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from harmonia import _atomic, _image_files
from harmonia._image_files import resolutions
from harmonia._image_files.decoded import NOTHING, Beside, ImageFileError, Refused
from harmonia.io._source import Source, name_of, open_image


class LossWarning(UserWarning):
    """What stood beside the pixels, and has no place in the file."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What an image file holds.

    Attributes
    ----------
    pixels
        (H, W, 3), or (H, W, 4) with alpha: uint8, uint16 or float32, as deep as the file, upright.
    format
        "PNG", "JPEG", "WEBP", "TIFF", "AVIF" or "EXR".
    icc
        The colour profile as it was; the pixels are not converted to another.
    exif
        As it was, but for the orientation, which is 1.
    notes
        Every conversion that was made: "grey to RGB", "orientation 6 applied".
    ancillary
        What else a PNG says of its pixels, the numbers of its chunks by their names, such as cICP.
    xmp
        The XMP packet as it was, but for the orientation.
    resolution
        Pixels an inch, across and down.
    """

    pixels: "np.ndarray[Any, Any]"
    format: str
    icc: bytes | None = None
    exif: bytes | None = None
    notes: tuple[str, ...] = ()
    ancillary: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    xmp: bytes | None = None
    resolution: tuple[float, float] | None = None


def read(source: Source) -> Picture:
    """The picture in a PNG, JPEG, WebP, TIFF, AVIF or EXR file, by its first bytes.

    Parameters
    ----------
    source
        A path, the bytes of a file, or a file open for reading them.

    Files of more pixels than 256 million, or than the environment variable HARMONIA_MAX_PIXELS,
    are refused by their header. What is wrong with a file is an `ImageFileError`; one that cannot
    be opened is an `OSError`. TIFF of 16 bits or floats needs the extra `tiff`, EXR `exr`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     harmonia.io.write(f"{folder}/picture.png", image)
    ...     picture = harmonia.io.read(f"{folder}/picture.png")
    >>> picture.format, bool((picture.pixels == image).all())
    ('PNG', True)
    """
    _, kind, decoded = open_image(source, where="read: source")
    return Picture(
        decoded.pixels,
        kind,
        decoded.icc,
        decoded.exif,
        decoded.notes,
        decoded.ancillary,
        decoded.xmp,
        decoded.resolution,
    )


def write(
    target: str | PathLike[str] | BinaryIO,
    pixels: "np.ndarray[Any, Any]",
    *,
    like: Picture | None = None,
    quality: int = 95,
    overwrite: bool = False,
    format: str | None = None,
) -> None:
    """Write a picture in the format that the suffix says, whole or not at all.

    Parameters
    ----------
    target
        A path, or with `format` a file open for writing bytes.
    pixels
        (H, W, 3) or (H, W, 4) of uint8, uint16 or float32. A format that would lose bits or alpha
        is an `ImageFileError`.
    like
        A picture whose colour profile, EXIF, XMP and resolution the file gets too, and a PNG its
        ancillary chunks. Where those say what the colours are (cICP), another format is an
        `ImageFileError`. What else a format has no place for gives a `LossWarning`.
    quality
        1..100, of JPEG and AVIF (never with halved colours), and of WebP, which is lossless at
        100 and halves them below.
    overwrite
        Whether a file that is there may be replaced; else it is a `FileExistsError`.
    format
        "PNG", "JPEG", "WEBP", "TIFF", "AVIF" or "EXR", for a name that does not say it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     harmonia.io.write(f"{folder}/picture.tiff", image.astype("uint16") * 257)
    """
    _check_pixels(pixels)
    if like is not None and not isinstance(like, Picture):
        raise TypeError(
            f"write: like must be a harmonia.io.Picture, got {type(like).__name__}; "
            "harmonia.io.read(path) gives one"
        )
    whole = isinstance(quality, (int, np.integer)) and not isinstance(quality, bool)
    if not whole or not 1 <= quality <= 100:
        raise ValueError(f"write: quality must be an integer of 1..100, got {quality!r}")
    path = Path(target) if isinstance(target, (str, PathLike)) else None
    name = name_of(target)
    if path is None and not hasattr(target, "write"):
        raise TypeError(
            f"write: target must be a path or an open binary file, got {type(target).__name__}"
        )
    kind = _format(path, format, name)
    if path is not None and not path.parent.is_dir():
        raise FileNotFoundError(
            f"there is no folder {path.parent} to write {path.name} to; make it first"
        )
    if path is not None and not overwrite and path.exists():
        raise _exists(name)
    beside = NOTHING
    if like is not None:
        beside = Beside(like.icc, like.exif, like.xmp, like.resolution, like.ancillary)
        if kind != "PNG":
            _refuse_lost_colours(like, kind, name)
            _warn_of_losses(like, kind, name)
    options = {"quality": int(quality)} if kind in _image_files.WITH_QUALITY else {}
    try:
        data = _image_files.codec(kind).write(pixels, beside, **options)
    except Refused as error:
        raise ImageFileError(name, str(error)) from error
    if path is None:
        target.write(data)  # type: ignore[union-attr]
        return
    try:
        _atomic.write(path, data, overwrite=overwrite)
    except FileExistsError:
        raise _exists(name) from None


# Chunks of a PNG without which its values are other colours; no other format has a place for them.
_COLOURS = ("cICP", "mDCV", "cLLI")
# What they say of sRGB, in 1/100000: the exponent, white, red, green and blue.
OF_SRGB = {"gAMA": (45455,), "cHRM": (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)}


def _refuse_lost_colours(like: Picture, kind: str, name: str) -> None:
    lost = [chunk for chunk in _COLOURS if chunk in like.ancillary]
    if lost:
        raise ImageFileError(
            name,
            f"{kind} has no place for {' and '.join(lost)}, which say what the colours are; "
            "write a .png, or leave them out with dataclasses.replace(like, ancillary={})",
        )


def _warn_of_losses(like: Picture, kind: str, name: str) -> None:
    lost = []
    said = {chunk: like.ancillary[chunk] for chunk in OF_SRGB if chunk in like.ancillary}
    if like.icc is None and "sRGB" not in like.ancillary and not is_srgb(said):
        lost.append(f"{' and '.join(said)}, which say what the colours are")
    across, down, unit = like.ancillary.get("pHYs", (1, 1, 0))
    if unit != 1 and across != down:
        lost.append("pHYs, which says that pixels are not square")
    if like.resolution is not None and kind not in ("JPEG", "TIFF", "PNG"):
        # What has EXIF keeps it as it is; where there is none, one is made for the resolution.
        in_exif = resolutions.of_exif(like.exif) if like.exif else like.resolution
        if kind == "EXR" or not resolutions.same(like.resolution, in_exif):
            lost.append("the resolution")
    for one in lost:
        warnings.warn(f"{name}: {kind} has no place for {one}", LossWarning, stacklevel=3)


def is_srgb(said: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether gAMA and cHRM are those of sRGB, within the digits that writers round to."""
    return all(
        abs(a - b) <= 100
        for chunk, numbers in OF_SRGB.items()
        for a, b in zip(said.get(chunk, numbers), numbers, strict=True)
    )


def _exists(name: str) -> FileExistsError:
    return FileExistsError(f"{name} is there already; pass overwrite=True to replace it")


def _format(path: Path | None, said: str | None, name: str) -> str:
    if said is not None:
        kind = str(said).upper()
        if kind not in _image_files.MODULES:
            known = ", ".join(_image_files.MODULES)
            raise ValueError(f"write: format must be one of {known}, got {said!r}")
        return kind
    if path is None:
        raise ValueError("write: format must be given for an open file, such as format='PNG'")
    try:
        return _image_files.format_of(path.suffix)
    except Refused as error:
        raise ImageFileError(name, str(error)) from None


def _check_pixels(pixels: object) -> None:
    if not isinstance(pixels, np.ndarray):
        raise TypeError(
            f"write: pixels must be a NumPy array, got {type(pixels).__name__}; "
            "convert with numpy.asarray(...)"
        )
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or pixels.size == 0:
        raise ValueError(
            f"write: pixels must have shape (H, W, 3) or (H, W, 4), got {pixels.shape}"
        )
    if pixels.dtype not in (np.uint8, np.uint16, np.float32):
        raise TypeError(
            f"write: pixels must be uint8, uint16 or float32, got {pixels.dtype}; "
            "convert with pixels.astype('float32')"
        )
