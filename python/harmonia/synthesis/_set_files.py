"""The files of a set: where each is, how it is written, and which are there."""

import os
import struct
import threading
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from harmonia import _atomic, _image_files
from harmonia._png import chunks
from harmonia.synthesis._recipe import Layout, Made, Pixels, Task

FOLDERS = ("composite_images", "masks", "real_images")
MANIFEST, LEFT_OUT, SHEET = "manifest.jsonl", "left_out.jsonl", "sheet.jpg"
BESIDE = (MANIFEST, LEFT_OUT, SHEET)  # the pictures, in every set
STRIPES = 64  # locks that the names of shared files are spread over


class Files(NamedTuple):
    """Paths within the set."""

    composite: str
    mask: str
    real: str


class Written(NamedTuple):
    """Of each file how many bytes it has, and of the two that composites share what is in them."""

    sizes: tuple[int, int, int]
    digests: tuple[int, int]


class Unfit(ValueError):
    """A mask or a real that cannot be written: that of one composite, not the fault of the disk."""


def files_of(layout: Layout, task: Task) -> Files:
    names = (f"{task.name}.jpg", f"{layout.mask(task.name)}.png", f"{layout.real(task.name)}.jpg")
    start = f"{task.subset}/" if task.subset else ""
    return Files(*(f"{start}{f}/{name}" for f, name in zip(FOLDERS, names, strict=True)))


def folders_of(tasks: Iterable[Task]) -> list[Path]:
    """The folders of a set that hold pictures, relative to it."""
    subsets = sorted({task.subset for task in tasks})
    return [Path(subset, folder) for subset in subsets for folder in FOLDERS]


def sizes_in(root: Path, folders: Iterable[Path]) -> dict[str, int]:
    """The bytes of every file that is there, by its path within the set."""
    found = {}
    for folder in folders:
        try:
            entries = list(os.scandir(root / folder))
        except FileNotFoundError:
            continue
        for entry in entries:
            if entry.is_file():
                found[f"{folder.as_posix()}/{entry.name}"] = entry.stat().st_size
    return found


class Writer:
    """Writes composites from many threads, and what several of them share once.

    Each file is whole when it has its name, but none is waited for until the disk has it: that
    would take longer than to make it. Who goes on after a power cut compares the sizes.

    `shared` are the masks and reals that are there already, each with its digest and its bytes.
    """

    def __init__(self, root: Path, quality: int, shared: Mapping[str, tuple[int, int]]) -> None:
        self._root = root
        self._quality = quality
        self._shared = dict(shared)
        self._locks = [threading.Lock() for _ in range(STRIPES)]

    def write(self, files: Files, made: Made) -> Written:
        real = self._write_shared(files.real, made.real, made.original)
        mask = self._write_shared(files.mask, made.mask, None)
        data = _jpeg(made.composite, self._quality)
        _atomic.write(self._root / files.composite, data, durable=False)
        return Written((len(data), mask[1], real[1]), (mask[0], real[0]))

    def _write_shared(self, name: str, pixels: Pixels, original: Path | None) -> tuple[int, int]:
        digest = zlib.crc32(np.ascontiguousarray(pixels).data)
        with self._locks[zlib.crc32(name.encode()) % STRIPES]:
            if (there := self._shared.get(name)) is not None:
                if there[0] != digest:
                    raise Unfit(
                        f"{name} is there with other pixels: its source has changed since, or the "
                        "recipe gives composites of one name different ones; choose another "
                        "folder, or remove this one"
                    )
                return there
            if original is not None:
                try:
                    data = original.read_bytes()
                except OSError as error:
                    raise Unfit(f"{original}: {error.strerror or error}") from error
            elif pixels.ndim == 2:
                data = grey_png(pixels)
            else:
                data = _jpeg(pixels, self._quality)
            _atomic.write(self._root / name, data, durable=False)
            self._shared[name] = digest, len(data)
            return self._shared[name]


def grey_png(mask: Pixels) -> bytes:
    """(H, W) uint8 as a PNG of 8-bit grey. In masks most rows are as the one above."""
    height, width = mask.shape
    rows = np.empty((height, 1 + width), np.uint8)
    rows[:, 0] = 2  # the filter Up: differences to the row above
    rows[0, 1:] = mask[0]
    np.subtract(mask[1:], mask[:-1], out=rows[1:, 1:])
    header = chunks.Header(width, height, 8, chunks.GREY, 0, 0, 0)
    return b"".join(
        (
            chunks.SIGNATURE,
            chunks.chunk("IHDR", struct.pack(">IIBBBBB", *header)),
            chunks.chunk("IDAT", zlib.compress(rows.data, 6)),
            chunks.chunk("IEND"),
        )
    )


def _jpeg(pixels: Pixels, quality: int) -> bytes:
    return _image_files.codec("JPEG").write(pixels, quality=quality)
