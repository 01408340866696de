"""iDIH: an autoencoder that mixes its output with its input by a learned map (Sofiiuk et al. 2021).

Paper: Sofiiuk, Popenova, Konushin, "Foreground-aware Semantic Representations for Image
Harmonization", WACV 2021, after Tsai et al., "Deep Image Harmonization", CVPR 2017.
Code: github.com/saic-vul/image_harmonization, MPL-2.0, weights under the same licence.
The output mixes the *input* by the map that the paper calls attention: `a * image + (1 - a) * rgb`.
It was trained at 256 ("512": at 512), and that is where a picture is brought to, by cv2's linear
resize of picture and mask; the mask stays soft. The authors score the whole output, nothing pasted.

Variants with a backbone give the encoder features of HRNetV2 with OCR ("v2p": of four sizes, into
four blocks) or of DeepLabV3+; the paper calls the former iDIH-HRNet. In "512-hrnet18" the backbone
sees half the size. "256-se" weighs channels by the mask in its last two blocks. The code has these
two, "512" and "hrnet18s-v2p", but no weights of them are published. There all variants share one
configuration that a backbone adds to, so that the second of two built in one process can be wrong;
here each is its own.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from harmonia.nets._autoencoder import Decoder, Encoder, depth_of
from harmonia.nets._backed import Backed, Trunk
from harmonia.nets._deeplab import DeepLabFeatures
from harmonia.nets._hrnet import HRNetFeatures
from harmonia.nets._network import Architecture, Published
from harmonia.nets._separated_unet import Decoded

_PAGE = "https://github.com/saic-vul/image_harmonization"


class Autoencoder(Trunk):
    """iDIH, without a backbone for any size: it is padded to what the depth divides.

    It goes down from its base, a power of two, to a single place.
    """

    def __init__(
        self,
        base: int,
        *,
        width: int = 64,
        extra: Mapping[int, int] | None = None,
        gate_from: int | None = None,
    ) -> None:
        super().__init__(base)
        self.encoder = Encoder(depth_of(base), width, extra=extra)
        self.decoder = Decoder.of(self.encoder, gate_from=gate_from)

    def mixed(self, values: Tensor, mask: Tensor, extra: Sequence[Tensor] = ()) -> Tensor:
        encoded = self.encoder(torch.cat([values, mask], dim=1), extra)
        decoded: Decoded = self.decoder(encoded, values, mask)
        return decoded.output

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        """As the authors' predictor: black and no mask around, to a multiple of 2^(depth + 1)."""
        height, width = image.shape[2:]
        multiple = 2 ** (self.encoder.depth + 1)
        down, across = -height % multiple, -width % multiple
        around = [across // 2, across - across // 2, down // 2, down - down // 2]
        out = super().forward(functional.pad(image, around), functional.pad(mask, around))
        return out[:, :, down // 2 : down // 2 + height, across // 2 : across // 2 + width]


def _hrnet(
    base: int, width: int, *, small: bool = False, pyramid: bool = False, into: int = 2
) -> Backed:
    backbone = HRNetFeatures(width, small=small, pyramid=pyramid)
    extra = {into + step: channels for step, channels in enumerate(backbone.channels)}
    return Backed(backbone, Autoencoder(base, extra=extra), halved=base > 256)


def _deeplab() -> Backed:
    backbone = DeepLabFeatures()
    return Backed(backbone, Autoencoder(256, extra={2: backbone.channels[0]}))


_FILES = f"{_PAGE}/releases/download/v1.0"
_CHECKPOINTS = {
    "256": "idih256.pth",
    "hrnet18s": "hrnet18s_idih256.pth",
    "hrnet18": "hrnet18_idih256.pth",
    "hrnet18-v2p": "hrnet18_v2p_idih256.pth",
    "hrnet32": "hrnet32_idih256.pth",
    "deeplab-r34": "deeplab_idih256.pth",
}

ARCHITECTURE = Architecture(
    variants={
        "256": partial(Autoencoder, base=256),
        "512": partial(Autoencoder, base=512),
        "256-se": partial(Autoencoder, base=256, gate_from=5),
        "hrnet18s": partial(_hrnet, 256, 18, small=True),
        "hrnet18s-v2p": partial(_hrnet, 256, 18, small=True, pyramid=True),
        "hrnet18": partial(_hrnet, 256, 18),
        "hrnet18-v2p": partial(_hrnet, 256, 18, pyramid=True),
        "hrnet32": partial(_hrnet, 256, 32),
        "512-hrnet18": partial(_hrnet, 512, 18, into=3),
        "deeplab-r34": _deeplab,
    },
    published=tuple(
        Published(variant, file, _PAGE, "MPL-2.0", f"{_FILES}/{file}")
        for variant, file in _CHECKPOINTS.items()
    ),
)
