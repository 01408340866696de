"""Photographs for training: decoded as small as a piece of them allows, and their colours."""

from pathlib import Path
from typing import Any

import numpy as np

from harmonia import io
from harmonia._image_files import exif, jpeg, png, sniff
from harmonia._image_files.decoded import ImageFileError, Refused
from harmonia._png.chunks import SIGNATURE
from harmonia._resize import pil_resize
from harmonia.io.masks import read_any_mask
from harmonia.io.reduced import read_reduced, reduced
from harmonia.synthesis._cropping import reduction
from harmonia.synthesis._perturbing import some_colours
from harmonia.synthesis._photos import Photo

Codes = np.ndarray[Any, np.dtype[np.uint8]]

SIDE = 128  # pixels of a photograph that lends its colours


def read(photo: Photo, size: tuple[int, int], least_area: float) -> tuple[Codes, Codes]:
    """A photograph, upright and in sRGB, and its mask: both uint8, the mask at its own size.

    A JPEG is decoded at a half, a quarter or an eighth where a piece of `least_area` has enough
    pixels then: at 256 x 256 and an area of 0.5 from about 1024 x 768 on.
    """
    data = photo.image.read_bytes()
    try:
        picture, by = _decoded(data, size, least_area)
        pixels = io.to_srgb(picture).pixels
    except (Refused, ImageFileError, io.ProfileError) as error:
        raise ValueError(f"{photo.image}: {error}") from error
    if pixels.dtype == np.uint16:
        pixels = np.rint(pixels / np.float32(257)).astype(np.uint8)
    elif pixels.dtype != np.uint8:
        raise ValueError(f"{photo.image}: floats have no white; save it with 8 or 16 bits")
    mask = read_mask(photo.mask)
    wanted = tuple(-(-side // by) for side in mask.shape)
    if pixels.shape[:2] != wanted:
        height, width = (side * by for side in pixels.shape[:2])
        raise ValueError(
            f"{photo.mask}: must be as large as its photograph, about {width} x {height} pixels, "
            f"is {mask.shape[1]} x {mask.shape[0]}"
        )
    return np.ascontiguousarray(pixels[..., :3]), mask


def read_mask(path: Path) -> Codes:
    """A mask as uint8."""
    data = path.read_bytes()
    grey = png.read_grey(data, sniff.pixel_limit()) if data.startswith(SIGNATURE) else None
    if grey is not None and grey.max() != 1:
        return grey
    found = read_any_mask(path).mask
    return found if found.dtype == np.uint8 else np.rint(found * 255).astype(np.uint8)


def colours_of(photo: Photo) -> Codes:
    """Some colours of its foreground, (1, N, 3), or of all of it where the mask has none."""
    pixels = read_reduced(photo.image, SIDE)
    mask = pil_resize(reduced(read_mask(photo.mask), SIDE), pixels.shape[:2], "box")
    return some_colours(pixels, mask if (mask > 127).any() else np.full_like(mask, 255))


def _decoded(data: bytes, size: tuple[int, int], least_area: float) -> tuple[io.Picture, int]:
    """A picture, and how many times smaller than its file it is."""
    header = sniff.sniff(data)
    sniff.check_limit(header, sniff.pixel_limit())
    by = reduction(header.height, header.width, size, least_area)
    if header.format == "JPEG" and by > 1:
        found = jpeg.read_reduced(data, min(header.height, header.width) // by)
        if found is not None:
            pixels = exif.turned(found.pixels, exif.orientation(found.exif))
            return io.Picture(pixels, "JPEG", found.icc), by
    return io.read(data), 1
