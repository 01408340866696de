"""LUT files: what a suffix means, reading and writing. Knows arrays and bytes, no `Lut`."""

import os
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from harmonia import _atomic
from harmonia._lut_files import cube, hald, threedl
from harmonia._lut_files.contents import Contents, LutFileError

MOST_BYTES = 1 << 28  # a .cube of 129 nodes an axis in full digits has half of it


class Format(NamedTuple):
    parse: Callable[[bytes, str], Contents]
    format: Callable[..., bytes]
    size: int  # nodes along an axis where nobody says
    bits: int | None  # of the integers where nobody says; None for floats


FORMATS = {
    ".cube": Format(cube.parse, cube.format, 33, None),
    ".3dl": Format(threedl.parse, threedl.format, 33, 12),
    ".png": Format(hald.parse, hald.format, 64, 16),
}


def format_of(path: str | PathLike[str], *, where: str) -> Format:
    if not isinstance(path, str | PathLike):
        raise TypeError(f"{where} must be a str or a pathlib.Path, got {type(path).__name__}")
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(f"{where} must end in {', '.join(FORMATS)}, got {Path(path).name!r}")
    return FORMATS[suffix]


def read(path: str | PathLike[str], *, where: str) -> Contents:
    parse = format_of(path, where=where).parse
    name = Path(path).name
    with Path(path).open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > MOST_BYTES:
            raise LutFileError(name, f"expected at most {MOST_BYTES} bytes, got {size}")
        data = file.read(size)
    return parse(data, name)


def write(
    contents: Contents,
    path: str | PathLike[str],
    *,
    title: str | None = None,
    bits: int | None = None,
    overwrite: bool = True,
    where: str,
) -> None:
    """`title` and `bits` where the format has them. All is checked before the disk is touched."""
    chosen = format_of(path, where=f"{where}: path")
    suffix = Path(path).suffix.lower()
    if title is not None:
        if suffix != ".cube":
            raise ValueError(f"{where}: title is for .cube, {suffix} holds none; leave it out")
        contents = contents._replace(title=title)
    if bits is not None and chosen.bits is None:
        raise ValueError(f"{where}: bits is for files of integers, {suffix} holds floats")
    depth = () if chosen.bits is None else (chosen.bits if bits is None else bits,)
    try:
        data = chosen.format(contents, *depth)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    try:
        _atomic.write(Path(path), data, overwrite=overwrite)
    except FileExistsError:
        raise FileExistsError(
            f"{where}: {path} is there already; pass overwrite=True to replace it"
        ) from None
