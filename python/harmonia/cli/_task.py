"""A composite and its mask, from files to a harmonized file: what one run does, and a batch."""

import errno
import io
import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import harmonia
from harmonia import _image_files, _registry, models
from harmonia._image_files.decoded import Refused
from harmonia.cli._arguments import AS_IT_IS, MaskWays, Misused
from harmonia.io.masks import read_any_mask, warn_if_doubtful

Harmonize = Callable[..., Any]  # of a picture and its mask

STANDARD = "-"  # standard input or output instead of a file
LOSSLESS = ("PNG", "TIFF", "EXR")

# Notes of reading that lose nothing, or say what was asked for; all others deserve a warning.
EXACT = re.compile(
    r"(grey|1-bit|palette) to RGB|transparent colours to alpha|white is zero turned round"
    r"|orientation \d applied|alpha|inverted|converted to sRGB|resized from .*|16 bits to floats .*"
    r"|1 taken for white"
)

# Notes of what stands beside the pixels.
BESIDE = re.compile(
    r"(the chunks|the segment|the tags|its comment|XMP|all XMP|EXIF|\d+ bytes behind).*"
)


@dataclass(frozen=True)
class Settings:
    """What holds for every picture of a run."""

    method: str = "auto"
    strength: float = 1.0
    options: dict[str, Any] = field(default_factory=dict)
    masks: MaskWays = AS_IT_IS
    quality: int = 95
    overwrite: bool = False
    format: str | None = None


def opened(settings: Settings, *, reference: bool = False) -> tuple[str, Harmonize]:
    """The method's own name, and the method with its options; a network is loaded now."""
    name = _registry.method_name(settings.method, where="harmonize", reference=reference)
    harmonizer = harmonia.load(name, **settings.options)
    return name if models.is_bundled(name) else harmonizer.method, harmonizer


def shown(name: str, direction: str = "input") -> str:
    """A name in words."""
    return f"standard {direction}" if name == STANDARD else name


def read(name: str, *, to_srgb: bool = False) -> harmonia.io.Picture:
    picture = harmonia.io.read(source(name))
    return in_srgb(name, picture) if to_srgb else picture


def in_srgb(name: str, picture: harmonia.io.Picture) -> harmonia.io.Picture:
    try:
        return harmonia.io.to_srgb(picture)
    except harmonia.io.ProfileError as error:
        said = str(error).removeprefix("to_srgb: picture").lstrip(": ")
        raise harmonia.io.ImageFileError(shown(name), said) from error


def read_mask(name: str, picture: harmonia.io.Picture, ways: MaskWays) -> harmonia.io.MaskFile:
    return mask_of(source(name), picture.pixels.shape[:2], ways)


def mask_of(source: Any, size: tuple[int, ...], ways: MaskWays) -> harmonia.io.MaskFile:
    """As `harmonia.io.read_mask`, by the flags of the command line."""
    height, width = size
    found = read_any_mask(source, image_size=(height, width), **ways._asdict())
    warn_if_doubtful(found, source)
    return found


def kept(name: str) -> Any:
    """A source that can be read twice, if it is `rewound` between."""
    if name != STANDARD:
        return source(name)
    stream = io.BytesIO(source(name).read())
    stream.name = "<stdin>"  # as errors about standard input call it
    return stream


def rewound(source: Any) -> Any:
    if isinstance(source, io.BytesIO):
        source.seek(0)
    return source


def refuse_second_standard_input(names: Iterable[str | None]) -> None:
    if sum(name == STANDARD for name in names) > 1:
        raise Misused("- can be only one of the pictures, as standard input is read once")


def output(name: str, first: str, settings: Settings) -> str:
    """The file to write, checked before any work; a folder takes the name of `first`."""
    if name == STANDARD:
        if sys.stdout.isatty():
            raise Misused("-o - would fill the terminal with a picture; send it into a file")
        return name
    path = Path(name)
    if path.is_dir():
        if first == STANDARD:
            raise Misused(f"-o {name} is a folder, and standard input has no name; add a name")
        path = path / Path(first).name
    elif name.endswith(("/", os.sep)):
        raise FileNotFoundError(f"there is no folder {name}; make it first")
    _format_of_name(path, settings)
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"there is no folder {path.parent} to write {path.name} to; make it first"
        )
    if path.exists():
        if not settings.overwrite:
            raise FileExistsError(f"{path} is there already; pass overwrite=True to replace it")
    elif not os.access(path.parent, os.W_OK):
        raise PermissionError(f"the folder {path.parent} is write-protected; choose another")
    return str(path)


def format_of(name: str, like: harmonia.io.Picture | None, settings: Settings) -> str:
    """The format that `write` writes. Standard output loses nothing unless it is told to."""
    if name != STANDARD:
        return _format_of_name(Path(name), settings)
    return settings.format or (like.format if like and like.format in LOSSLESS else "PNG")


def write(name: str, pixels: Any, like: harmonia.io.Picture | None, settings: Settings) -> None:
    """To a file, or to standard output."""
    harmonia.io.write(
        sys.stdout.buffer if name == STANDARD else Path(name),
        pixels,
        like=like,
        quality=settings.quality,
        overwrite=settings.overwrite,
        format=format_of(name, like, settings),
    )


def is_lossless(format: str, settings: Settings) -> bool:
    return format in LOSSLESS or (format == "WEBP" and settings.quality == 100)


def losses(notes: Iterable[str], *, pixels_only: bool = False) -> list[str]:
    """Those notes of reading that tell of something that is no longer there, or no longer exact.

    `pixels_only` is for masks and for pictures whose metadata would not be written anyway.
    """
    lost = [note for note in notes if not EXACT.fullmatch(note)]
    return [note for note in lost if not (pixels_only and BESIDE.fullmatch(note))]


def _format_of_name(path: Path, settings: Settings) -> str:
    try:
        kind = _image_files.format_of(path.suffix)
    except Refused as error:
        if settings.format is not None:
            return settings.format
        raise ValueError(f"{path}: {error}; --format says it too") from None
    if settings.format is not None and settings.format != kind:
        raise Misused(f"--format {settings.format.lower()} does not fit the name {path}")
    return kind


def source(name: str) -> Any:
    """A path, or standard input; what is no file is named here, with what to do instead."""
    if name == STANDARD:
        if sys.stdin.isatty():
            raise Misused("- reads a picture from standard input, which is the terminal here")
        return sys.stdin.buffer
    path = Path(name)
    if path.is_dir():
        raise IsADirectoryError(f"{name} is a folder; harmonia batch takes all pictures in one")
    if not os.path.lexists(path):
        raise FileNotFoundError(errno.ENOENT, "there is no such file", name)
    return name
