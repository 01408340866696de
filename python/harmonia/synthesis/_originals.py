"""The real of a composite from a photograph: upright, RGB, 8 bits, sRGB."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from harmonia import io
from harmonia.io.masks import read_any_mask
from harmonia.synthesis._recipe import Unusable

Pixels = np.ndarray[Any, Any]


class Real(NamedTuple):
    """A photograph as a real.

    Attributes
    ----------
    pixels
        (H, W, 3) uint8.
    original
        Its file, where that is a JPEG which any program decodes to these pixels; else None.
    notes
        What makes the pixels differ from what the file stores: "orientation 6 applied".
    """

    pixels: Pixels
    original: Path | None
    notes: tuple[str, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """For the manifest; nothing where nothing was done."""
        return {"real_notes": list(self.notes)} if self.notes else {}


def read_real(path: Path) -> Real:
    """Read a photograph as a real; one that cannot be read, or is no sRGB picture and cannot be
    converted to it, is `Unusable`.
    """
    try:
        picture = io.read(path)
        if picture.pixels.dtype == np.float32:
            raise Unusable(f"{path.name}: floats have no white; save it with 8 or 16 bits")
        srgb = io.to_srgb(picture)
    except (io.ImageFileError, io.ProfileError, OSError) as error:
        raise Unusable(_without_folder(path, error)) from error
    # Notes of what stood beside the pixels do not count: "its comment left out".
    notes = [note for note in srgb.notes if not note.endswith("left out")]
    pixels = srgb.pixels
    if pixels.shape[2] == 4:
        pixels = np.ascontiguousarray(pixels[..., :3])
        notes.append("alpha left out")
    if pixels.dtype == np.uint16:
        pixels = np.rint(pixels / np.float32(257)).astype(np.uint8)
        notes.append("16 bits rounded to 8")
    stands = picture.format == "JPEG" and not notes
    return Real(pixels, path if stands else None, tuple(notes))


def read_foreground(
    path: Path,
    size: tuple[int, int],
    *,
    hard: bool = False,
    least: float = 0.0,
    most: float = 1.0,
) -> Pixels:
    """The mask of a real of that (height, width), as (H, W) uint8.

    One that cannot be read, is of another size, or holds too little or too much of the picture is
    `Unusable`. `hard` makes it all or nothing, with its half and above as all.
    """
    try:
        mask = read_any_mask(path, image_size=size).mask
    except io.ImageFileError as error:
        # Its cure is an argument of read_mask.
        raise Unusable(_without_folder(path, error).partition("; pass ")[0]) from error
    except OSError as error:
        raise Unusable(_without_folder(path, error)) from error
    if mask.dtype != np.uint8:
        mask = np.rint(mask * 255).astype(np.uint8)
    if hard:
        mask = np.where(mask >= 128, 255, 0).astype(np.uint8)
    share = float(mask.mean(dtype=np.float64)) / 255
    if not max(least, 1e-9) <= share <= most:
        raise Unusable(
            f"{path.name}: the foreground is {100 * share:.3g} % of the picture, "
            f"wanted {100 * least:g} % to {100 * most:g} %"
        )
    return mask


def _without_folder(path: Path, error: Exception) -> str:
    """Reasons go to the manifest, which names no folders of this machine."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    said = said.replace(str(path), path.name)
    return said if path.name in said else f"{path.name}: {said}"
