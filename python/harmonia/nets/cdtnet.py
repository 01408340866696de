"""CDTNet: a U-Net at low resolution, a table of colours and a refinement (Cong et al. 2022).

Paper: Cong, Tao, Niu, Liang, Gao, Sun, Zhang, "High-Resolution Image Harmonization via
Collaborative Dual Transformations", CVPR 2022.
Code: github.com/bcmi/CDTNet-High-Resolution-Image-Harmonization, which states no licence, neither
for the code nor for its weights: to use them is for their holder to decide.
The U-Net is iSSAM's at 256, or at 512 ("512", with weights of the same names and shapes), of a
picture that is shrunk without averaging. From its innermost features come weights of four tables
of 33 nodes an axis, which are added up to one, as the paper draws it; the code applies each and
adds the pictures, which is the same. The refinement sees both outputs and the U-Net's features at
full size. Its blend is iSSAM's: `a * image + (1 - a) * rgb`.
The code trains its tables on batches whose channels it mixes up; here every picture of a batch is
what it would be alone. `cdtnet_sim` is the picture behind the table.
"""

from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._canvas import Canvas, resized_rows
from harmonia.nets._lut3d import apply_lut3d, nodes_of_planes
from harmonia.nets._network import Architecture, Network, Normalised, Published
from harmonia.nets._separated_unet import Decoder, Encoder

_PAGE = "https://github.com/bcmi/CDTNet-High-Resolution-Image-Harmonization"
_TABLES, _NODES = 4, 33
_REACH = 2  # pixels around one that its refinement sees


class Table(nn.Module):
    """A table in planes, blue slowest."""

    def __init__(self, *, identity: bool) -> None:
        super().__init__()
        axis = torch.linspace(0, 1, _NODES)
        blue, green, red = torch.meshgrid(axis, axis, axis, indexing="ij")
        planes = torch.stack([red, green, blue])
        self.LUT = nn.Parameter(planes if identity else torch.zeros_like(planes))


class Classifier(nn.Module):
    """What each table counts, by features inside of the mask and outside."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(features, features, 1)
        self.fc = nn.Conv2d(2 * features, _TABLES, 1)
        nn.init.ones_(self.fc.bias)  # type: ignore[arg-type]

    def forward(self, features: Tensor, mask: Tensor) -> Tensor:
        seen = self.conv(features)
        inside = seen * mask
        means = [part.mean((2, 3), keepdim=True) for part in (inside, seen - inside)]
        weights: Tensor = self.fc(torch.cat(means, dim=1))
        return weights


class Tables(nn.Module):
    """The tables of the network, and one of them all for a picture."""

    def __init__(self, features: int) -> None:
        super().__init__()
        for index in range(_TABLES):
            setattr(self, f"LUT{index}", Table(identity=index == 0))
        self.classifier = Classifier(features)

    def forward(self, weights: Tensor) -> Tensor:
        """Nodes (N, R, G, B, 3) for weights (N, K, 1, 1)."""
        planes = torch.stack([getattr(self, f"LUT{index}").LUT for index in range(_TABLES)])
        sums = weights.flatten(1) @ planes.flatten(1)
        return nodes_of_planes(sums.view(-1, *planes.shape[1:]))


class Refinement(nn.Module):
    """Two convolutions over all that is known at full size, and a blend."""

    def __init__(self, inputs: int, width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for channels in (inputs, width):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ELU()]
        self.block = nn.Sequential(*layers)
        self.conv_attention = nn.Conv2d(width, 1, 1)
        self.to_rgb = nn.Conv2d(width, 3, 1)

    def forward(self, known: Tensor, image: Tensor) -> Tensor:
        features = self.block(known)
        share = torch.sigmoid(3.0 * self.conv_attention(features))
        out: Tensor = share * image + (1.0 - share) * self.to_rgb(features)
        return out


class Seen(NamedTuple):
    """What the low resolution says of a picture."""

    weights: Tensor  # of the tables, (N, K, 1, 1)
    nodes: Tensor  # of their sum, (N, R, G, B, 3)
    field: Tensor | None  # the output of the U-Net, normalised, and its features, (N, 35, h, w)


class DualTransformations(Network):
    """The whole network, or with `refined=False` what it is up to the table."""

    def __init__(self, base: int, *, refined: bool = True) -> None:
        super().__init__()
        self.base, self.refined = base, refined
        self.normalised = Normalised()
        self.encoder = Encoder(4, 32, norm_from=2)
        widths = self.encoder.widths
        self.decoder = Decoder(widths, attend_from=2, middle=0.5, blend=True)
        self.lut = Tables(widths[-1])
        self.refine = Refinement(2 * 3 + 1 + widths[0])

    def read(self, image: Tensor, mask: Tensor, coarse: Tensor) -> Seen:
        """From picture and mask at the base, and the mask at the innermost features' size."""
        values = self.normalised(image)
        encoded = self.encoder(torch.cat([values, mask], dim=1))
        weights = self.lut.classifier(encoded[0], coarse)
        field = None
        if self.refined:
            decoded = self.decoder(encoded, values, mask)
            field = torch.cat([decoded.output, decoded.features], dim=1)
        return Seen(weights, self.lut(weights), field)

    @property
    def coarse(self) -> int:
        """The side of the innermost features."""
        return self.base >> (self.encoder.depth - 1)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        def at(values: Tensor, side: int) -> Tensor:
            return functional.interpolate(
                values, (side, side), mode="bilinear", align_corners=False
            )

        seen = self.read(at(image, self.base), at(mask, self.base), at(mask, self.coarse))
        if seen.field is None:
            return apply_lut3d(image, seen.nodes)
        size = image.shape[2:]
        field = functional.interpolate(seen.field, size, mode="bilinear", align_corners=False)
        return self._refined(seen, field, image, mask)

    def look(self, canvas: Canvas) -> Seen:
        _, coarse = canvas.thumbnail(self.coarse, self.coarse)
        return self.read(*canvas.thumbnail(self.base, self.base), coarse)

    def render(self, seen: Seen, canvas: Canvas, top: int, bottom: int) -> Tensor:
        if seen.field is None:
            return apply_lut3d(canvas.rows(top, bottom)[0], seen.nodes)
        first, last = max(top - _REACH, 0), min(bottom + _REACH, canvas.size[0])
        field = resized_rows(seen.field, canvas.size, first, last, "bilinear")
        out = self._refined(seen, field, *canvas.rows(first, last))
        return out[:, :, top - first : bottom - first]

    def mapped(self, seen: Seen, image: Tensor, mask: Tensor) -> Tensor:
        """The picture behind the table where the mask is white."""
        return apply_lut3d(image, seen.nodes, mask)

    def _refined(self, seen: Seen, field: Tensor, image: Tensor, mask: Tensor) -> Tensor:
        mapped = self.normalised(self.mapped(seen, image, mask))
        known = torch.cat([field[:, :3], mapped, mask, field[:, 3:]], dim=1)
        return self.normalised.back(self.refine(known, self.normalised(image)))


ARCHITECTURE = Architecture(
    variants={
        "256": partial(DualTransformations, 256),
        "512": partial(DualTransformations, 512),
    },
    published=(
        Published("256", "iHarmony4_256.pth", _PAGE, "none stated"),
        Published("256", "HAdobe5k_1024.pth", _PAGE, "none stated"),
        Published("512", "HAdobe5k_2048.pth", _PAGE, "none stated"),
    ),
)
