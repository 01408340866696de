"""Some samples of a set as one picture: the composite, its mask's contour, and the real.

| name, method               | name, method               |
| composite  contour  real   | composite  contour  real   |
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from harmonia import io
from harmonia.comparison import layout, lettering
from harmonia.comparison.contour import contour
from harmonia.comparison.display import Array, Bytes, painted, scaled
from harmonia.comparison.layout import GAP, LINE, MARGIN, NEAR
from harmonia.io.masks import read_any_mask

LONGEST = 256  # of a picture's sides
NARROWEST = 120  # columns of a picture that a caption needs
ACROSS = 2  # samples
CAPTION = LINE + 6
TITLE, NAME, SMALL = 18, 15, 13  # sizes of text
PAPER, INK, GREY, RED = (255, 255, 255), (24, 24, 27), (105, 105, 114), (230, 25, 35)
QUALITY = 90
SHOWN = ("method", "reference", "mse", "foreground")


class Sample(NamedTuple):
    name: str
    said: str
    pictures: tuple[Bytes, ...]


def write(root: Path, path: Path, rows: Sequence[Mapping[str, Any]], count: int, seed: int) -> None:
    """Of `count` rows drawn by the seed; without any, a picture that is there goes."""
    if not count or not rows:
        path.unlink(missing_ok=True)
        return
    drawn = sorted(sorted(range(len(rows)), key=lambda n: _chance(seed, n))[:count])
    recipe = rows[0]["recipe"]
    said = f"{len(drawn)} of {len(rows)} composites, seed {seed}: composite, mask, real"
    pixels = draw(recipe, said, [_sample(root, rows[n]) for n in drawn])
    io.write(path, pixels, overwrite=True, quality=QUALITY)


def draw(title: str, said: str, samples: Sequence[Sample]) -> Bytes:
    """(H, W, 3): a line at the top; of each sample a name, what is said of it, and its pictures."""
    across = min(ACROSS, len(samples))
    bands = [samples[n : n + across] for n in range(0, len(samples), across)]
    room = max(NARROWEST, *(one.pictures[0].shape[1] for one in samples))
    pictures = len(samples[0].pictures)
    cell = pictures * room + (pictures - 1) * NEAR
    tall = [CAPTION + max(one.pictures[0].shape[0] for one in band) + GAP for band in bands]
    top = MARGIN + LINE + GAP
    width = 2 * MARGIN + across * (cell + GAP) - GAP
    sheet = np.full((top + sum(tall) - GAP + MARGIN, width, 3), PAPER, np.uint8)
    _line(sheet, (MARGIN, MARGIN + 15), (title, TITLE), said, width - 2 * MARGIN)
    y = top
    for band, height in zip(bands, tall, strict=True):
        for column, one in enumerate(band):
            x = MARGIN + column * (cell + GAP)
            _line(sheet, (x, y + 14), (one.name, NAME), one.said, cell)
            for number, picture in enumerate(one.pictures):
                left = x + number * (room + NEAR)
                place = (slice(y + CAPTION, None), slice(left, None))
                sheet[place][: picture.shape[0], : picture.shape[1]] = picture
        y += height
    return sheet


def _line(
    sheet: Bytes, place: tuple[int, int], title: tuple[str, int], said: str, room: int
) -> None:
    """A name, and in grey what is said of it, as far as there is room."""
    name, size = title
    name = lettering.fitted(name, size, room // 2, bold=True)
    lettering.write(sheet, place, name, size, INK, bold=True)
    taken = lettering.length(name, size, bold=True) + 12
    facts = lettering.fitted(said, SMALL, room - taken)
    lettering.write(sheet, (place[0] + taken, place[1]), facts, SMALL, GREY)


def _sample(root: Path, row: Mapping[str, Any]) -> Sample:
    composite, real = (io.read(root / row[what]).pixels for what in ("composite", "real"))
    mask = read_any_mask(root / row["mask"], image_size=composite.shape[:2]).mask
    size = layout.panel_size(composite.shape[:2], LONGEST)
    small = shown(composite, size)
    pictures = (small, outlined(small, mask), shown(real, size))
    return Sample(row["name"], _said(row), pictures)


def outlined(pixels: Bytes, mask: Array) -> Bytes:
    """With the contour of a mask of any size and type."""
    share = mask / np.float32(np.iinfo(mask.dtype).max if mask.dtype.kind == "u" else 1)
    return painted(pixels, contour(share, pixels.shape[:2], 1.5), RED)


def shown(pixels: Bytes, size: tuple[int, int]) -> Bytes:
    """At the size of a panel."""
    times = size[0] // pixels.shape[0]
    if times > 1:  # tiny pictures keep their pixels
        return pixels.repeat(times, axis=0).repeat(times, axis=1)
    return scaled(pixels, size)


def _said(row: Mapping[str, Any]) -> str:
    words = []
    for name in SHOWN:
        value = row.get(name)
        if name == "mse":
            words.append(f"MSE {value:.1f}")
        elif name == "foreground":
            words.append(f"{100 * float(value or 0):.3g} %")
        elif isinstance(value, str):
            words.append(value)
    return ", ".join(words)


def _chance(seed: int, number: int) -> bytes:
    return hashlib.sha256(f"sheet/{seed}/{number}".encode()).digest()
