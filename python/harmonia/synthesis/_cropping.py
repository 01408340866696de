"""A piece of a photograph by chance, at another size: area 0.5 to 1 of it, and mirrored or not.

The piece is drawn in shares of the picture, before its size is known, so that chance does not
depend on how it is decoded.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from harmonia._resize import Box, pil_resize

Codes = np.ndarray[Any, np.dtype[np.uint8]]

LEAST_AREA = 0.5
WIDEST = 4 / 3  # of the sides, and 3/4
PIECES = 10
# Pixels of foreground, and of background, that a piece keeps; what the loss of iDIH divides by at
# least. Without them there is nothing to learn.
FEWEST = 100


class Piece(NamedTuple):
    area: float
    ratio: float  # of width to height
    across: float  # of what is left beside it
    down: float

    def box(self, height: int, width: int) -> tuple[int, int, int, int]:
        """left, top, right, bottom; a side that would be too long is as long as there is."""
        across = min(width, max(1, round(math.sqrt(self.area * height * width * self.ratio))))
        down = min(height, max(1, round(math.sqrt(self.area * height * width / self.ratio))))
        left, top = round(self.across * (width - across)), round(self.down * (height - down))
        return left, top, left + across, top + down


def draw(rng: np.random.Generator, least_area: float = LEAST_AREA) -> list[Piece]:
    """Pieces to be tried in turn."""
    shares = rng.uniform(0, 1, (PIECES, 4))
    wide = math.log(WIDEST)
    return [
        Piece(
            least_area + (1 - least_area) * float(area),
            math.exp(wide * (2 * float(ratio) - 1)),
            float(across),
            float(down),
        )
        for area, ratio, across, down in shares
    ]


def cut(
    image: Codes, mask: Codes, size: tuple[int, int], pieces: list[Piece], mirrored: bool
) -> tuple[Codes, Codes]:
    """The first piece that keeps some foreground and some background, or else the whole picture.

    Resized with antialiasing, the mask too: its edges become soft. The picture may have been
    decoded at a fraction of the mask's size.
    """
    height, width = mask.shape
    for piece in pieces:
        box = piece.box(height, width)
        small = _resized(mask, size, box)
        inside = int(np.count_nonzero(small > 127))
        if min(inside, small.size - inside) >= min(FEWEST, small.size // 4):
            break
    else:
        box = (0, 0, width, height)
        small = _resized(mask, size, box)
    tall, wide = image.shape[:2]
    left, top, right, bottom = box
    # Multiplied before it is divided, so that the last row and column are whole numbers.
    within = (
        left * wide / width,
        top * tall / height,
        right * wide / width,
        bottom * tall / height,
    )
    # Beforehand, as a view: to turn the pixels of a result takes a third as long again.
    if mirrored:
        image, within = image[:, ::-1], (wide - within[2], within[1], wide - within[0], within[3])
        small = np.ascontiguousarray(small[:, ::-1])
    return _resized(image, size, within), small


def _resized(pixels: Codes, size: tuple[int, int], box: Box) -> Codes:
    found: Codes = pil_resize(pixels, size, "bilinear", box=box)
    return found


def reduction(height: int, width: int, size: tuple[int, int], least_area: float) -> int:
    """1, 2, 4 or 8: how many times smaller a picture may be decoded, so that no piece of it is
    enlarged more than it would be anyway. Its sides may be the other way round.
    """
    shortest = math.sqrt(least_area * height * width / WIDEST)
    shortest = min(shortest, height, width)
    return next((by for by in (8, 4, 2) if shortest >= by * max(size)), 1)
