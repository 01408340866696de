"""PCT-Net: an affine map of colour a pixel, read off the picture at 256 (Guerreiro et al. 2023).

Paper: Guerreiro, Nakazawa, Stenger, "PCT-Net: Full Resolution Image Harmonization Using Pixel-Wise
Color Transformations", CVPR 2023.
Code: github.com/rakutentech/PCT-Net-Image-Harmonization, MPL-2.0, weights under the same licence.
"cnn" reads the maps with iSSAM's U-Net, "vit" with a transformer over patches of 4x4 pixels.
The maps are enlarged bicubically, corners not aligned, and applied to the full picture. What they
give is clamped to 0..1 where they are applied, and "cnn" mixes it with the input by a map of its
own: `a * changed + (1 - a) * image`, the other way round than iSSAM. Its `to_rgb` is in the
checkpoints but does nothing. "vit" has no such map: the authors paste its output through the mask,
which here is left to whoever pastes every output.
The copy in libcom enlarges with aligned corners, which is another function of the same weights.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._affine_planes import AffinePlanes
from harmonia.nets._canvas import Canvas, Shrinking, resized_rows
from harmonia.nets._network import Architecture, Network, Normalised, Published
from harmonia.nets._separated_unet import Decoder, Encoder
from harmonia.nets._transformer import TransformerLayers
from harmonia.transform import Change

_PAGE = "https://github.com/rakutentech/PCT-Net-Image-Harmonization/tree/main/pretrained_models"


class ColourMaps(Network):
    """A picture through maps of its colours that a small copy of it gave."""

    base = 256
    shrinking: ClassVar[Shrinking] = "cv2 linear"
    normalised: Normalised

    @abstractmethod
    def predict(self, image: Tensor, mask: Tensor) -> tuple[Tensor, Tensor | None]:
        """Maps (N, 12, H, W) of the normalised small picture: rows of a matrix, then an offset.

        And the share of what they give, (N, 1, H, W), where the network says one.
        """

    def planes(self, image: Tensor, mask: Tensor) -> Tensor:
        """The maps for colours that are not normalised, and behind them the share."""
        maps, share = self.predict(image, mask)
        matrix = _matrices(maps) / self.normalised.std[:, None]
        offset = maps[:, 9:] - (matrix * self.normalised.mean[:, None]).sum(2)
        parts = [matrix.flatten(1, 2), offset]
        return torch.cat(parts if share is None else [*parts, share], dim=1)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        side = (self.base, self.base)
        small, shape = (
            (
                functional.interpolate(one, side, mode="bilinear", align_corners=False)
                if tuple(one.shape[2:]) != side
                else one
            )
            for one in (image, mask)
        )
        planes = self.planes(small, shape)
        if image.shape[2:] != planes.shape[2:]:
            size = image.shape[2:]
            planes = functional.interpolate(planes, size, mode="bicubic", align_corners=False)
        return _applied(planes, image)

    def look(self, canvas: Canvas) -> Tensor:
        return self.planes(*canvas.shrunk(self.base, self.shrinking, self.shrinking))

    def render(self, seen: Tensor, canvas: Canvas, top: int, bottom: int) -> Tensor:
        image, _ = canvas.rows(top, bottom)
        return _applied(resized_rows(seen, canvas.size, top, bottom, "bicubic"), image)

    def changes(self, seen: Tensor, canvas: Canvas) -> Sequence[Change] | None:
        return [AffinePlanes(planes) for planes in seen.float().numpy()]


def _matrices(planes: Tensor) -> Tensor:
    """The first nine planes as (N, 3, 3, H, W)."""
    return torch.stack(planes[:, :9].chunk(3, 1), dim=1)


def _applied(planes: Tensor, image: Tensor) -> Tensor:
    offset, share = planes[:, 9:12], planes[:, 12:]
    changed: Tensor = ((_matrices(planes) * image[:, None]).sum(2) + offset).clamp(0, 1)
    return share * changed + (1 - share) * image if share.shape[1] else changed


class ConvolutionalMaps(ColourMaps):
    """Maps from iSSAM's U-Net."""

    def __init__(self) -> None:
        super().__init__()
        self.normalised = Normalised()
        self.encoder = Encoder(4, 32, norm_from=2)
        self.decoder = Decoder(self.encoder.widths, attend_from=2, middle=0.5, blend=True)
        self.get_params = nn.Conv2d(32, 12, 1)

    def predict(self, image: Tensor, mask: Tensor) -> tuple[Tensor, Tensor | None]:
        encoded = self.encoder(torch.cat([self.normalised(image), mask], dim=1))
        features = self.decoder.features(encoded, mask)
        return self.get_params(features), self.decoder.attention(features)


class PatchTransformer(nn.Module):
    """Patches as tokens, without a word of where they lie, and planes from the tokens."""

    patch, width, planes = 4, 256, 12

    def __init__(self) -> None:
        super().__init__()
        # The first place is that of the cutting, which has no parameters.
        self.patch_to_embedding = nn.Sequential(
            nn.Identity(), nn.Linear(4 * self.patch**2, self.width)
        )
        self.transformer_enc = TransformerLayers(9, self.width, heads=2, inner=512)
        self.dec = nn.Sequential(
            nn.ConvTranspose2d(self.width, self.planes, self.patch, self.patch), nn.Tanh()
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, 4, H, W) to (N, 12, H, W); sides are multiples of 4."""
        tall, wide = x.shape[2] // self.patch, x.shape[3] // self.patch
        cells = x.reshape(len(x), 4, tall, self.patch, wide, self.patch)
        tokens = cells.permute(0, 2, 4, 3, 5, 1).flatten(3).flatten(1, 2)
        tokens = self.transformer_enc(self.patch_to_embedding(tokens))
        out: Tensor = self.dec(tokens.transpose(1, 2).reshape(len(x), self.width, tall, wide))
        return out


class TransformerMaps(ColourMaps):
    """Maps from a transformer over patches."""

    def __init__(self) -> None:
        super().__init__()
        self.normalised = Normalised((0.0,) * 3, (1.0,) * 3)
        self.encoder = PatchTransformer()
        self.get_params = nn.Conv2d(12, 12, 1)

    def predict(self, image: Tensor, mask: Tensor) -> tuple[Tensor, Tensor | None]:
        values = torch.cat([self.normalised(image), mask], dim=1)
        return self.get_params(self.encoder(values)), None


ARCHITECTURE = Architecture(
    variants={"cnn": ConvolutionalMaps, "vit": TransformerMaps},
    published=(
        Published("cnn", "PCTNet_CNN.pth", _PAGE, "MPL-2.0"),
        Published("vit", "PCTNet_ViT.pth", _PAGE, "MPL-2.0"),
    ),
)
