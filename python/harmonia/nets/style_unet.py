"""The U-Net of the HSV style loss: BargainNet with another extractor (after Cong et al. 2021).

Source: github.com/shravan-d/Image-Harmonization, a course project without a paper, after
BargainNet. It states no licence and publishes no weights.
BargainNet without dropout, and its extractor of codes with instance normalization. "rgb" and "hsv"
differ in the colours that the extractor sees: the hue of "hsv" runs 0..255 and is not a circle.
"hue" is not theirs: its extractor sees hue as an angle that saturation weighs, nearer to what they
describe, and `harmonia.training` trains it.

There the code is of the *real* picture's background, in tests too, which equals the composite's
but for the noise of files. Here it is always the composite's, since there is no other. There tests
see a random crop; here the whole picture is brought to 256 x 256, as BargainNet does. Of the mask
only 255 of 255 counts as foreground. The whole output is scored, nothing pasted.

There HSV is made by PIL, through which no gradient passes, so that the style of "hsv" teaches the
extractor alone. `hsv_codes` gives the same values and lets gradients through.
"""

from functools import partial
from typing import Literal, get_args

import torch
from torch import Tensor

from harmonia.nets._gated_unet import Statistics
from harmonia.nets._hue import hue_saturation_value
from harmonia.nets._network import Architecture
from harmonia.nets._style_encoder import CodedUNet, StyledNetwork, StyleEncoder, prefixed

Space = Literal["rgb", "hsv", "hue"]


class StyleUNet(StyledNetwork):
    """Extractor and generator."""

    def __init__(
        self,
        space: Space = "rgb",
        width: int = 64,
        *,
        code_width: int = 64,
        bn: Statistics = "batch",
    ) -> None:
        super().__init__()
        self.space = space
        self.E = StyleEncoder("instance", code_width)
        self.G = CodedUNet(width, drop=False)
        self.bn = bn

    def seen(self, image: Tensor) -> Tensor:
        return seen(self.space, image)

    def generate(self, image: Tensor, inside: Tensor, code: Tensor) -> Tensor:
        found: Tensor = self.G(2 * image - 1, inside, code)
        return (found + 1) / 2


def seen(space: Space, image: Tensor) -> Tensor:
    """What an extractor of a space sees of pictures 0..1: values within -1..1."""
    if space == "hue":
        codes = hue_saturation_value(image)
        return torch.cat([codes[:, :2], 2 * codes[:, 2:] - 1], dim=1)
    return 2 * (hsv_codes(image) if space == "hsv" else image) - 1


def hsv_codes(image: Tensor) -> Tensor:
    """Hue, saturation and value (N, 3, H, W) of pictures 0..1, in steps of 1/255 as PIL has them.

    The steps are those of the values; the gradient is that of the smooth functions below them.
    """
    codes = 255 * image.float()
    codes = codes + (codes.round() - codes).detach()
    value, least = codes.amax(1, keepdim=True), codes.amin(1, keepdim=True)
    spread = (value - least).clamp(min=1)
    # Precisions as in PIL: quotients and hues are single, sums double.
    far_red, far_green, far_blue = ((value - codes) / spread).double().chunk(3, dim=1)
    red, green, _ = codes.chunk(3, dim=1)
    sixth = torch.where(
        red == value,
        far_blue - far_green,
        torch.where(green == value, 2 + far_red - far_blue, 4 + far_green - far_red),
    )
    hue = torch.remainder(sixth.float().double() / 6 + 1, 1).float().double() * 255
    saturation = ((value - least) / value.clamp(min=1)).double() * 255
    smooth = torch.cat([hue * (value > least), saturation, value.double()], dim=1)
    stepped = smooth + (smooth.floor() - smooth).detach()
    return (stepped / 255).to(image.dtype)


ARCHITECTURE = Architecture(
    variants={space: partial(StyleUNet, space) for space in get_args(Space)},
    convert=prefixed,
)
