"""iSSAM: foreground-normalised MSE (Sofiiuk, Popenova and Konushin 2021).

Adam at 0.001 for 120 epochs of batches of 16, a tenth of it from epoch 105 and a hundredth from
115. The loss is that of normalised values, of the whole output; a foreground counts for at least
1000 pixels. "hrnet18": 180 epochs, steps at 160 and 175, at least 100 pixels, and a tenth of the
rate for the backbone. No training of "512" is published; here it is that of "256".
"""

from os import PathLike

from harmonia.training._normalised_error import NormalisedError


class ISSAM(NormalisedError):
    """iSSAM in training.

    Parameters
    ----------
    variant
        One of `harmonia.nets.issam`.
    width
        Channels at full size; 32 as the authors have it.
    base
        The side that pictures are brought to; that of the variant as the authors have it.
    minimum_area
        Pixels that a foreground counts for at least; the variant's by default.
    backbone
        A file of HRNetV2's weights that a backbone begins with; the authors took ImageNet's.
    """

    def __init__(
        self,
        *,
        variant: str = "256",
        width: int | None = None,
        base: int | None = None,
        minimum_area: float | None = None,
        backbone: str | PathLike[str] | None = None,
    ) -> None:
        backed = variant == "hrnet18"
        default = 100.0 if backed else 1000.0
        super().__init__(
            f"issam.{variant}",
            width=width,
            base=base,
            magnitude=2.0 if backed else 1.0,
            minimum_area=default if minimum_area is None else minimum_area,
            backbone=backbone,
        )


RECIPE = ISSAM
