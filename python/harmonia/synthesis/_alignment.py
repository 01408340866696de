"""Whether two pictures of one size show the same things in the same places.

Edges are compared by their direction, which no curve of tones changes: two pictures agree where
their edges point the same way, 1 where all of them do and about 0 where they have nothing in common
(J. Fitch et al., "Orientation correlation", BMVC 2002).
"""

from typing import Any

import numpy as np

Pixels = np.ndarray[Any, Any]
Directions = np.ndarray[Any, np.dtype[np.complex128]]

SIDE = 768  # of the part that is looked at
REACH = 12  # pixels that pictures may be shifted to be told so
EDGE = 8.0  # codes from one neighbour to the other; JPEG makes less of nothing
FEWEST = 400  # edges, without which nothing can be said
BETTER = 0.1
APART = 0.45  # editions that are graded, sharpened or blurred agree by more than a half


def misaligned(real: Pixels, other: Pixels, mask: Pixels) -> str:
    """How the other is misaligned around the mask, or "" where it is not, or cannot be seen."""
    part = _around(mask)
    ours, theirs = (_directions(pixels[part]) for pixels in (real, other))
    if min(np.count_nonzero(ours), np.count_nonzero(theirs)) < FEWEST:
        return ""
    agreement = _agreement(ours, theirs)
    here = agreement[REACH, REACH]
    row, column = np.unravel_index(int(np.argmax(agreement)), agreement.shape)
    down, right = int(row) - REACH, int(column) - REACH
    if agreement[row, column] > here + BETTER:
        return f"is shifted by {right} pixels to the right and {down} down"
    if here < APART:
        return f"shows other edges ({100 * here:.0f} % agree)"
    return ""


def _around(mask: Pixels) -> tuple[slice, slice]:
    """A part of the picture, with the middle of the foreground in its middle where it fits."""
    sides = []
    for axis in (0, 1):
        inside = np.flatnonzero(mask.any(axis=1 - axis))
        middle, length = (int(inside[0]) + int(inside[-1])) // 2, mask.shape[axis]
        start = max(0, min(middle - SIDE // 2, length - SIDE))
        sides.append(slice(start, min(start + SIDE, length)))
    return sides[0], sides[1]


def _directions(pixels: Pixels) -> Directions:
    """Of every edge a complex number of length 1, 0 elsewhere."""
    grey = pixels.mean(axis=2, dtype=np.float64)
    steps = np.zeros(grey.shape, np.complex128)
    steps[:, 1:-1].real = grey[:, 2:] - grey[:, :-2]
    steps[1:-1].imag = grey[2:] - grey[:-2]
    lengths = np.abs(steps)
    found: Directions = np.divide(steps, lengths, out=np.zeros_like(steps), where=lengths >= EDGE)
    return found


def _agreement(ours: Directions, theirs: Directions) -> Pixels:
    """Mean cosine of the angles between edges of both, for every shift that is within reach."""
    size = [side + 2 * REACH for side in ours.shape]  # so that nothing wraps around

    def correlate(a: Pixels, b: Pixels) -> Pixels:
        sums = np.fft.ifft2(np.conj(np.fft.fft2(a, size)) * np.fft.fft2(b, size)).real
        near: Pixels = np.roll(sums, (REACH, REACH), (0, 1))[: 2 * REACH + 1, : 2 * REACH + 1]
        return near

    pairs = correlate(ours != 0, theirs != 0)
    few = FEWEST / 2  # a shift at which hardly any edges meet says nothing
    return np.where(pairs >= few, correlate(ours, theirs) / np.maximum(pairs, few), 0.0)
