"""RainNet: a U-Net whose foreground takes on statistics of the background (Ling et al. 2021).

Paper: Ling, Xue, Song, Xie, Gu, "Region-aware Adaptive Instance Normalization for Image
Harmonization", CVPR 2021.
Code: github.com/junleen/RainNet, MIT, weights under the same licence.
It works at 256 x 256, to which PIL's bilinear resize brings the picture. It does not see the mask
as a channel; its normalizations on the way up do, shrunk to their sizes by taking the nearest. The
authors make the mask black and white, which dithers what is between; here it is cut at a half. They
paste the output through the mask, which here is left to whoever pastes every output.

Their evaluation runs in evaluation mode, as here; their test does not, and leaves three dropouts
random. Of their files `net_G_last.pth` is the one to take. Their loader skips what does not fit and
says nothing.
"""

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._canvas import Shrinking
from harmonia.nets._gated_unet import SLOPE
from harmonia.nets._network import Architecture, BaseNetwork, Published

_PAGE = "https://github.com/junleen/RainNet"
_LEAST = 1e-5


class RegionNorm(nn.Module):
    """Background by its own mean and spread; foreground by its own, then on the background's."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        for region in ("foreground", "background"):
            for name in ("gamma", "beta"):
                self.register_parameter(f"{region}_{name}", nn.Parameter(torch.zeros(channels)))

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        inside = functional.interpolate(mask, values.shape[2:], mode="nearest")
        outside = 1 - inside
        back_mean, back_spread = _moments(values, outside)
        mean, spread = _moments(values, inside)
        back = (values - back_mean) / back_spread
        front = (values - mean) / spread * back_spread + back_mean
        return self._affine("background", back) * outside + self._affine("foreground", front) * (
            inside
        )

    def _affine(self, region: str, values: Tensor) -> Tensor:
        gamma: Tensor = getattr(self, f"{region}_gamma").view(1, -1, 1, 1)
        beta: Tensor = getattr(self, f"{region}_beta").view(1, -1, 1, 1)
        return values * (1 + gamma) + beta


def _moments(values: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and spread of a region; a pixel deviates by as much of it as is inside."""
    total = weight.sum(dim=(2, 3), keepdim=True) + _LEAST
    mean = (values * weight).sum(dim=(2, 3), keepdim=True) / total
    away = (values - mean) * weight
    variance = (away * away).sum(dim=(2, 3), keepdim=True) / total
    return mean, (variance + _LEAST).sqrt()


class _Codec(nn.Module):
    """One of the inner levels; what came in is activated, and passes by like that."""

    def __init__(self, width: int, inside: "_Codec | None", *, drop: bool) -> None:
        super().__init__()
        down = [nn.Identity(), nn.Conv2d(width, width, 4, 2, 1, bias=False)]
        if inside is not None:
            self.down = nn.Sequential(*down, nn.InstanceNorm2d(width))
            self.submodule = inside
            down = []
        wide = width if inside is None else 2 * width
        self.up = nn.Sequential(
            *down, nn.ReLU(), nn.ConvTranspose2d(wide, width, 4, 2, 1, bias=False)
        )
        self.upnorm = RegionNorm(width)
        self.innermost = inside is None
        self.dropout = nn.Dropout(0.5 if drop else 0.0)

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        kept = functional.leaky_relu(values, SLOPE)
        found = kept if self.innermost else self.submodule(self.down(kept), mask)
        found = self.dropout(self.upnorm(self.up(found), mask))
        return torch.cat([kept, found], dim=1)


class RainNet(BaseNetwork):
    """The generator."""

    base = 256
    shrink_image: ClassVar[Shrinking] = "pil bilinear"
    shrink_mask: ClassVar[Shrinking] = "pil nearest"

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        widths = [width, 2 * width, 4 * width, 8 * width]
        self.model_layer0 = nn.Conv2d(3, width, 4, 2, 1, bias=False)
        for level in (1, 2, 3):
            before, after = widths[level - 1 : level + 1]
            down = nn.Conv2d(before, after, 4, 2, 1, bias=False)
            layers = [nn.LeakyReLU(SLOPE), down, nn.InstanceNorm2d(after)]
            self.add_module(f"model_layer{level}", nn.Sequential(*layers))
        block = _Codec(widths[-1], None, drop=False)
        for _ in range(3):
            block = _Codec(widths[-1], block, drop=True)
        self.unet_block = block
        for level, after in zip((11, 12, 13), widths[-2::-1], strict=True):
            up = nn.ConvTranspose2d(4 * after, after, 4, 2, 1, bias=False)
            gate = nn.Sequential(nn.Conv2d(2 * after, 2 * after, 1), nn.Sigmoid())
            self.add_module(f"model_layer{level}", nn.Sequential(nn.ReLU(), up))
            self.add_module(f"model_layer{level}norm", RegionNorm(after))
            self.add_module(f"model_layer{level}att", gate)
        self.model_out = nn.Sequential(
            nn.ReLU(), nn.ConvTranspose2d(2 * width, 3, 4, 2, 1), nn.Tanh()
        )

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        return self.generate(image, (mask > 0.5).to(image))

    def generate(self, image: Tensor, mask: Tensor) -> Tensor:
        """As `forward`, with the mask as it is."""
        found = self.model_layer0(2 * image - 1)
        kept = []
        for level in (1, 2, 3):
            kept.append(functional.leaky_relu(found, SLOPE))
            found = getattr(self, f"model_layer{level}")(found)
        found = self.unet_block(found, mask)
        for level in (11, 12, 13):
            up = getattr(self, f"model_layer{level}")(found)
            up = getattr(self, f"model_layer{level}norm")(up, mask)
            both = torch.cat([kept.pop(), up], dim=1)
            found = getattr(self, f"model_layer{level}att")(both) * both
        out: Tensor = self.model_out(found)
        return (out + 1) / 2


ARCHITECTURE = Architecture(
    variants={"256": RainNet},
    published=(Published("256", "net_G_last.pth", _PAGE, "MIT"),),
)
