"""DoveNet: pix2pix's U-Net with gated skips, trained to make two domains one (Cong et al. 2020).

Paper: Cong, Zhang, Niu, Liu, Ling, Li, Zhang, "DoveNet: Deep Image Harmonization via Domain
Verification", CVPR 2020.
Code: github.com/bcmi/Image-Harmonization-Dataset-iHarmony4, MIT, weights under the same licence.
It works at 256 x 256 alone, to which PIL's bilinear resize brings the picture. The authors make
the mask black and white, which dithers what is between; here it is cut at a half. They score the
whole output, nothing pasted.

The published checkpoint has batch normalization, though the printed training command says instance
normalization. The authors' test runs in training mode: each picture is normalized by its own
statistics, and three dropouts stay random. `bn="batch"` does the former without the latter;
`bn="running"` goes by the statistics kept from training, which is another function.
"""

import torch
from torch import Tensor

from harmonia.nets._gated_unet import GatedUNet, Norm, Pix2PixNetwork, Statistics
from harmonia.nets._network import Architecture, Published

_PAGE = "https://github.com/bcmi/Image-Harmonization-Dataset-iHarmony4"


class DoveNet(Pix2PixNetwork):
    """The generator."""

    def __init__(self, width: int = 64, norm: Norm = "batch", *, bn: Statistics = "batch") -> None:
        super().__init__()
        self.model = GatedUNet(4, width, norm)
        self.bn = bn

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        inside = (mask > 0.5).to(image)
        found: Tensor = self.model(torch.cat([2 * image - 1, inside], dim=1))
        return (found + 1) / 2


ARCHITECTURE = Architecture(
    variants={"256": DoveNet},
    published=(Published("256", "latest_net_G.pth", _PAGE, "MIT"),),
)
