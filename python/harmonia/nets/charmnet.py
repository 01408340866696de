"""CharmNet: iDIH with a way in and out for real pictures and one for renderings (Cao et al. 2021).

Paper: Cao, Cong, Niu, Zhang, Zhang, "Deep Image Harmonization by Bridging the Reality Gap", 2021,
with the data set RdHarmony.
Code: github.com/bcmi/Rendered-Image-Harmonization-Dataset-RdHarmony, no licence stated; no weights
are published.
The first four blocks and the last four exist twice, the middle is shared; what "real" uses is as
large as iDIH, and computes what iDIH does. "rendered" goes through the others, which are there to
learn from renderings: the same weights fit both.
It works at 256 alone, where a picture is brought to by cv2's linear resize. The mask is made of 0
and 1, here at its middle; the authors' reader takes for background all that is not quite white, so
also the rims that JPEG and resizes leave. They score the whole output, nothing pasted.
Its critics, for training, are in `_charmnet_critics.py`.
"""

from functools import partial
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from harmonia.nets._autoencoder import Decoder, Encoder, Up, climb, down
from harmonia.nets._network import Architecture, BaseNetwork, Normalised
from harmonia.nets._separated_unet import Decoded

Domain = Literal["real", "rendered"]


class Bridge(NamedTuple):
    """What one domain's encoder gives, deepest first, and what the shared middle makes of it."""

    encoded: list[Tensor]
    shared: Tensor

    @property
    def before(self) -> Tensor:
        return self.encoded[0]


class CharmNet(BaseNetwork):
    base = 256

    def __init__(self, domain: Domain = "real", *, width: int = 64) -> None:
        super().__init__()
        self.domain: Domain = domain
        self.normalised = Normalised()
        self.render_enc = Encoder(4, width, closed=False)
        self.real_enc = Encoder(4, width, closed=False)
        two, four, eight = 2 * width, 4 * width, 8 * width
        self.encoder_blocks = nn.ModuleDict(
            {
                "block4": down(two, four),
                "block5": down(four, four),
                "block6": down(four, eight, padding=0),
            }
        )
        self.deconv_blocks = nn.ModuleList(
            [Up(eight, four, padding=0), Up(four, four), Up(four, two)]
        )
        out = (two, two, width, width, width // 2)
        self.real_dec = Decoder(out, closed=False)
        self.render_dec = Decoder(out, closed=False)

    def bridge(self, values: Tensor, mask: Tensor, domain: Domain) -> Bridge:
        """Features of normalised values, for the critics and for `decoded`."""
        encoder = self.real_enc if domain == "real" else self.render_enc
        encoded: list[Tensor] = encoder(torch.cat([values, mask], dim=1))
        deep = encoded[:1]
        for block in self.encoder_blocks.values():
            deep = [block(deep[0]), *deep]
        return Bridge(encoded, climb(self.deconv_blocks, deep, mask))

    def decoded(self, bridge: Bridge, values: Tensor, mask: Tensor, domain: Domain) -> Decoded:
        decoder = self.real_dec if domain == "real" else self.render_dec
        out: Decoded = decoder([bridge.shared, *bridge.encoded[1:]], values, mask)
        return out

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        values = self.normalised(image)
        mask = (mask > 0.5).to(values.dtype)
        bridge = self.bridge(values, mask, self.domain)
        return self.normalised.back(self.decoded(bridge, values, mask, self.domain).output)


ARCHITECTURE = Architecture(
    variants={"real": partial(CharmNet, "real"), "rendered": partial(CharmNet, "rendered")}
)
