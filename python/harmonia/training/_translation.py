"""What the recipes of translators share: they learn from the reals of two datasets, unpaired."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import Tensor

from harmonia.nets import _translators
from harmonia.nets._translators import Translator
from harmonia.training import _built
from harmonia.training._batch import Batch
from harmonia.training._crops import Crops
from harmonia.training._recipe import DATA, RENDERED, Recipe


@dataclass(frozen=True)
class Windows(Crops):
    """Pieces of one size relative to the picture's, wherever the foreground is.

    Attributes
    ----------
    share
        Of the picture's sides. 256 / 286 is what a resize to 286 and a crop of 256 leave.
    square
        Whether it is the shorter side's in both directions.
    """

    excepted: float = 1.0
    share: float = 256 / 286
    square: bool = False

    def _drawn(self, size: tuple[int, ...], chance: np.random.Generator) -> tuple[slice, slice]:
        sides = [min(size)] * 2 if self.square else size
        pieces = []
        for whole, side in zip(size, sides, strict=True):
            length = max(1, round(self.share * side))
            start = int(chance.integers(whole - length + 1))
            pieces.append(slice(start, start + length))
        return pieces[0], pieces[1]


class Translation(Recipe):
    """A network that gives rendered pictures the looks of real ones.

    Its sources are "data", real pictures, and "rendered" ones; of both the reals count alone. It is
    not validated, since nobody knows what a translation should be.
    """

    sources: ClassVar[tuple[str, ...]] = (DATA, RENDERED)
    harmonizes: ClassVar[bool] = False

    def __init__(self, method: str, *, width: int | None, blocks: int | None) -> None:
        super().__init__()
        self.method = method
        self.shape = _built.shape(width, blocks=blocks)
        self.network = self.translator()
        self.width = 64 if width is None else width

    def translator(self) -> Translator:
        """One at its first values."""
        return _translators.make(self.method, self.shape)


def values(batches: Mapping[str, Batch]) -> tuple[Tensor, Tensor]:
    """Rendered and real pictures, within -1..1."""
    return 2 * batches[RENDERED].real - 1, 2 * batches[DATA].real - 1
