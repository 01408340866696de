"""What a score is: a number for a composite that was made, and the least that passes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Pixels = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """An automatic filter. Its name is the key that it has among the filters.

    Attributes
    ----------
    of
        `of(composite, mask, real) -> float`, where higher is better: images (H, W, 3) uint8, the
        mask (H, W) uint8 0..255. It is called from many threads at once, and the same pixels have
        to give the same number.
    least
        From which number on a composite is accepted. NaN never is.

    >>> from harmonia.synthesis import Score
    >>> changed = Score(lambda composite, mask, real: float((composite != real).mean()), 0.01)
    >>> changed.accepts(0.2), changed.accepts(float("nan"))
    (True, False)
    """

    of: Callable[[Pixels, Pixels, Pixels], float]
    least: float

    def accepts(self, value: float) -> bool:
        return value >= self.least
