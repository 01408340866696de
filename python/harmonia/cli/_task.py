"""A composite and its mask, from files to a harmonized file: what one run does, and a batch."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import harmonia

STANDARD = "-"  # standard input or output instead of a file


@dataclass(frozen=True)
class Settings:
    """What holds for every picture of a run."""

    method: str = "auto"
    strength: float = 1.0
    options: dict[str, Any] = field(default_factory=dict)
    invert_mask: bool = False
    resize_mask: bool = False
    quality: int = 95
    overwrite: bool = False
    format: str | None = None


def read(name: str) -> harmonia.io.Picture:
    return harmonia.io.read(_source(name))


def read_mask(name: str, picture: harmonia.io.Picture, settings: Settings) -> harmonia.io.MaskFile:
    height, width = picture.pixels.shape[:2]
    return harmonia.io.read_mask(
        _source(name),
        image_size=(height, width),
        invert=settings.invert_mask,
        resize=settings.resize_mask,
    )


def write(name: str, pixels: Any, like: harmonia.io.Picture, settings: Settings) -> None:
    """To a file, or to standard output in `settings.format`, or else in that of `like`."""
    if name == STANDARD:
        harmonia.io.write(
            sys.stdout.buffer,
            pixels,
            like=like,
            quality=settings.quality,
            format=settings.format or like.format,
        )
        return
    harmonia.io.write(
        Path(name),
        pixels,
        like=like,
        quality=settings.quality,
        overwrite=settings.overwrite,
        format=settings.format,
    )


def _source(name: str) -> Any:
    return sys.stdin.buffer if name == STANDARD else name
