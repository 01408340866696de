"""The attention U-Net, which is described as the generator of the HSV style loss.

All is as in `style_unet`, whose docstring tells how the described variant and the code differ, but
that no code of the background is told to the generator: the extractor is beside it in training
alone. The code never trains this network. `variant="code"` gives it what its other runs have:
their losses, with an extractor that normalizes as that of `style_unet` does.
"""

from torch import Tensor

from harmonia.nets._style_encoder import StyleEncoder
from harmonia.nets.attention_unet import AttentionUNet as Network
from harmonia.nets.style_unet import seen
from harmonia.training import _built, _initial
from harmonia.training._batch import Batch
from harmonia.training._built import Variant
from harmonia.training._style_recipe import Space, StyleRecipe


class AttentionUNet(StyleRecipe):
    """The attention U-Net in training.

    Parameters
    ----------
    variant
        "described" or "code".
    space
        What the extractor sees, as in `style_unet`.
    width
        Channels of the first level; 64 as the authors have it.
    base
        The side that pictures are brought to; 256 as the authors have it.
    """

    network: Network

    def __init__(
        self,
        *,
        variant: Variant = "described",
        space: Space = "hsv",
        width: int | None = None,
        base: int | None = None,
    ) -> None:
        super().__init__(variant, space, width, base)
        self.method = "attention_unet.256"
        self.shape = _built.shape(width, base)
        self.network = _built.network(self.method, self.shape)  # type: ignore[assignment]
        self.extractor = StyleEncoder("instance", width or 64)
        _initial.xavier(self)

    def encoder(self) -> StyleEncoder:
        return self.extractor

    def seen(self, image: Tensor) -> Tensor:
        return seen(self.space, image)

    def generate(self, batch: Batch, code: Tensor) -> Tensor:
        output: Tensor = self.network(batch.composite, batch.mask)
        return output


RECIPE = AttentionUNet
