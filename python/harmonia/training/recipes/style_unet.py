"""The U-Net of the HSV style loss: L1, a critic, and an extractor of hue and saturation.

Adam at 0.002 with betas 0.5 and 0.999, constant, for 8 epochs of single samples; pieces of half of
a picture at least, never mirrored; Xavier's first values, 0.02 times as wide.

`variant="described"`: a critic of patches and the extractor learn first, by hinge losses and
triplets. The generator's loss is L1 + 0.01 of each: the critic's, triplets of codes, features of
foreground against background, and Gram matrices of foreground features; all of it reaches the
generator, through HSV too. `variant="code"`: L1 + 0.01 Gram of colours in the mask's box + 0.01
triplets, whose distances are taken number by number; the extractor on the same sum, no critic;
codes of HSV stop the gradient, so that from them the extractor alone learns. Its background's code
is of the real picture, the described one's of the composite, as when it is run.
"""

from harmonia.training import _built, _initial
from harmonia.training._built import Variant
from harmonia.training._style_recipe import CodedRecipe, Space


class StyleUNet(CodedRecipe):
    """The U-Net in training.

    Parameters
    ----------
    variant
        "described" or "code".
    space
        What the extractor sees: "rgb", or "hsv", of which hue is an angle that saturation weighs
        where it is described, and a number from 0 to 255 in the code. The trained network is the
        variant rgb, hue or hsv of `harmonia.nets.style_unet`.
    width
        Channels of the first level; 64 as the authors have it.
    """

    def __init__(
        self,
        *,
        variant: Variant = "described",
        space: Space = "hsv",
        width: int | None = None,
    ) -> None:
        super().__init__(variant, space, width, None)
        self.multiple = 256  # its U-Net halves eight times
        self.method = f"style_unet.{self.space}"
        self.shape = _built.shape(width, code_width=width)
        self.network = _built.network(self.method, self.shape)  # type: ignore[assignment]
        _initial.xavier(self)


RECIPE = StyleUNet
