"""Masks of COCO: polygons, and runs of pixels down the columns, as lists or as text.

Equal to pycocotools in every pixel. A polygon is drawn on a grid five times as fine, where each of
its sides becomes one point a step along its longer direction, rounded half up towards zero. Between
two points on either side of the middle of a column of pixels, what is inside changes, from the
first pixel on whose middle is not above the upper point.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

Mask = np.ndarray[Any, np.dtype[np.uint8]]
Whole = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

FINER = 5
MIDDLE = 2  # of the fine steps within a pixel
MOST_POINTS = 1 << 24  # of one polygon's sides; that of a 640 x 480 picture has some ten thousand


def decode_mask(segmentation: Any, height: int, width: int) -> Mask:
    """(H, W) of 0 and 255 from what stands under "segmentation".

    ValueError says what is wrong with it.
    """
    if isinstance(segmentation, list):
        if not segmentation:
            raise ValueError("segmentation has no polygon")
        inside = np.zeros((height, width), np.uint8)
        for number, polygon in enumerate(segmentation):
            _draw(_corners(polygon, number), inside)
        return np.negative(inside, out=inside)
    if isinstance(segmentation, dict):
        return _filled(_checked_runs(segmentation, height, width), height, width)
    raise ValueError(
        "segmentation must be a list of polygons or an object with size and counts, got "
        f"{_excerpt(segmentation)}"
    )


def _corners(polygon: Any, number: int) -> Floats:
    """x0, y0, x1, y1 ... of a polygon."""
    try:
        corners: Floats = np.array(polygon, np.float64)
    except (TypeError, ValueError, OverflowError):
        corners = np.empty((0, 0))
    if corners.ndim != 1 or isinstance(polygon, str):
        raise ValueError(f"polygon {number} must be a list of numbers, got {_excerpt(polygon)}")
    if corners.size < 6 or corners.size % 2:
        raise ValueError(
            f"polygon {number} must have x and y of at least 3 corners, got {corners.size} numbers"
        )
    if not np.isfinite(corners).all():
        raise ValueError(f"polygon {number} holds NaN or infinity")
    if np.abs(corners).max() * FINER > MOST_POINTS:
        raise ValueError(f"polygon {number} reaches to {np.abs(corners).max():.6g}")
    return corners


def _draw(corners: Floats, inside: Mask) -> None:
    """Set what is inside a polygon to 1."""
    height, width = inside.shape
    columns, rows = _changes(corners, width)
    rows = np.minimum(rows, height)
    # Where an even number of changes meets nothing does; those below the picture are of no use.
    places, counts = np.unique(columns + rows * width, return_counts=True)
    places = places[(counts % 2 == 1) & (places < height * width)]
    if places.size == 0:
        return
    left, right = columns.min(), columns.max() + 1
    top, bottom = places[0] // width, min(rows.max() + 1, height)
    drawn = np.zeros((bottom - top, -(-(right - left) // 8)), np.uint64)
    pixels = drawn.view(np.uint8)
    pixels[places // width - top, places % width - left] = 1
    np.bitwise_xor.accumulate(drawn, axis=0, out=drawn)  # eight columns at a time
    inside[top:bottom, left:right] |= pixels[:, : right - left]


def _changes(corners: Floats, width: int) -> tuple[Whole, Whole]:
    """The columns and rows from which on downwards what is inside is outside, and vice versa."""
    x, y = (FINER * corners.reshape(-1, 2).T + 0.5).astype(np.int64)
    to_x, to_y = np.roll(x, -1), np.roll(y, -1)
    across, down = np.abs(to_x - x), np.abs(to_y - y)
    somewhere = across + down > 0  # a side without length has no slope, and changes nothing
    x, y, to_x, to_y, across, down = (a[somewhere] for a in (x, y, to_x, to_y, across, down))
    steps = np.maximum(across, down)
    if steps.sum() > MOST_POINTS:
        raise ValueError(f"a polygon has sides of {steps.sum() // FINER} pixels")
    flat = across >= down
    # Sides run from left to right, or steep ones downwards; their points keep the given order.
    back = np.where(flat, x > to_x, y > to_y)
    x, to_x = np.where(back, to_x, x), np.where(back, x, to_x)
    y, to_y = np.where(back, to_y, y), np.where(back, y, to_y)
    start, beside = np.where(flat, x, y), np.where(flat, y, x)
    slope = (np.where(flat, to_y, to_x) - beside) / steps

    counts = steps + 1
    side = np.repeat(np.arange(counts.size), counts)
    place = np.arange(side.size) - (np.cumsum(counts) - counts)[side]
    step = np.where(back[side], steps[side] - place, place)
    along = start[side] + step
    off = (beside[side] + slope[side] * step + 0.5).astype(np.int64)
    fine_x, fine_y = np.where(flat[side], along, off), np.where(flat[side], off, along)

    before, after = fine_x[:-1], fine_x[1:]
    left = np.where(after < before, after, after - 1)
    changes = np.flatnonzero((after != before) & (left % FINER == MIDDLE))
    columns = left[changes] // FINER
    upper = np.minimum(fine_y[changes], fine_y[changes + 1])
    rows = np.maximum((upper + MIDDLE) // FINER, 0)
    seen = (columns >= 0) & (columns < width)
    return columns[seen], rows[seen]


def _checked_runs(segmentation: dict[str, Any], height: int, width: int) -> Whole:
    size, counts = segmentation.get("size"), segmentation.get("counts")
    if size != [height, width]:
        raise ValueError(
            f"segmentation has the size {_excerpt(size)}, its image is [{height}, {width}]"
        )
    if isinstance(counts, str):
        runs = runs_of_text(counts)
    elif isinstance(counts, list) and all(type(count) is int for count in counts):
        try:
            runs = np.array(counts, np.int64)
        except OverflowError:
            runs = np.array([-1])
    else:
        raise ValueError(f"counts must be a list of whole numbers or text, got {_excerpt(counts)}")
    if runs.size and not 0 <= runs.min() <= runs.max() <= height * width:
        raise ValueError("counts holds a run that is negative or longer than the picture")
    if runs.sum() != height * width:
        raise ValueError(f"counts has {runs.sum()} pixels, the picture {height * width}")
    return runs


def runs_of_text(text: str) -> Whole:
    """The lengths of runs from the compressed text.

    # a character less 48:  5 | more follow | 5 bits of the number, the lowest first
    Its highest bit is the sign. From the fourth on, a number is what is added to the last but one.
    """
    try:
        codes = np.frombuffer(text.encode("ascii"), np.uint8).astype(np.int64) - 48
    except UnicodeEncodeError:
        codes = np.array([-1])
    if codes.size == 0:
        return codes
    if codes.min() < 0 or codes.max() > 63:
        raise ValueError("counts holds a character that is none of the compressed text's")
    last = codes & 32 == 0
    if not last[-1]:
        raise ValueError("counts ends within a number")
    ends = np.flatnonzero(last)
    starts = np.concatenate([[0], ends[:-1] + 1])
    digits = ends - starts + 1
    if digits.max() > 7:
        raise ValueError("counts holds a number beyond 32 bits")
    shifts = 5 * (np.arange(codes.size) - np.repeat(starts, digits))
    runs = np.add.reduceat((codes & 31) << shifts, starts)
    runs -= np.where(codes[ends] & 16, np.left_shift(1, 5 * digits), 0)
    for first in (1, 2):
        runs[first::2] = np.cumsum(runs[first::2])
    return runs


def _filled(runs: Whole, height: int, width: int) -> Mask:
    """Runs of outside and inside in turns, down one column after the other."""
    values = np.zeros(runs.size, np.uint8)
    values[1::2] = 255
    return np.ascontiguousarray(np.repeat(values, runs).reshape(width, height).T)


def text_of_mask(mask: Mask) -> str:
    """The compressed text of a mask, whose runs `decode_mask` reads."""
    flat = np.concatenate([[0], np.asarray(mask != 0, np.int8).T.ravel()])
    changes = np.flatnonzero(np.diff(flat))
    runs = np.diff(np.concatenate([[0], changes, [flat.size - 1]]))
    deltas: Sequence[int] = [
        int(run - runs[i - 2]) if i > 2 else int(run) for i, run in enumerate(runs)
    ]
    return "".join(map(_characters, deltas))


def _characters(number: int) -> str:
    text = ""
    while True:
        five, number = number & 31, number >> 5
        done = number == (-1 if five & 16 else 0)
        text += chr(48 + five + (0 if done else 32))
        if done:
            return text


def _excerpt(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
