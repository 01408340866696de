"""Where an image comes from: a path, bytes or an open file; and its pixels, upright."""

import os
from os import PathLike
from pathlib import Path
from typing import BinaryIO, NamedTuple

from harmonia import _image_files
from harmonia._image_files import exif, resolutions, sniff
from harmonia._image_files.decoded import Decoded, ImageFileError, Refused

Source = str | PathLike[str] | bytes | BinaryIO

HEAD = 4096  # bytes: the size stands in them, but in some JPEG, TIFF and AVIF files


class Opened(NamedTuple):
    name: str
    format: str
    decoded: Decoded  # upright, the orientation in its EXIF 1


def name_of(source: object) -> str:
    if isinstance(source, (str, PathLike)):
        return os.fspath(source)
    return str(getattr(source, "name", "<bytes>" if isinstance(source, bytes) else "<file>"))


def open_image(source: Source, *, where: str) -> Opened:
    name = name_of(source)
    limit = sniff.pixel_limit()
    try:
        data = _bytes_of(source, limit, where)
        header = sniff.sniff(data)
        sniff.check_limit(header, limit)
        decoded = _image_files.codec(header.format).read(data, limit)
    except Refused as error:
        raise ImageFileError(name, str(error)) from error
    return Opened(name, header.format, _upright(decoded))


def _bytes_of(source: Source, limit: int, where: str) -> bytes:
    if isinstance(source, bytes):
        return source
    if isinstance(source, (str, PathLike)):
        with Path(source).open("rb") as file:
            return _read_on(file, limit)
    if hasattr(source, "read"):
        return _read_on(source, limit)
    raise TypeError(
        f"{where} must be a path, bytes or an open binary file, got {type(source).__name__}; "
        "arrays need no reading"
    )


def _read_on(file: BinaryIO, limit: int) -> bytes:
    """The bytes of a file, of one that is too large no more than its head."""
    head = file.read(HEAD)
    try:
        header = sniff.sniff(head)
    except Refused:
        header = None  # it may lie further on; the whole file is looked at again
    if header is not None:
        sniff.check_limit(header, limit)
    return head + file.read()


def _upright(decoded: Decoded) -> Decoded:
    turn = exif.orientation(decoded.exif)
    resolution, ancillary = decoded.resolution, dict(decoded.ancillary)
    if resolution is None and decoded.exif:
        resolution = resolutions.of_exif(decoded.exif)
    if turn == 1:
        return decoded._replace(resolution=resolution)
    if turn >= 5:  # across and down change places
        resolution = resolution and (resolution[1], resolution[0])
        if "pHYs" in ancillary:
            across, down, unit = ancillary["pHYs"]
            ancillary["pHYs"] = (down, across, unit)
    return decoded._replace(
        pixels=exif.turned(decoded.pixels, turn),
        exif=exif.upright(decoded.exif),
        notes=(*decoded.notes, f"orientation {turn} applied"),
        ancillary=ancillary,
        xmp=exif.upright_xmp(decoded.xmp),
        resolution=resolution,
    )
