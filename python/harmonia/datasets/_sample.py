"""One sample of a dataset: where its files are, and what they hold."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from harmonia import io
from harmonia._image_files import exif
from harmonia._resize import pil_resize
from harmonia.io.masks import read_any_mask

Pixels = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """The files of a sample, none of which has been opened.

    Attributes
    ----------
    name
        That of the composite without its suffix, unique within the dataset.
    composite, mask
        Their files.
    real
        That of the photograph which the composite is to be like; None where nobody knows it.
    subset
        The part of the dataset that it is of, such as "HCOCO"; "" where there are none.
    extras
        What else the dataset says of it, such as the styles of RdHarmony.
    """

    name: str
    composite: Path
    mask: Path
    real: Path | None = None
    subset: str = ""
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sample:
    """What the files of an entry hold.

    Attributes
    ----------
    composite
        (H, W, 3), as deep as its file.
    mask
        (H, W) of the same size, white what was pasted: uint8 of 0..255, soft where the file is, or
        float32 of 0..1 where that is deeper.
    real
        As the composite, or None.
    name, subset, extras
        Those of the entry.
    notes
        What was done to make them fit: "mask resized from 640 x 480".
    """

    composite: Pixels
    mask: Pixels
    real: Pixels | None
    name: str
    subset: str = ""
    extras: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        height, width = self.mask.shape
        real = "" if self.real is None else " and real"
        return f"<harmonia.datasets.Sample {self.name}: composite{real} of {width} x {height}>"


def read_sample(entry: Entry) -> Sample:
    """Read the files of an entry. A mask or a real of another size than the composite is resized to
    it, and `notes` says so.

    Where one of them was turned by the orientation in its EXIF and the other lies as it was stored,
    which shows in their sizes, the other is turned too. A file that lies on its side without that
    is an `ImageFileError`: there is no telling which way. However little or much of a mask is
    white, there is no warning; somebody chose the masks of a dataset.
    """
    composite, mask, real = read_files(entry)
    size = composite.size
    mask = _resized(mask, size)
    real = None if real is None else _resized(real, size)
    return sample_of(entry, composite, mask, real)


class Part(NamedTuple):
    """The pixels of one file, upright, and what was done to them."""

    what: str
    pixels: Pixels
    notes: tuple[str, ...]

    @property
    def size(self) -> tuple[int, int]:
        return self.pixels.shape[0], self.pixels.shape[1]


def read_files(entry: Entry) -> tuple[Part, Part, Part | None]:
    """Composite, mask and real as they are in their files, each of its own size."""
    composite = _picture(entry.composite, "composite")
    found = read_any_mask(entry.mask)
    mask = _turned_alike(Part("mask", found.mask, found.notes), entry.mask, composite)
    if entry.real is None:
        return composite, mask, None
    return composite, mask, _turned_alike(_picture(entry.real, "real"), entry.real, composite)


def sample_of(entry: Entry, composite: Part, mask: Part, real: Part | None) -> Sample:
    """A sample from the parts that were made to fit."""
    parts = [part for part in (composite, mask, real) if part is not None]
    return Sample(
        composite.pixels,
        mask.pixels,
        None if real is None else real.pixels,
        entry.name,
        entry.subset,
        entry.extras,
        tuple(f"{part.what} {note}" for part in parts for note in part.notes),
    )


def _picture(path: Path, what: str) -> Part:
    picture = io.read(path)
    if picture.pixels.shape[2] == 3:
        return Part(what, picture.pixels, picture.notes)
    colours = np.ascontiguousarray(picture.pixels[..., :3])
    return Part(what, colours, (*picture.notes, "alpha left out"))


# The orientation that takes back what another did.
_BACK = {5: 5, 6: 8, 7: 7, 8: 6}


def _turned_alike(part: Part, path: Path, composite: Part) -> Part:
    if part.size == composite.size or part.size != composite.size[::-1]:
        return part
    own, of_composite = _orientation(part), _orientation(composite)
    if of_composite in _BACK and own not in _BACK:
        turn, note = of_composite, "turned as its composite"
    elif own in _BACK and of_composite not in _BACK:
        turn, note = _BACK[own], "turned back as its composite"
    else:
        height, width = part.size
        raise io.ImageFileError(
            str(path),
            f"is {width} x {height}, its composite {height} x {width}: one lies on its side",
        )
    return part._replace(pixels=exif.turned(part.pixels, turn), notes=(*part.notes, note))


def _orientation(part: Part) -> int:
    """That which reading applied; 1 where there was none."""
    said = (re.fullmatch(r"orientation (\d) applied", note) for note in part.notes)
    return next((int(match[1]) for match in said if match), 1)


def _resized(part: Part, size: tuple[int, int]) -> Part:
    """Bilinear where it grows, averaged where it shrinks."""
    if part.size == size:
        return part
    height, width = part.size
    pixels = part.pixels
    if pixels.dtype == np.uint16:  # mode F of PIL holds them exactly
        pixels = np.rint(pil_resize(pixels.astype(np.float32), size, "bilinear")).astype(np.uint16)
    else:
        pixels = pil_resize(pixels, size, "bilinear")
    return part._replace(pixels=pixels, notes=(*part.notes, f"resized from {width} x {height}"))
