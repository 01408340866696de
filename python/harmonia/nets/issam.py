"""iSSAM (iS2AM): a U-Net with attention apart for foreground and background (Sofiiuk et al. 2021).

Paper: Sofiiuk, Popenova, Konushin, "Foreground-aware Semantic Representations for Image
Harmonization", WACV 2021, after Cun and Pun's S2AM.
Code: github.com/saic-vul/image_harmonization, MPL-2.0, weights under the same licence.
The network runs at any size whose sides are multiples of 8 (32 for "512"); it was trained at 256,
and at 512, and that is where a picture is brought to. The output mixes the *input* by the map that
the paper calls attention: `a * image + (1 - a) * rgb`. In "hrnet18" the encoder gets features of
HRNetV2-W18 with OCR; no weights of it and of "512" are published.
"""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from harmonia.nets._backed import Backed, Trunk
from harmonia.nets._hrnet import HRNetFeatures
from harmonia.nets._network import Architecture, Published
from harmonia.nets._separated_unet import Decoded, Decoder, Encoder

_PAGE = "https://github.com/saic-vul/image_harmonization"
_FILES = f"{_PAGE}/releases/download/v1.0"


class SeparatedUNet(Trunk):
    """The U-Net of spatial-separated attention; see the variants for its shapes."""

    def __init__(
        self,
        base: int,
        *,
        depth: int,
        width: int,
        attend_from: int,
        middle: float | None,
        blend: bool = True,
        extra: int = 0,
    ) -> None:
        super().__init__(base)
        self.encoder = Encoder(depth, width, norm_from=2, extra=extra)
        self.decoder = Decoder(
            self.encoder.widths, attend_from=attend_from, middle=middle, blend=blend
        )

    def mixed(self, values: Tensor, mask: Tensor, extra: Sequence[Tensor] = ()) -> Tensor:
        encoded = self.encoder(torch.cat([values, mask], dim=1), *extra)
        decoded: Decoded = self.decoder(encoded, values, mask)
        return decoded.output


def _hrnet() -> Backed:
    backbone = HRNetFeatures(18)
    trunk = SeparatedUNet(
        256, depth=4, width=32, attend_from=2, middle=0.5, extra=backbone.channels[0]
    )
    return Backed(backbone, trunk)


ARCHITECTURE = Architecture(
    variants={
        "256": partial(SeparatedUNet, base=256, depth=4, width=32, attend_from=2, middle=0.5),
        "512": partial(SeparatedUNet, base=512, depth=6, width=32, attend_from=3, middle=0.5),
        "hrnet18": _hrnet,
    },
    published=(Published("256", "issam256.pth", _PAGE, "MPL-2.0", f"{_FILES}/issam256.pth"),),
)
