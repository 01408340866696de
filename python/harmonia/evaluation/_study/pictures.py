"""What a study shows of a sample: each method's picture, at one size and in one format."""

import base64
import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from harmonia import _atomic, _image_files
from harmonia.comparison.contour import contour
from harmonia.comparison.display import Bytes, scaled, to_bytes
from harmonia.datasets import Sample
from harmonia.evaluation._candidates import Compute

RED = (230, 25, 35)
LINES_A_PICTURE = 200  # a contour's width: one pixel for so many of the shorter side
MEBIBYTE = 1 << 20
MOST_EMBEDDED = 64 * MEBIBYTE  # of pictures in one page, which a browser reads in one piece

Keep = Callable[[bytes, str], str]


class TooLarge(ValueError):
    """More pictures than one page holds."""


class Shown(NamedTuple):
    """A sample on the page: the addresses of its pictures."""

    name: str
    size: tuple[int, int]
    outline: str
    composite: str  # "" where it must not be told from a method's
    methods: tuple[str, ...]
    spoiled: str  # "" where there is no check


@dataclass(frozen=True)
class Look:
    """How pictures are kept: pixels of the longest side, and JPEG's quality or None for PNG."""

    longest: int
    quality: int | None

    def sentence(self) -> str:
        kind = "PNG" if self.quality is None else f"JPEG of quality {self.quality}"
        return f"{kind}, no more than {self.longest} pixels a side"


def show(
    sample: Sample,
    computes: Sequence[Compute],
    look: Look,
    keep: Keep,
    *,
    with_composite: bool,
    spoil: int | None,
) -> Shown:
    """Run the methods on a sample and keep what they give; `spoil` is the method whose picture is
    shown spoiled too.
    """
    height, width = sample.composite.shape[:2]
    scale = min(1.0, look.longest / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))

    def kept(pixels: Bytes) -> str:
        if look.quality is None:
            return keep(_encoded("PNG", pixels), "png")
        return keep(_encoded("JPEG", pixels, quality=look.quality), "jpeg")

    pictures = [scaled(to_bytes(np.asarray(compute(sample))), size) for compute in computes]
    weight = sample.mask.astype(np.float32) / np.float32(
        255 if sample.mask.dtype == np.uint8 else 1
    )
    line = contour(weight, size, max(1.0, min(size) / LINES_A_PICTURE))
    return Shown(
        sample.name,
        size,
        keep(_encoded("PNG", _overlay(line)), "png"),
        kept(scaled(to_bytes(sample.composite), size)) if with_composite else "",
        tuple(kept(picture) for picture in pictures),
        "" if spoil is None else kept(_spoiled(pictures[spoil], weight, size)),
    )


class Embedded:
    """Pictures as data within the page. Safe to call from many threads."""

    def __init__(self) -> None:
        self.bytes = 0
        self._lock = threading.Lock()

    def __call__(self, data: bytes, kind: str) -> str:
        with self._lock:
            self.bytes += len(data)
        if self.bytes > MOST_EMBEDDED:
            raise TooLarge(
                f"write_study: target: one page holds {MOST_EMBEDDED // MEBIBYTE} MiB of pictures "
                "at most, and these are more; name a folder instead of an .html, or show less: a "
                "smaller longest, a lower quality, fewer samples"
            )
        return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


class Beside:
    """Pictures as files of a folder, named by what they hold, so that no name tells a method."""

    def __init__(self, folder: Path) -> None:
        self.bytes = 0
        self._folder = folder
        self._lock = threading.Lock()

    def __call__(self, data: bytes, kind: str) -> str:
        with self._lock:
            self.bytes += len(data)
        name = f"{hashlib.sha256(data).hexdigest()[:20]}.{kind}"
        _atomic.write(self._folder / name, data, durable=False)
        return f"{self._folder.name}/{name}"


def _spoiled(picture: Bytes, weight: Any, size: tuple[int, int]) -> Bytes:
    """The foreground as its negative, which nobody who looks takes for the better one."""
    mask = scaled(np.rint(255 * np.stack([weight] * 3, axis=-1)).astype(np.uint8), size)
    spoiled: Bytes = np.where(mask >= 128, 255 - picture, picture)
    return spoiled


def _overlay(share: "np.ndarray[Any, Any]") -> Bytes:
    pixels = np.empty((*share.shape, 4), np.uint8)
    pixels[..., :3] = RED
    pixels[..., 3] = np.rint(255 * share)
    return pixels


def _encoded(format: str, pixels: Bytes, **options: Any) -> bytes:
    return _image_files.codec(format).write(pixels, **options)
