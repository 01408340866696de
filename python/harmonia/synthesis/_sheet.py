"""Some samples of a set as one picture: the composite, its mask's contour, and the real.

| name, method        | name, method        |
| comp. contour real  | comp. contour real  |
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harmonia import io
from harmonia.comparison import lettering
from harmonia.comparison.contour import contour
from harmonia.comparison.display import Bytes, painted, scaled
from harmonia.comparison.layout import GAP, LINE, MARGIN, NEAR

LONGEST = 240  # of a picture
ACROSS = 2  # samples
CAPTION = LINE + 6
NAME, SMALL = 14, 12  # sizes of text
PAPER, INK, GREY, RED = (255, 255, 255), (24, 24, 27), (105, 105, 114), (230, 25, 35)
SHOWN = ("method", "reference", "mse", "foreground")


def write(
    root: Path, path: Path, rows: Sequence[Mapping[str, Any]], samples: int, seed: int
) -> None:
    """Of `samples` rows drawn by the seed; without any, a picture that is there goes."""
    if not samples or not rows:
        path.unlink(missing_ok=True)
        return
    drawn = sorted(range(len(rows)), key=lambda n: _chance(seed, n))[:samples]
    pixels = draw([_sample(root, rows[n]) for n in sorted(drawn)])
    io.write(path, pixels, overwrite=True, quality=90)


def draw(samples: Sequence[tuple[str, str, list[Bytes]]]) -> Bytes:
    """(H, W, 3): a name, what is said of it and three pictures a sample."""
    across = min(ACROSS, len(samples))
    down = math.ceil(len(samples) / across)
    cell = 3 * LONGEST + 2 * NEAR
    heights = [
        max(pictures[0].shape[0] for _, _, pictures in samples[n * across : (n + 1) * across])
        for n in range(down)
    ]
    height = 2 * MARGIN + sum(heights) + down * CAPTION + (down - 1) * GAP
    width = 2 * MARGIN + across * cell + (across - 1) * GAP
    sheet = np.full((height, width, 3), PAPER, np.uint8)
    y = MARGIN
    for row, tall in enumerate(heights):
        for column, sample in enumerate(samples[row * across : (row + 1) * across]):
            _put(sheet, MARGIN + column * (cell + GAP), y, cell, sample)
        y += CAPTION + tall + GAP
    return sheet


def _put(sheet: Bytes, x: int, y: int, room: int, sample: tuple[str, str, list[Bytes]]) -> None:
    name, said, pictures = sample
    title = lettering.fitted(name, NAME, room // 2, bold=True)
    lettering.write(sheet, (x, y + 14), title, NAME, INK, bold=True)
    start = lettering.length(title, NAME, bold=True) + 12
    facts = lettering.fitted(said, SMALL, room - start)
    lettering.write(sheet, (x + start, y + 14), facts, SMALL, GREY)
    for picture in pictures:
        height, width = picture.shape[:2]
        left = x + (LONGEST - width) // 2
        sheet[y + CAPTION : y + CAPTION + height, left : left + width] = picture
        x += LONGEST + NEAR


def _sample(root: Path, row: Mapping[str, Any]) -> tuple[str, str, list[Bytes]]:
    composite = io.read(root / row["composite"]).pixels
    real = io.read(root / row["real"]).pixels
    mask = io.read_mask(root / row["mask"], image_size=composite.shape[:2]).mask
    most = max(composite.shape[:2])
    height, width = (max(1, round(side * min(1, LONGEST / most))) for side in composite.shape[:2])
    size = height, width
    small = scaled(composite, size)
    line = contour(mask.astype(np.float32) / 255, size, 1.5)
    return row["name"], _said(row), [small, painted(small, line, RED), scaled(real, size)]


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
