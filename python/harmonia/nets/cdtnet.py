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

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia._session import NetworkLut
from harmonia.nets._canvas import Canvas, Tile, resized_tile
from harmonia.nets._lut3d import apply_lut3d, nodes_of_planes
from harmonia.nets._network import Architecture, Network, Normalised, Published
from harmonia.nets._separated_unet import Decoder, Encoder
from harmonia.transform import Change

_PAGE = "https://github.com/bcmi/CDTNet-High-Resolution-Image-Harmonization"
_TABLES, _NODES = 4, 33
_REACH = 2  # pixels around one that its refinement sees
_EPS = 1e-5  # of batch norms
_TALL, _WIDE, _WIDEST = 64, 128, 1024  # of tiles


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
        """Nodes (N, R, G, B, 3) for weights (N, K, 1, 1); in full precision under autocast too."""
        if torch.is_autocast_enabled(weights.device.type):
            with torch.autocast(weights.device.type, enabled=False):
                return self.summed(weights.float())
        return self.summed(weights)

    def summed(self, weights: Tensor) -> Tensor:
        planes = torch.stack([getattr(self, f"LUT{index}").LUT for index in range(_TABLES)])
        sums = weights.flatten(1) @ planes.flatten(1)
        return nodes_of_planes(sums.view(-1, *planes.shape[1:]))


class Refinement(nn.Module):
    """Two convolutions over all that is known at full size, and a blend."""

    def __init__(self, inputs: int, width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for channels in (inputs, width):
            layers += [
                nn.Conv2d(channels, width, 3, padding=1),
                nn.BatchNorm2d(width, _EPS),
                nn.ELU(),
            ]
        self.block = nn.Sequential(*layers)
        self.conv_attention = nn.Conv2d(width, 1, 1)
        self.to_rgb = nn.Conv2d(width, 3, 1)

    def forward(self, known: Tensor, image: Tensor) -> Tensor:
        return self.blend(self.block(known), image)

    def of_tile(self, known: Tensor, margins: Sequence[int], image: Tensor) -> Tensor:
        """The same of a tile: `known` reaches 2 pixels beyond `image`, less `margins` of those
        that lie beyond the border of the picture (left, right, above, below)."""
        first, second = self.block[0], self.block[3]
        weight, bias = _folded(first, self.block[1])
        if any(margins):
            known = functional.pad(known, tuple(margins))
        features = functional.elu_(functional.conv2d(known, weight, bias))
        left, right, above, below = (max(margin - 1, 0) for margin in margins)
        if left + right + above + below:
            high, wide = features.shape[2:]
            inside = features[:, :, above : high - below, left : wide - right]
            features = functional.pad(inside, (left, right, above, below))
        weight, bias = _folded(second, self.block[4])
        return self.blend(functional.elu_(functional.conv2d(features, weight, bias)), image)

    def blend(self, features: Tensor, image: Tensor) -> Tensor:
        heads = [self.conv_attention, self.to_rgb]
        weight, bias = (
            torch.cat([getattr(head, name) for head in heads]) for name in ("weight", "bias")
        )
        both = functional.conv2d(features, weight, bias)
        share = torch.sigmoid(3.0 * both[:, :1])
        return share * image + (1.0 - share) * both[:, 1:]


def _folded(conv: nn.Module, norm: nn.Module) -> tuple[Tensor, Tensor]:
    """Weights of a convolution and the norm behind it at once."""
    scale = norm.get_parameter("weight") * torch.rsqrt(norm.get_buffer("running_var") + _EPS)
    shift = conv.get_parameter("bias") - norm.get_buffer("running_mean")
    weight = conv.get_parameter("weight") * scale[:, None, None, None]
    return weight, norm.get_parameter("bias") + shift * scale


class Seen(NamedTuple):
    """What the low resolution says of a picture."""

    weights: Tensor  # of the tables, (N, K, 1, 1)
    nodes: Tensor  # of their sum, (N, R, G, B, 3)
    field: Tensor | None  # the output of the U-Net, normalised, and its features, (N, 35, h, w)


def shrunk(values: Tensor, side: int) -> Tensor:
    """To a square, without averaging."""
    return functional.interpolate(values, (side, side), mode="bilinear", align_corners=False)


class Outputs(NamedTuple):
    """What each branch makes of a picture, 0..1; training compares all with the real."""

    nodes: Tensor  # of its table, (N, R, G, B, 3)
    base: Tensor | None  # of the U-Net, at the base
    mapped: Tensor  # behind the table where the mask is white
    refined: Tensor | None


class DualTransformations(Network):
    """The whole network, or with `refined=False` what it is up to the table."""

    def __init__(self, base: int, *, refined: bool = True, width: int = 32) -> None:
        super().__init__()
        self.base, self.refined = base, refined
        self.normalised = Normalised()
        self.encoder = Encoder(4, width, norm_from=2)
        widths = self.encoder.widths
        self.decoder = Decoder(widths, attend_from=2, middle=0.5, blend=True)
        self.lut = Tables(widths[-1])
        self.refine = Refinement(2 * 3 + 1 + widths[0], 2 * width)

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

    def seen(self, image: Tensor, mask: Tensor) -> Seen:
        return self.read(
            shrunk(image, self.base), shrunk(mask, self.base), shrunk(mask, self.coarse)
        )

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        return self._whole(self.seen(image, mask), image, mask)

    def outputs(self, image: Tensor, mask: Tensor) -> Outputs:
        """Those of all branches; without the refinement of the table alone."""
        seen = self.seen(image, mask)
        mapped = self.mapped(seen, image, mask)
        if seen.field is None:
            return Outputs(seen.nodes, None, mapped, None)
        base = self.normalised.back(seen.field[:, :3])
        return Outputs(seen.nodes, base, mapped, self._refined(seen.field, mapped, image, mask))

    def look(self, canvas: Canvas) -> Seen:
        _, coarse = canvas.thumbnail(self.coarse, self.coarse)
        return self.read(*canvas.thumbnail(self.base, self.base), coarse)

    def changes(self, seen: Seen, canvas: Canvas) -> Sequence[Change] | None:
        """Without the refinement the table alone."""
        if seen.field is not None:
            return None
        return [NetworkLut(nodes) for nodes in seen.nodes.float().cpu().numpy()]

    def tiles(self, canvas: Canvas) -> Iterator[Tile]:
        """Tiles of one size, for which convolutions are prepared once, over what masks reach."""
        if canvas.device.type != "cpu" or not self.refined:
            yield from super().tiles(canvas)
            return
        height, width = canvas.size
        tall, wide = min(_TALL, height), min(_WIDE, width)
        for above in range(0, height, tall):
            top = min(above, height - tall)
            reached = canvas.reached(top, top + tall).nonzero()[:, 0].tolist()
            end = 0
            for column in reached:
                if column >= end:
                    left = min(column, width - wide)
                    end = left + wide
                    yield Tile(top, top + tall, left, end)

    def render(self, seen: Seen, canvas: Canvas, top: int, bottom: int) -> Tensor:
        if torch.compiler.is_compiling():  # a graph has no tiles: their number is its picture's
            return self._whole(seen, *canvas.rows())[:, :, top:bottom]
        width = canvas.size[1]
        parts = [
            torch.cat(
                [
                    self.render_tile(seen, canvas, Tile(y, min(y + _TALL, bottom), x, x + wide))
                    for x in range(0, width, _WIDEST)
                    if (wide := min(_WIDEST, width - x))
                ],
                dim=3,
            )
            for y in range(top, bottom, _TALL)
        ]
        return torch.cat(parts, dim=2)

    def render_tile(self, seen: Seen, canvas: Canvas, tile: Tile) -> Tensor:
        if seen.field is None:
            return apply_lut3d(canvas.tile(tile)[0], seen.nodes)
        height, width = canvas.size
        seam = (tile.top, height - tile.bottom, tile.left, width - tile.right)
        above, below, before, behind = (min(_REACH, room) for room in seam)
        wider = Tile(tile.top - above, tile.bottom + below, tile.left - before, tile.right + behind)
        image, mask = canvas.tile(wider)
        mapped = self.normalised(self.mapped(seen, image, mask))
        field = resized_tile(seen.field, canvas.size, wider)
        # Channels lie beside each other, in which order convolutions are twice as fast here.
        parts = [field[..., :3], mapped.movedim(1, 3), mask.movedim(1, 3), field[..., 3:]]
        known = torch.cat(parts, dim=3).movedim(3, 1)
        rows = slice(above, above + tile.bottom - tile.top)
        columns = slice(before, before + tile.right - tile.left)
        inner = self.normalised(image[:, :, rows, columns])
        # Beyond the picture's border there are zeros, and so there are behind the first layer.
        margins = [_REACH - have for have in (before, behind, above, below)]
        out = self.refine.of_tile(known, margins, inner)
        return self.normalised.back(out)

    def mapped(self, seen: Seen, image: Tensor, mask: Tensor) -> Tensor:
        """The picture behind the table where the mask is white."""
        return apply_lut3d(image, seen.nodes, mask)

    def _whole(self, seen: Seen, image: Tensor, mask: Tensor) -> Tensor:
        if seen.field is None:
            return apply_lut3d(image, seen.nodes)
        return self._refined(seen.field, self.mapped(seen, image, mask), image, mask)

    def _refined(self, field: Tensor, mapped: Tensor, image: Tensor, mask: Tensor) -> Tensor:
        size = image.shape[2:]
        field = functional.interpolate(field, size, mode="bilinear", align_corners=False)
        known = torch.cat([field[:, :3], self.normalised(mapped), mask, field[:, 3:]], dim=1)
        return self.normalised.back(self.refine(known, self.normalised(image)))


ARCHITECTURE = Architecture(
    variants={
        "256": partial(DualTransformations, base=256),
        "512": partial(DualTransformations, base=512),
    },
    published=(
        Published("256", "iHarmony4_256.pth", _PAGE, "none stated"),
        Published("256", "HAdobe5k_1024.pth", _PAGE, "none stated"),
        Published("512", "HAdobe5k_2048.pth", _PAGE, "none stated"),
    ),
)
