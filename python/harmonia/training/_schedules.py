"""How a learning rate goes with the epochs: what it is multiplied by, as pure functions.

Epochs are those of the authors' own runs. A shorter or longer run passes through the same curve:
`Recipe.plan.epochs` of them make up the whole.
"""

import math
from collections.abc import Callable

Schedule = Callable[[int], float]


def constant(epoch: int) -> float:
    return 1.0


def steps(*at: int, by: float = 0.1) -> Schedule:
    """Times `by` at each of these epochs: torch's MultiStepLR.

    >>> from harmonia.training._schedules import steps
    >>> [steps(105, 115)(epoch) for epoch in (0, 104, 105)]
    [1.0, 1.0, 0.1]
    """
    return lambda epoch: by ** sum(epoch >= one for one in at)


def cosine(over: int) -> Schedule:
    """Half a wave of the cosine, from 1 to nearly 0.

    >>> from harmonia.training._schedules import cosine
    >>> cosine(100)(50)
    0.5
    """
    return lambda epoch: round(0.5 + 0.5 * math.cos(math.pi * epoch / over), 12)


def falling(after: int, over: int) -> Schedule:
    """Constant, then on a line that would reach 0 one epoch after the last: pix2pix's "linear".

    >>> from harmonia.training._schedules import falling
    >>> round(falling(100, 100)(150), 4)
    0.495
    """
    return lambda epoch: 1.0 - max(0, epoch + 1 - after) / (over + 1)
