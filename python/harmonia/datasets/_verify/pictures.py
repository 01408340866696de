"""One sample looked at: its files, its mask, and its composite beside its real."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from harmonia import io
from harmonia._image_files import SUFFIXES, sniff
from harmonia._image_files.decoded import Refused
from harmonia.datasets._sample import Entry
from harmonia.datasets._verify import background
from harmonia.datasets._verify.files import files_of, missing
from harmonia.datasets._verify.report import Finding, Measured

Pixels = np.ndarray[Any, Any]

HEAD = 1 << 18  # bytes: an EXIF and a profile are before the size in a JPEG
LARGE = 0.8  # of the picture; iHarmony4 has no foreground above it
LONGER = 0.02  # of the proportions: a side of 50 pixels may be one longer


class Examined(NamedTuple):
    """What came out of a sample."""

    subset: str
    findings: list[Finding]
    measured: Measured
    mask_format: str


@dataclass(frozen=True)
class Examine:
    """A function of an entry, with what all entries have in common."""

    relative: Callable[[Path], str]
    quick: bool = False

    def __call__(self, entry: Entry) -> Examined:
        found: list[Finding] = []
        opened = {
            role: _open(path, self.relative(path), role, found, quick=self.quick)
            for role, path in files_of(entry)
        }
        composite, mask, real = (opened.get(role) for role in ("composite", "mask", "real"))
        if composite is not None:
            _compare_sizes(composite, mask, real, found)
        mask_format = "" if mask is None else mask.format
        measured = Measured()
        if not self.quick:
            codes = None if mask is None else _mask(mask, found)
            measured = _measured(composite, codes, mask, real, found)
        return Examined(entry.subset, found, measured, mask_format)


class _Opened(NamedTuple):
    name: str
    data: bytes
    format: str
    size: tuple[int, int]  # height, width
    picture: io.Picture | None = None  # None where only its header was read


def _open(path: Path, name: str, role: str, found: list[Finding], *, quick: bool) -> _Opened | None:
    """A file that can be read, and what is to be said of it."""

    def say(kind: str, said: str) -> None:
        found.append(Finding(kind, name, said))

    try:
        with path.open("rb") as file:
            data = file.read(HEAD if quick else -1)
    except FileNotFoundError:
        found.append(missing(path, name, role))
        return None
    except OSError as error:
        say("unreadable", str(error.strerror or error))
        return None
    if not data:
        say("empty-file", "0 bytes")
        return None
    try:
        header = sniff.sniff(data)
        picture = None if quick else io.read(data)
    except (Refused, io.ImageFileError, ImportError) as error:
        say("unreadable", str(error.args[-1]))
        return None
    wanted = SUFFIXES.get(path.suffix.lower())
    if wanted != header.format:
        say("other-format", f"holds {header.format}")
    if picture is None:
        return _Opened(name, data, header.format, (header.height, header.width))
    if picture.pixels.dtype != np.uint8:
        say("deep", f"{header.bits} bits a channel")
    if role != "mask":
        _look_at_colours(picture, say)
    elif header.format == "JPEG":
        say("mask-jpeg", "its edges hold noise of the encoding")
    for note in picture.notes:
        if note.startswith("orientation"):
            say("orientation", f"{note} when it was read")
    height, width = picture.pixels.shape[:2]
    return _Opened(name, data, header.format, (height, width), picture)


def _look_at_colours(picture: io.Picture, say: Callable[[str, str], None]) -> None:
    for note in picture.notes:
        if note in ("grey to RGB", "1-bit to RGB"):
            say("grey", "has one channel")
        elif note.startswith("CMYK"):
            say("cmyk", "has four channels of inks")
    if picture.pixels.shape[2] == 4:
        say("transparent", "has alpha")
    if io.profiles_differ(picture, io.Picture(picture.pixels, "PNG")):
        say("profile", "its colours are not sRGB")


def _compare_sizes(
    composite: _Opened, mask: _Opened | None, real: _Opened | None, found: list[Finding]
) -> None:
    here = _sides(composite.size)
    if real is not None and real.size != composite.size:
        said = f"{_sides(real.size)} pixels, {composite.name} has {here}"
        found.append(Finding("real-size", real.name, said))
    if mask is not None and mask.size != composite.size:
        turned = ", it lies on its side" if mask.size == composite.size[::-1] else ""
        ratio = mask.size[0] * composite.size[1] / (mask.size[1] * composite.size[0])
        kind = "mask-size" if 1 - LONGER < ratio < 1 + LONGER else "mask-shape"
        said = f"{_sides(mask.size)} pixels, {composite.name} has {here}{turned}"
        found.append(Finding(kind, mask.name, said))


def _sides(size: tuple[int, int]) -> str:
    return f"{size[1]} x {size[0]}"


def _mask(opened: _Opened, found: list[Finding]) -> Pixels | None:
    """(H, W) of uint8, or None where it is none."""

    def say(kind: str, said: str) -> None:
        found.append(Finding(kind, opened.name, said))

    if opened.picture is None:
        return None
    pixels = _in_codes(opened.picture.pixels)
    if pixels.shape[2] == 4 and (pixels[..., 3] != pixels[0, 0, 3]).any():
        mask = pixels[..., 3]
    else:
        mask = pixels[..., 0]
        if not (pixels[..., 1] == mask).all() or not (pixels[..., 2] == mask).all():
            say("mask-colour", "its channels differ")
            return None
    mask = np.ascontiguousarray(mask)
    top, share = int(mask.max()), float(mask.mean()) / 255
    if top == 0:
        say("mask-empty", "every pixel is 0")
    elif top == 1:
        say("mask-01", "its largest value is 1")
        return None
    elif int(mask.min()) == 255:
        say("mask-full", "every pixel is 255")
    elif share > LARGE:
        say("mask-large", f"{100 * share:.1f} % is foreground")
    return mask


def _in_codes(pixels: Pixels) -> Pixels:
    """8 bits a channel."""
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype == np.uint16:
        return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)
    codes: Pixels = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    return codes


def _measured(
    composite: _Opened | None,
    mask: Pixels | None,
    mask_file: _Opened | None,
    real: _Opened | None,
    found: list[Finding],
) -> Measured:
    if mask is None or mask_file is None:
        return Measured()
    measured = Measured(
        foreground=float(mask.mean()) / 255,
        soft=float(((mask != 0) & (mask != 255)).mean()),
    )
    if composite is None or real is None or composite.picture is None or real.picture is None:
        return measured
    if not composite.size == real.size == mask_file.size or not mask.any():
        return measured
    ours = np.ascontiguousarray(_in_codes(composite.picture.pixels)[..., :3])
    theirs = np.ascontiguousarray(_in_codes(real.picture.pixels)[..., :3])
    outside = background.measure(ours, theirs, mask)
    inside = background.measure(ours, theirs, np.where(mask >= 128, np.uint8(0), np.uint8(255)))
    _judge(outside, inside, ours, theirs, mask, composite, mask_file, found)
    return measured._replace(
        background_mse=outside.mse, background_max=outside.largest, fmse=inside.mse
    )


def _judge(
    outside: background.Blocks,
    inside: background.Blocks,
    ours: Pixels,
    theirs: Pixels,
    mask: Pixels,
    composite: _Opened,
    mask_file: _Opened,
    found: list[Finding],
) -> None:
    """The change is where the mask says, and nowhere else."""
    limit = background.ROUNDING
    if not inside.squared.any():
        said = "in the mask every pixel is that of its real"
        if outside.mse > limit:
            found.append(Finding("mask-inverted", mask_file.name, f"of {composite.name}, {said}"))
        else:
            found.append(Finding("identical", composite.name, said))
        return
    kinds = background.judge(outside, ours, theirs, mask, composite.data)
    numbers = f"MSE {outside.mse:.4g} outside the mask, {inside.mse:.4g} inside"
    if "background" in kinds and inside.mse < outside.mse / 4:
        found.append(Finding("mask-inverted", mask_file.name, f"of {composite.name}: {numbers}"))
        return
    if inside.mse <= outside.mse and not kinds:
        found.append(Finding("faint", composite.name, numbers))
    sentences = {
        "background": f"{numbers}, at most {outside.largest:g} levels",
        "background-patch": f"at most {outside.largest:g} levels outside the mask, {numbers}",
    }
    found += [Finding(kind, composite.name, sentences[kind]) for kind in kinds]
