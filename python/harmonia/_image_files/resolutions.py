"""Pixels an inch, as EXIF and TIFF say them: two fractions and a unit."""

import math

from harmonia._image_files.decoded import Beside
from harmonia._image_files.exif import PREFIX, bare

ACROSS, DOWN, UNIT = 282, 283, 296
INCH = {2: 1.0, 3: 2.54}  # of the units: an inch, a centimetre
METRE = 0.0254  # inches
MOST_WHOLE = 65535  # of JPEG

Resolution = tuple[float, float]


def of_tags(tags: object) -> Resolution | None:
    """From a mapping of tags; inches where it names no unit."""
    found = dict(tags)  # type: ignore[call-overload]
    try:
        scale = INCH[int(found.get(UNIT, 2))]
        pair = float(found[ACROSS]) * scale, float(found[DOWN]) * scale
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return None
    return pair if all(0 < side < math.inf for side in pair) else None


def of_exif(exif: bytes | None) -> Resolution | None:
    from PIL import Image

    kept = Image.Exif()
    try:
        kept.load(PREFIX + (exif or b""))
        return of_tags(kept)
    except Exception:  # of broken EXIF, Pillow raises whatever it comes across
        return None


def in_exif(beside: Beside) -> Beside:
    """With EXIF that says the resolution alone, where there is none: for formats without another
    place.
    """
    from PIL import Image

    if beside.exif or beside.resolution is None:
        return beside
    kept = Image.Exif()
    kept[ACROSS], kept[DOWN], kept[UNIT] = *beside.resolution, 2
    return beside._replace(exif=bare(kept.tobytes()))


def same(one: Resolution | None, other: Resolution | None) -> bool:
    """Whether no format that counts pixels of a metre could tell them apart."""
    if one is None or other is None:
        return one is other
    return all(abs(a - b) <= METRE for a, b in zip(one, other, strict=True))


def whole(resolution: Resolution) -> tuple[int, int]:
    across, down = (min(max(round(side), 1), MOST_WHOLE) for side in resolution)
    return across, down


def of_metres(across: int, down: int) -> Resolution | None:
    return (across * METRE, down * METRE) if across and down else None


def in_metres(resolution: Resolution) -> tuple[int, int]:
    across, down = (min(max(round(side / METRE), 1), (1 << 31) - 1) for side in resolution)
    return across, down
