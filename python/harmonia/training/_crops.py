"""What a sample goes through before it is resized: a piece of it by chance, perhaps mirrored."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harmonia.datasets import Sample

TRIES = 10


@dataclass(frozen=True)
class Crops:
    """torchvision's and albumentations' RandomResizedCrop, whose resize comes after, and a flip.

    Attributes
    ----------
    scale
        The share of the picture's area that a piece has; (1, 1) for the whole of it.
    ratio
        Between which width over height is drawn, evenly in its logarithm.
    mirror
        How often it is mirrored.
    least
        Pixels of foreground that a piece must show, or another is drawn, but for `excepted`.
    excepted
        How often a piece may show less.
    """

    scale: tuple[float, float] = (0.5, 1.0)
    ratio: tuple[float, float] = (3 / 4, 4 / 3)
    mirror: float = 0.5
    least: float = 1.0
    excepted: float = 0.05

    def __call__(self, sample: Sample, chance: np.random.Generator) -> Sample:
        rows, columns = self._piece(sample, chance)
        step = -1 if chance.random() < self.mirror else 1
        return replace(
            sample,
            composite=sample.composite[rows, columns][:, ::step],
            mask=sample.mask[rows, columns][:, ::step],
            real=None if sample.real is None else sample.real[rows, columns][:, ::step],
        )

    def _piece(self, sample: Sample, chance: np.random.Generator) -> tuple[slice, slice]:
        """The first of some that shows enough foreground; the whole where none does."""
        size = sample.mask.shape
        if self.scale == (1.0, 1.0):
            return slice(0, size[0]), slice(0, size[1])
        if chance.random() < self.excepted:
            return self._drawn(size, chance)
        least = self.least * _white(sample.mask)
        for _ in range(TRIES):
            rows, columns = self._drawn(size, chance)
            if sample.mask[rows, columns].sum(dtype=np.float64) > least:
                return rows, columns
        return slice(0, size[0]), slice(0, size[1])

    def _drawn(self, size: tuple[int, ...], chance: np.random.Generator) -> tuple[slice, slice]:
        height, width = size
        low, high = map(math.log, self.ratio)
        for _ in range(TRIES):
            area = height * width * chance.uniform(*self.scale)
            ratio = math.exp(chance.uniform(low, high))
            across, down = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
            if 0 < across <= width and 0 < down <= height:
                top = int(chance.integers(height - down + 1))
                left = int(chance.integers(width - across + 1))
                return slice(top, top + down), slice(left, left + across)
        # Too long a picture for any: its middle, as near to the wanted ratios as can be.
        across = min(width, round(height * self.ratio[1]))
        down = min(height, round(width / self.ratio[0]))
        top, left = (height - down) // 2, (width - across) // 2
        return slice(top, top + down), slice(left, left + across)


WHOLE = Crops(scale=(1.0, 1.0), mirror=0.0)


def _white(mask: "np.ndarray[Any, Any]") -> float:
    return float(np.iinfo(mask.dtype).max) if mask.dtype.kind == "u" else 1.0
