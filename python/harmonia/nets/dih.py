"""DIH: a convolutional autoencoder with skips, the first harmonizer of its kind (Tsai et al. 2017).

Paper: Tsai et al., "Deep Image Harmonization", CVPR 2017; its branch for semantics is left out, as
in all later comparisons.
Code of "256": github.com/saic-vul/image_harmonization, MPL-2.0; no weights of it are published. It
differs from the paper by ELU for ReLU, sums for the skips, and 256 for 512.
Every colour comes from the network, nothing of the input is mixed in. It works at 256 alone, where
a picture is brought to by cv2's linear resize of picture and mask; the mask stays soft, and nothing
is pasted.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from harmonia.nets._autoencoder import Decoder, Encoder
from harmonia.nets._backed import Trunk
from harmonia.nets._network import Architecture
from harmonia.nets._separated_unet import Decoded


class Autoencoder(Trunk):
    """iDIH without the mixing, and with norms from the first block on."""

    def __init__(self) -> None:
        super().__init__(256)
        self.encoder = Encoder(7, norm_from=0)
        self.decoder = Decoder.of(self.encoder, blend=False)

    def mixed(self, values: Tensor, mask: Tensor, extra: Sequence[Tensor] = ()) -> Tensor:
        encoded = self.encoder(torch.cat([values, mask], dim=1), extra)
        decoded: Decoded = self.decoder(encoded, values, mask)
        return decoded.output


ARCHITECTURE = Architecture(variants={"256": Autoencoder})
