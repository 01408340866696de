"""UNet 3+ in the place of the style U-Net's generator.

All is as in `style_unet`, whose docstring tells how the described variant and the code differ; the
extractor sees RGB. The code multiplies the share of the triplets twice, so that `variant="code"`
has 0.0001 of them; "described" has 0.01.
"""

from harmonia.training import _built, _initial
from harmonia.training._built import Variant
from harmonia.training._style_recipe import SHARE, CodedRecipe


class UNet3Plus(CodedRecipe):
    """UNet 3+ in training.

    Parameters
    ----------
    variant
        "described" or "code".
    width
        Channels of the first level; 64 as the authors have it.
    base
        The side that pictures are brought to; 256 as the authors have it.
    """

    def __init__(
        self,
        *,
        variant: Variant = "described",
        width: int | None = None,
        base: int | None = None,
    ) -> None:
        super().__init__(variant, "rgb", width, base)
        self.method = "unet3plus.256"
        self.shape = _built.shape(width, base, code_width=width)
        self.network = _built.network(self.method, self.shape)  # type: ignore[assignment]
        if variant == "code":
            self.style_share = SHARE * SHARE
        _initial.xavier(self)


RECIPE = UNet3Plus
