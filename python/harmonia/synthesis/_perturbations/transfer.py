"""The colours of another photograph, by one of the library's quick methods."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harmonia import api
from harmonia.transform import Transform

Codes = np.ndarray[Any, np.dtype[np.uint8]]

METHODS = ("mkl", "reinhard", "xiao", "cumulative_histogram")


@dataclass(frozen=True, slots=True)
class Transfer:
    """A method, and the photograph that lends its colours."""

    method: str
    reference: Path

    def transform(self, colours: Codes, lent: Codes) -> Transform:
        """From some colours (1, N, 3) of the foreground to some of the photograph."""
        everywhere = np.ones(colours.shape[:2], bool)
        return api.fit(colours, everywhere, self.method, reference=lent)


def draw(rng: np.random.Generator, reference: Path) -> Transfer:
    """
    >>> from pathlib import Path
    >>> from harmonia.synthesis._perturbations import transfer
    >>> transfer.draw(np.random.default_rng(0), Path("beach.jpg")).method in transfer.METHODS
    True
    """
    return Transfer(METHODS[int(rng.integers(len(METHODS)))], reference)
