"""Text on a picture, in the typeface that comes with Pillow."""

import functools
import unicodedata
from typing import Any

import numpy as np

from harmonia.comparison.display import Bytes

FINER = 4  # letters are drawn so many times larger and averaged, so that none is hinted
BOLDER = 0.018  # of the size, added to every side of a stroke


def write(
    pixels: Bytes,
    place: tuple[int, int],
    text: str,
    size: int,
    colour: tuple[int, int, int],
    *,
    bold: bool = False,
    right: bool = False,
) -> None:
    """Put text onto `pixels`: `place` is the left, or `right`, end of its baseline."""
    letters, rise = _letters(_plain(text), size, bold)
    x = place[0] - letters.shape[1] if right else place[0]
    y = place[1] - rise
    top, left = max(0, -y), max(0, -x)
    target = pixels[max(0, y) : max(0, y + letters.shape[0]), max(0, x) :]
    letters = letters[top:, left:][: target.shape[0], : target.shape[1]]
    part = target[: letters.shape[0], : letters.shape[1]]
    share = letters[..., None] / np.float32(255)
    part[:] = np.rint(part * (1 - share) + np.array(colour, np.float32) * share)


def length(text: str, size: int, *, bold: bool = False) -> int:
    """The pixels that text takes across."""
    return int(_letters(_plain(text), size, bold)[0].shape[1])


def fitted(text: str, size: int, room: int, *, bold: bool = False) -> str:
    """Text that takes no more than `room`, cut short where it would."""
    if length(text, size, bold=bold) <= room:
        return text
    kept = next(
        (n for n in range(len(text), 0, -1) if length(text[:n] + "...", size, bold=bold) <= room), 0
    )
    return text[:kept].rstrip() + "..."


def wrapped(text: str, size: int, room: int) -> list[str]:
    """Lines of words that take no more than `room`; a longer word is cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and length(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(fitted(word, size, room))
    return lines


def _plain(text: str) -> str:
    """What the typeface has letters for; accents fall away, all else is a question mark."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c if " " <= c <= "~" else "?" for c in bare)


@functools.lru_cache(maxsize=1024)
def _letters(text: str, size: int, bold: bool) -> tuple[Bytes, int]:
    """How much of every pixel letters cover, 0..255, and the rows above the baseline."""
    font, finer, rise, fall = _font(size)
    stroke = max(1, round(BOLDER * size * finer)) if bold else 0
    width = -(-(int(font.getlength(text)) + 2 * stroke) // finer) + 1
    from PIL import Image, ImageDraw

    room = Image.new("L", (finer * width, finer * (rise + fall)))
    draw = ImageDraw.Draw(room)
    if finer > 1:
        place = (stroke, finer * rise)
        draw.text(place, text, fill=255, font=font, anchor="ls", stroke_width=stroke)
        letters = np.array(room.reduce(finer))
    else:
        draw.text((0, 0), text, fill=255, font=font)
        letters = np.array(room)
        if bold:
            letters[:, 1:] = np.maximum(letters[:, 1:], letters[:, :-1])
    letters.flags.writeable = False  # it is kept
    return letters, rise


@functools.lru_cache(maxsize=16)
def _font(size: int) -> tuple[Any, int, int, int]:
    """A typeface, how much finer it is than asked for, and rows above and below the baseline."""
    from PIL import ImageFont

    try:
        font: Any = ImageFont.load_default(FINER * size)
    except (ImportError, OSError):  # Pillow without FreeType has letters of one size alone
        return ImageFont.load_default(), 1, 9, 3
    rise, fall = font.getmetrics()
    return font, FINER, -(-rise // FINER), -(-fall // FINER)
