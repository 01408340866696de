"""DIH as Sofiiuk, Popenova and Konushin (2021) trained it to compare with: plain MSE.

Adam at 0.001, constant, for 120 epochs of batches of 16. The loss is that of normalised values, of
the whole output.
"""

from harmonia.training._normalised_error import NormalisedError
from harmonia.training._schedules import constant


class DIH(NormalisedError):
    """DIH in training.

    Parameters
    ----------
    width
        Channels behind the first block; 64 as the authors have it.
    base
        The side that pictures are brought to, a power of two; 256 as the authors have it.
    """

    def __init__(self, *, width: int | None = None, base: int | None = None) -> None:
        super().__init__(
            "dih.256",
            width=width,
            base=base,
            magnitude=2.0,
            minimum_area=None,
            schedule=constant,
        )


RECIPE = DIH
