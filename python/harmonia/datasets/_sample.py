"""One sample of a dataset: where its files are, and what they hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from harmonia import io
from harmonia._resize import pil_resize

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


@dataclass(frozen=True, slots=True, eq=False)
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


def read_sample(entry: Entry) -> Sample:
    """Read the files of an entry. A mask or a real of another size than the composite is resized to
    it, and `notes` says so.
    """
    composite, notes = _picture(entry.composite, "composite")
    size = composite.shape[:2]
    real = None
    if entry.real is not None:
        real, more = _picture(entry.real, "real")
        notes += more
        if real.shape[:2] != size:
            notes.append(f"real resized from {real.shape[1]} x {real.shape[0]}")
            real = pil_resize(real, size, "bilinear")
    found = io.read_mask(entry.mask, image_size=size, resize=True)
    notes += [f"mask {note}" for note in found.notes]
    return Sample(composite, found.mask, real, entry.name, entry.subset, entry.extras, tuple(notes))


def _picture(path: Path, what: str) -> tuple[Pixels, list[str]]:
    """The colours of a file; what is told of it is told of the picture that it is."""
    picture = io.read(path)
    return picture.pixels[..., :3], [f"{what} {note}" for note in picture.notes]
