"""BargainNet: DoveNet's U-Net told a code of the background's domain (Cong et al. 2021).

Paper: Cong, Niu, Zhang, Liang, Zhang, "BargainNet: Background-Guided Domain Translation for Image
Harmonization", ICME 2021.
Code: github.com/bcmi/BargainNet, MIT, weights under the same licence, in two files: the extractor
of codes (`E.` here) and the generator (`G.`).
It works at 256 x 256 alone, to which cv2's linear resize brings the picture. Of the mask only 255
of 255 counts as foreground, since the authors truncate it. They score the whole output, nothing
pasted. Their code takes one picture at a time; here batches go through too.

As with DoveNet the authors' test runs in training mode. `bn="batch"` normalizes by each picture's
own statistics as it does there, without the dropouts that stay random; `bn="running"` goes by the
statistics kept from training, which is another function.
How far the codes of foreground and background are apart is `harmonia.nets.harmony_score`.
"""

from torch import Tensor

from harmonia.nets._gated_unet import Statistics
from harmonia.nets._network import Architecture, Published
from harmonia.nets._style_encoder import CodedUNet, StyledNetwork, StyleEncoder, prefixed

_PAGE = "https://github.com/bcmi/BargainNet"


class BargainNet(StyledNetwork):
    """Extractor and generator."""

    def __init__(self, width: int = 64, *, code_width: int = 64, bn: Statistics = "batch") -> None:
        super().__init__()
        self.E = StyleEncoder(width=code_width)
        self.G = CodedUNet(width, drop=True)
        self.bn = bn

    def generate(self, image: Tensor, inside: Tensor, code: Tensor) -> Tensor:
        found: Tensor = self.G(2 * image - 1, inside, code)
        return (found + 1) / 2


ARCHITECTURE = Architecture(
    variants={"256": BargainNet},
    published=(Published("256", "latest_net_G.pth + latest_net_E.pth", _PAGE, "MIT"),),
    convert=prefixed,
)
