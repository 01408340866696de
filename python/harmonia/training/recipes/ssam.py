"""SSAM as Sofiiuk, Popenova and Konushin (2021) trained it to compare with: plain MSE.

Adam at 0.001 for 120 epochs of batches of 16, a tenth of it from epoch 105 and a hundredth from
115. The loss is that of normalised values, of the whole output.
"""

from harmonia.training._normalised_error import NormalisedError


class SSAM(NormalisedError):
    """SSAM in training.

    Parameters
    ----------
    width
        Channels at full size; 64 as the authors have it.
    base
        The side that pictures are brought to; 256 as the authors have it.
    """

    def __init__(self, *, width: int | None = None, base: int | None = None) -> None:
        super().__init__("ssam.256", width=width, base=base, magnitude=2.0, minimum_area=None)


RECIPE = SSAM
