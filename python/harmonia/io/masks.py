"""Masks from files: grey, black and white, or the alpha of a picture."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from harmonia._image_files import pillow
from harmonia._image_files.decoded import ImageFileError, Pixels
from harmonia.io._source import Source, name_of, open_image

INVERTED = 0.6  # a foreground is seldom more of a picture
NEARLY = 0.001


class MaskWarning(UserWarning):
    """A mask that is probably not the one that was meant."""


@dataclass(frozen=True, eq=False)
class MaskFile:
    """What a mask file holds.

    Attributes
    ----------
    mask
        (H, W), upright, white what is to change: uint8 of 0..255, or float32 of 0..1 where the file
        is deeper than 8 bits.
    format
        "PNG", "JPEG", "WEBP", "TIFF", "AVIF" or "EXR".
    foreground
        Its mean, 0..1: the share of the picture that is to change.
    notes
        Where it came from and what was done: "alpha", "inverted", "orientation 6 applied".
    """

    mask: "np.ndarray[Any, Any]"
    format: str
    foreground: float
    notes: tuple[str, ...] = ()


def read_mask(
    source: Source,
    *,
    image_size: tuple[int, int] | None = None,
    invert: bool = False,
    resize: bool = False,
) -> MaskFile:
    """The mask in an image file: its alpha where that varies, or else its grey.

    Parameters
    ----------
    source
        A path, the bytes of a file, or a file open for reading them.
    image_size
        (height, width) of the picture that it is for. Another size is an `ImageFileError`.
    invert
        Swap black and white.
    resize
        Bring it to `image_size` instead; what becomes smaller is averaged.

    Like a picture, a mask is turned by the orientation in its own EXIF. One that was drawn over
    what a viewer shows has none and lies as the upright picture does.

    A mask that is nearly empty, nearly full or likely inverted gives a `MaskWarning`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     harmonia.io.write(f"{folder}/mask.png", np.stack([mask] * 3, axis=-1))
    ...     found = harmonia.io.read_mask(f"{folder}/mask.png", image_size=mask.shape)
    >>> bool((found.mask == mask).all())
    True
    """
    found = read_any_mask(source, image_size=image_size, invert=invert, resize=resize)
    warn_if_doubtful(found, source)
    return found


def read_any_mask(
    source: Source,
    *,
    image_size: tuple[int, int] | None = None,
    invert: bool = False,
    resize: bool = False,
    ones: bool = False,
) -> MaskFile:
    """As `read_mask`, for those who judge the share of the foreground themselves: no warnings.

    With `ones` a mask of whole numbers holds only 0 and 1, and 1 is white.
    """
    name, kind, decoded = open_image(source, where="read_mask: source")
    mask, notes = _single(decoded.pixels, name)
    notes = tuple(note for note in decoded.notes if not note.endswith("to RGB")) + notes
    if ones:
        mask, notes = _of_ones(mask, name), (*notes, "1 taken for white")
    elif mask.dtype != np.float32 and mask.max() == 1:
        white = np.iinfo(mask.dtype).max
        raise ImageFileError(
            name, f"white must be {white}, the mask holds only 0 and 1; multiply it by {white}"
        )
    if mask.dtype == np.uint16:
        mask, notes = mask / np.float32(65535), (*notes, "16 bits to floats of 0..1")
    if invert:
        mask = 255 - mask if mask.dtype == np.uint8 else 1 - mask
        notes = (*notes, "inverted")
    if image_size is not None and tuple(image_size) != mask.shape:
        if not resize:
            raise ImageFileError(name, _sizes(mask.shape, tuple(image_size)))
        notes = (*notes, f"resized from {mask.shape[1]} x {mask.shape[0]}")
        mask = pillow.resized(mask, (int(image_size[0]), int(image_size[1])))
    foreground = float(mask.mean(dtype=np.float64)) / (255 if mask.dtype == np.uint8 else 1)
    return MaskFile(mask, kind, foreground, notes)


def _single(pixels: Pixels, name: str) -> tuple[Pixels, tuple[str, ...]]:
    """One channel as deep as it is stored, and where it came from."""
    if pixels.dtype == np.float32 and not ((pixels >= 0) & (pixels <= 1)).all():  # nor NaN
        raise ImageFileError(name, "a mask of floats must lie within 0..1; clip it")
    notes: tuple[str, ...] = ()
    alpha = pixels[..., 3] if pixels.shape[2] == 4 else None
    if alpha is not None and (alpha != alpha[0, 0]).any():
        mask, notes = alpha, ("alpha",)
    else:
        mask = pixels[..., 0]
        if not (pixels[..., 1] == mask).all() or not (pixels[..., 2] == mask).all():
            raise ImageFileError(
                name,
                "a mask must be grey, or have an alpha that varies; this is a picture in colour. "
                "Save one of its channels as a grey PNG",
            )
    return np.ascontiguousarray(mask), notes


def _of_ones(mask: Pixels, name: str) -> Pixels:
    if mask.dtype == np.float32:
        raise ImageFileError(name, "a mask of floats is 0..1 as it is; do not ask for ones")
    if mask.max() > 1:
        raise ImageFileError(
            name, f"must hold only 0 and 1 where 1 is to be white, holds {mask.max()}"
        )
    return mask.astype(np.uint8) * np.uint8(255)


def _sizes(mask: tuple[int, ...], image: tuple[int, ...]) -> str:
    turned = " (it lies on its side)" if mask == image[::-1] else ""
    return (
        f"must be {image[1]} x {image[0]} pixels as the picture, is {mask[1]} x {mask[0]}{turned}; "
        "pass resize=True to bring it to that size"
    )


def warn_if_doubtful(mask: MaskFile, source: Source) -> None:
    """By a `MaskWarning` to the caller of who calls this."""
    doubtful = doubt(mask.foreground)
    if doubtful:
        warnings.warn(f"{name_of(source)}: {doubtful}", MaskWarning, stacklevel=3)


def doubt(foreground: float) -> str:
    """Why a mask of this share of the picture is probably not the one that was meant, or ""."""
    said = f"{100 * foreground:.4g} % of the mask is foreground"
    if foreground < NEARLY:
        return f"{said}, nearly nothing would change"
    if foreground > 1 - NEARLY:
        return f"{said}, hardly any background is left to match"
    if foreground > INVERTED:
        return f"{said}; if white is the background in it, pass invert=True"
    return ""
