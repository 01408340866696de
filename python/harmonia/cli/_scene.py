"""What the main job was given: a composite and its mask, or a cut-out to paste onto a background.

A first picture with an alpha that varies is a cut-out where the second is in colour, or where
--paste, --at or --scale say so. Everything else is a composite, and the second its mask.
"""

import argparse
import warnings
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import harmonia
from harmonia._cutouts import alpha_varies, of_one_depth
from harmonia.cli import _console, _task
from harmonia.cli._arguments import Misused
from harmonia.io import ImageFileError, MaskFile, MaskWarning, Picture

Pixels = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Scene:
    picture: Picture  # the composite; of a pasted one, what goes with it is the background's
    mask: Pixels
    understood: str  # in words, where it could have been otherwise
    pasted: bool = False
    notes: list[str] = field(default_factory=list)  # what reading converted, with the files' names

    @property
    def foreground(self) -> float:
        """The share of the picture that is to change."""
        whole = 255 if self.mask.dtype == np.uint8 else 1
        return float(self.mask.mean(dtype=np.float64)) / whole


def open_scene(arguments: argparse.Namespace, settings: _task.Settings) -> Scene:
    """Read what `composite` and `mask` name, and paste where it is asked for."""
    first = _task.read(arguments.composite, to_srgb=arguments.to_srgb)
    told = arguments.paste or arguments.at is not None or arguments.scale is not None
    cut_out = alpha_varies(first.pixels)
    if told and not cut_out:
        raise ValueError(
            f"{_task.shown(arguments.composite)} cannot be pasted, as no part of it is "
            "transparent; cut the foreground out and save it as a PNG"
        )
    if not cut_out:
        return _masked(arguments, first, _task.source(arguments.mask), settings)
    source = _task.kept(arguments.mask)
    second = harmonia.io.read(source)
    itself = arguments.composite == arguments.mask  # its alpha is the mask
    if told or (_in_colour(second.pixels) and not itself):
        second = _task.in_srgb(arguments.mask, second) if arguments.to_srgb else second
        return _pasted(arguments, first, second, settings)
    return _masked(arguments, first, _task.rewound(source), settings, pasteable=True)


def open_reference(
    arguments: argparse.Namespace, name: str, picture: Picture, settings: _task.Settings
) -> tuple[dict[str, Any], list[str]]:
    """Reference and its mask, as keywords of a method for the picture `name`; notes on them."""
    if arguments.reference is None:
        return {}, []
    reference = _task.read(arguments.reference, to_srgb=arguments.to_srgb)
    notes = noted(arguments.reference, reference.notes)
    warn_of_profiles(name, picture, arguments.reference, reference)
    found: dict[str, Any] = {"reference": reference.pixels}
    if arguments.reference_mask is not None:
        ways = settings.masks._replace(invert=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MaskWarning)  # such a mask may well be nearly full
            mask = _task.read_mask(arguments.reference_mask, reference, ways)
        notes += noted(arguments.reference_mask, mask.notes)
        found["reference_mask"] = mask.mask
    return found, notes


def noted(name: str, notes: tuple[str, ...], *, pixels_only: bool = True) -> list[str]:
    """The notes of a file under its name; what is lost is a warning."""
    name = _task.shown(name)
    for note in _task.losses(notes, pixels_only=pixels_only):
        _console.caution(f"{name}: {note}")
    return [f"{name}: {note}" for note in notes]


def warn_of_profiles(name: str, one: Picture, other_name: str, other: Picture) -> None:
    """Where the same numbers are other colours in two pictures: they are not converted."""
    if harmonia.io.profiles_differ(one, other):
        _console.caution(
            f"{_task.shown(name)} and {_task.shown(other_name)} have different colour profiles; "
            "their values were taken as they are (--to-srgb converts them)"
        )


def _masked(
    arguments: argparse.Namespace,
    picture: Picture,
    mask_source: Any,
    settings: _task.Settings,
    *,
    pasteable: bool = False,
) -> Scene:
    try:
        mask: MaskFile = _task.mask_of(mask_source, picture.pixels.shape[:2], settings.masks)
    except ImageFileError as error:
        raise _with_cure(error, picture, pasteable) from None
    understood = ""
    if pasteable:
        name = _task.shown(arguments.mask)
        understood = f"{name} is taken for the mask; --paste makes it the background"
    notes = noted(arguments.composite, picture.notes, pixels_only=False)
    notes += noted(arguments.mask, mask.notes)
    return Scene(picture, mask.mask, understood, notes=notes)


def _with_cure(error: ImageFileError, picture: Picture, pasteable: bool) -> ImageFileError:
    """What else may have been meant: two names swapped, or a cut-out that is none."""
    name, said = error.args
    sentence, colour, _ = said.partition("picture in colour")
    if colour and not _in_colour(picture.pixels):
        return ImageFileError(name, f"{sentence}{colour}. The mask comes second, after the picture")
    if colour:
        cure = "To paste a cut-out onto it, save the cut-out with a transparent background"
        return ImageFileError(name, f"{said}. {cure}")
    if pasteable and "pixels as the picture" in said:
        return ImageFileError(name, f"{said}; --paste takes it for the background")
    return error


def _pasted(
    arguments: argparse.Namespace,
    above: Picture,
    below: Picture,
    settings: _task.Settings,
) -> Scene:
    names = _task.shown(arguments.composite), _task.shown(arguments.mask)
    for flag in settings.masks.flags:
        raise Misused(
            f"{flag} needs a mask, and {names[0]} is a cut-out that is pasted onto {names[1]}"
        )
    notes = noted(names[0], above.notes) + noted(names[1], below.notes, pixels_only=False)
    cutout, background, widened = of_one_depth(above.pixels, below.pixels, names)
    warn_of_profiles(names[0], above, names[1], below)
    scale = 1.0 if arguments.scale is None else arguments.scale
    pixels, mask = harmonia.composite.paste(cutout, background, at=arguments.at, scale=scale)

    height, width = (max(1, round(side * scale)) for side in cutout.shape[:2])
    left, top = arguments.at or (
        (background.shape[1] - width) // 2,
        (background.shape[0] - height) // 2,
    )
    understood = f"{names[0]} pasted onto {names[1]} at {left},{top}, {width} x {height} pixels"
    _warn_of_cropping(names[0], (left, top, width, height), background.shape)
    return Scene(replace(below, pixels=pixels), mask, understood, True, notes + widened)


def _warn_of_cropping(name: str, place: tuple[int, int, int, int], shape: tuple[int, ...]) -> None:
    left, top, width, height = place
    if left < 0 or top < 0 or left + width > shape[1] or top + height > shape[0]:
        _console.caution(
            f"{name}, {width} x {height} at {left},{top}, is cropped by the background, "
            f"{shape[1]} x {shape[0]}; --scale and --at place it"
        )


def _in_colour(pixels: Pixels) -> bool:
    red = pixels[..., 0]
    return bool((pixels[..., 1] != red).any() or (pixels[..., 2] != red).any())
