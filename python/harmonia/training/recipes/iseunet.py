"""iSEUNet: foreground-normalised MSE (Sofiiuk, Popenova and Konushin 2021).

Adam at 0.001 for 120 epochs of batches of 16, a tenth of it from epoch 105 and a hundredth from
115. The loss is that of normalised values, of the whole output; a foreground counts for at least
1000 pixels.
"""

from harmonia.training._normalised_error import NormalisedError


class ISEUNet(NormalisedError):
    """iSEUNet in training.

    Parameters
    ----------
    width
        Channels at full size; 64 as the authors have it.
    base
        The side that pictures are brought to; 256 as the authors have it.
    minimum_area
        Pixels that a foreground counts for at least.
    """

    def __init__(
        self,
        *,
        width: int | None = None,
        base: int | None = None,
        minimum_area: float = 1000.0,
    ) -> None:
        super().__init__(
            "iseunet.256", width=width, base=base, magnitude=1.0, minimum_area=minimum_area
        )


RECIPE = ISEUNet
