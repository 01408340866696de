"""Colour profiles of pictures: whether two mean the same, and to sRGB where that is asked for."""

from dataclasses import replace
from typing import Any

import numpy as np

from harmonia._image_files import icc, profiles
from harmonia._image_files.decoded import Refused
from harmonia.io.pictures import Picture, is_srgb

Numbers = np.ndarray[Any, Any]

SAME = 0.5 / 255  # in linear light: less than codes of 8 bits can tell
CICP_OF_SRGB = (1, 13, 0, 1)
AT_ONCE = 1 << 18  # pixels
# What a profile says of itself, and not of colours; and the fields of its header that do so.
TALK = {b"desc", b"cprt", b"dmnd", b"dmdd", b"vued", b"meta", b"calt", b"targ"}
OF_COLOURS = (slice(8, 24), slice(36, 40), slice(64, 80))  # version, kinds; mark; intent, white


class ProfileError(ValueError):
    """A colour profile that is damaged, or that cannot be converted at this depth."""


def profiles_differ(picture: Picture, other: Picture) -> bool:
    """Whether the same numbers are other colours in the two pictures.

    What profiles say of colours is compared, not their bytes. A picture without one is sRGB.

    >>> picture = harmonia.io.Picture(image, "PNG")
    >>> harmonia.io.profiles_differ(picture, picture)
    False
    """
    one, two = _meaning(picture), _meaning(other)
    if isinstance(one, icc.MatrixProfile) and isinstance(two, icc.MatrixProfile):
        return not _same(one, two)
    return bool(one != two) if type(one) is type(two) else True


def _meaning(picture: Picture) -> Any:
    """Numbers of a profile, or else something to be compared for equality."""
    if picture.icc is not None:
        try:
            found = icc.matrix_profile(picture.icc)
            tags = {name: said for name, said in icc.tags_of(picture.icc) if name not in TALK}
        except Refused:
            return picture.icc
        return found or (tags, *(picture.icc[part] for part in OF_COLOURS))
    said = _unconverted(picture)
    return said if said else icc.SRGB


def _same(one: icc.MatrixProfile, two: icc.MatrixProfile) -> bool:
    codes = np.linspace(0, 1, 256)
    curves = zip(one.curves, two.curves, strict=True)
    return bool(np.abs(one.to_xyz - two.to_xyz).max() <= SAME) and all(
        np.abs(a(codes) - b(codes)).max() <= SAME for a, b in curves
    )


def _unconverted(picture: Picture) -> str:
    """What a picture without a profile says of its colours, if that is not sRGB."""
    if picture.format == "EXR":
        return "linear light"
    said = picture.ancillary
    if "cICP" in said:
        return "" if said["cICP"] == CICP_OF_SRGB else f"cICP {said['cICP']}"
    if "sRGB" in said or is_srgb(said):
        return ""
    return " and ".join(f"{chunk} {said[chunk]}" for chunk in ("gAMA", "cHRM") if chunk in said)


def to_srgb(picture: Picture) -> Picture:
    """The same colours in sRGB, by the profile of the picture.

    Parameters
    ----------
    picture
        8 bits a channel go through littleCMS, whatever the profile; 16 bits and floats by the
        formula of profiles that are curves and a matrix, such as Display P3, Adobe RGB and
        ProPhoto. Another profile at depth is a `ProfileError`.

    White stays white (relative colorimetric). What lies outside sRGB is clipped, and a note says
    how much that is. A picture whose profile is sRGB, or that has none, comes back as it is.

    >>> harmonia.io.to_srgb(harmonia.io.Picture(image, "PNG")).pixels is image
    True
    """
    if not isinstance(picture, Picture):
        raise TypeError(
            f"to_srgb: picture must be a harmonia.io.Picture, got {type(picture).__name__}; "
            "harmonia.io.read(path) gives one"
        )
    if picture.icc is None:
        said = _unconverted(picture)
        if said:
            raise ProfileError(
                f"to_srgb: picture has no profile but {said}, which is not converted; "
                "convert it elsewhere, or embed a profile"
            )
        return picture
    notes: tuple[str, ...] = ()
    try:
        found = icc.matrix_profile(picture.icc)
        if found is not None and _same(found, icc.SRGB):
            return picture
        if picture.pixels.dtype == np.uint8:
            pixels = profiles.rgb_to_srgb(picture.pixels, picture.icc)
        elif found is None:
            raise Refused(
                f"has a profile of tables and {picture.pixels.dtype} pixels; only 8 bits are "
                "converted by tables, so convert it elsewhere, or round it to uint8 first"
            )
        else:
            pixels, notes = _by_formula(picture.pixels, found)
    except Refused as error:
        raise ProfileError(f"to_srgb: picture: {error}") from error
    kept = {name: said for name, said in picture.ancillary.items() if name == "pHYs"}
    notes = (*picture.notes, "converted to sRGB", *notes)
    return replace(picture, pixels=pixels, icc=icc.srgb(), notes=notes, ancillary=kept)


def _by_formula(pixels: Numbers, profile: icc.MatrixProfile) -> tuple[Numbers, tuple[str, ...]]:
    """Codes to linear light to linear sRGB to codes, in float64."""
    out = pixels.copy()  # alpha stays
    to_srgb = icc.XYZ_TO_SRGB @ profile.to_xyz
    top = 65535 if pixels.dtype == np.uint16 else 1
    if top > 1:  # every code once
        linear_of = [curve(np.arange(65536) / 65535) for curve in profile.curves]
    outside = 0
    rows = max(1, AT_ONCE // pixels.shape[1])
    for start in range(0, pixels.shape[0], rows):
        part = pixels[start : start + rows]
        if top > 1:
            linear = [linear_of[c][part[..., c]] for c in range(3)]
        else:
            linear = [profile.curves[c](np.clip(part[..., c], 0.0, 1.0)) for c in range(3)]
        beyond = np.zeros(part.shape[:2], bool)
        for c in range(3):
            light = sum(to_srgb[c, k] * linear[k] for k in range(3))
            beyond |= (light < -SAME) | (light > 1 + SAME)
            codes = _encoded(np.clip(light, 0, 1)) * top
            out[start : start + rows, :, c] = np.rint(codes) if top > 1 else codes
        outside += int(beyond.sum())
    if not outside:
        return out, ()
    share = 100 * outside / (pixels.shape[0] * pixels.shape[1])
    return out, (f"{share:.3g} % of the pixels, outside sRGB, clipped",)


def _encoded(light: Numbers) -> Numbers:
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
