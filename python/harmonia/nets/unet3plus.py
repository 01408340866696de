"""UNet 3+ with full-scale skips, told a code of the background (after Huang et al. 2020).

Source: github.com/shravan-d/Image-Harmonization, a course project without a paper: UNet 3+ of
Huang et al., "UNet 3+: A Full-Scale Connected UNet for Medical Image Segmentation", ICASSP 2020,
as the generator, and BargainNet's extractor of codes (Cong et al. 2021) with batch normalization.
It states no licence and publishes no weights.
Every level of the way up joins five branches of 64 channels, one of each level. The output is
linear. One picture of 256 x 256 takes 200 thousand million multiplications and additions, thirty
times DoveNet's.

There the code is of the *real* picture's background, in tests too; here it is always the
composite's, since there is no other. Tests there see a random crop, and the real background is
pasted before scoring, so that its published numbers stand beside no others; here the whole picture
is brought to 256 x 256, as BargainNet does. Of the mask only 255 of 255 counts as foreground.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._double_convolution import DoubleConvolution
from harmonia.nets._gated_unet import Statistics
from harmonia.nets._network import Architecture
from harmonia.nets._style_encoder import CODE, StyledNetwork, StyleEncoder, over, prefixed

LEVELS = 5


class FullScaleUNet(nn.Module):
    """The generator. Names of branches tell from where to where: h is on the way down, hd up."""

    def __init__(self, width: int) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(LEVELS)]
        joined = LEVELS * width
        before = 4 + CODE
        for level, after in enumerate(widths, 1):
            self.add_module(f"conv{level}", DoubleConvolution(before, after))
            before = after
        for to in range(LEVELS - 1, 0, -1):
            for level in range(1, LEVELS + 1):
                channels = widths[level - 1] if level <= to or level == LEVELS else joined
                branch = nn.Conv2d(channels, width, 3, padding=1)
                self.add_module(f"{_name(level, to)}_conv", branch)
            self.add_module(f"conv{to}d_1", nn.Conv2d(joined, joined, 3, padding=1))
        self.outconv1 = nn.Conv2d(joined, 3, 3, padding=1)

    def forward(self, values: Tensor) -> Tensor:
        down = []
        for level in range(1, LEVELS + 1):
            if level > 1:
                values = functional.max_pool2d(values, 2)
            values = getattr(self, f"conv{level}")(values)
            down.append(values)
        # Each level as those above it see it: what came up, but for the deepest.
        seen = list(down)
        for to in range(LEVELS - 1, 0, -1):
            branches = []
            for level in range(1, LEVELS + 1):
                part = seen[level - 1]
                if level < to:
                    part = functional.max_pool2d(part, 2 ** (to - level))
                if level > to:
                    part = functional.interpolate(
                        part, scale_factor=2 ** (level - to), mode="bilinear", align_corners=False
                    )
                branches.append(_normalized(getattr(self, f"{_name(level, to)}_conv")(part)))
            joined = torch.cat(branches, dim=1)
            seen[to - 1] = _normalized(getattr(self, f"conv{to}d_1")(joined))
        out: Tensor = self.outconv1(seen[0])
        return out


def _name(level: int, to: int) -> str:
    if level == to:
        return f"h{level}_Cat_hd{to}"
    return f"h{level}_PT_hd{to}" if level < to else f"hd{level}_UT_hd{to}"


def _normalized(values: Tensor) -> Tensor:
    return torch.relu(functional.instance_norm(values))


class UNet3Plus(StyledNetwork):
    """Extractor and generator."""

    def __init__(
        self,
        width: int = 64,
        base: int = 256,
        *,
        code_width: int = 64,
        bn: Statistics = "batch",
    ) -> None:
        super().__init__()
        self.base = base
        self.E = StyleEncoder(width=code_width)
        self.G = FullScaleUNet(width)
        self.bn = bn

    def generate(self, image: Tensor, inside: Tensor, code: Tensor) -> Tensor:
        values = torch.cat([2 * image - 1, inside, over(code, inside)], dim=1)
        found: Tensor = self.G(values)
        return (found + 1) / 2


ARCHITECTURE = Architecture(variants={"256": UNet3Plus}, convert=prefixed)
