"""iDIH: foreground-normalised MSE (Sofiiuk, Popenova and Konushin 2021).

Adam at 0.001 for 120 epochs of batches of 16, a tenth of it from epoch 105 and a hundredth from
115; with a backbone 180 epochs, steps at 160 and 175, and a tenth of the rate for the backbone but
not for its part that tells the mask's regions apart. The loss is that of normalised values, of the
whole output; a foreground counts for at least 100 pixels at 256, and 1000 at 512. The authors cut
pieces of 512 pixels out of pictures for the latter; here pieces are resized, as at 256.
"""

from os import PathLike

from harmonia.training._normalised_error import NormalisedError


class IDIH(NormalisedError):
    """iDIH in training.

    Parameters
    ----------
    variant
        One of `harmonia.nets.idih`.
    width
        Channels behind the first block; 64 as the authors have it. None with a backbone.
    base
        The side that pictures are brought to, a power of two; that of the variant as the authors
        have it. None with a backbone.
    minimum_area
        Pixels that a foreground counts for at least; the variant's by default.
    backbone
        A file of weights that a backbone begins with, HRNetV2's or ResNet-34's; the authors took
        ImageNet's.
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
        default = 1000.0 if variant.startswith("512") else 100.0
        super().__init__(
            f"idih.{variant}",
            width=width,
            base=base,
            magnitude=2.0,
            minimum_area=default if minimum_area is None else minimum_area,
            backbone=backbone,
        )


RECIPE = IDIH
