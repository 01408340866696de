"""INR-Harmonization (HINet): colours as a continuous function of the place (Chen et al. 2023).

Paper: Chen, Zhang, Zou, Chen and Shi, "Dense Pixel-to-Pixel Harmonization via Continuous Image
Representation", TCSVT 2023.
Code: github.com/WindVChen/INR-Harmonization, Apache-2.0, weights under the same licence.
iDIH's encoder with HRNet behind it reads the picture at 256, values -1..1. Its shallow features
give every cell of a grid the weights of a small perceptron of its own, at 64, 128 and 256: from
the place, waves and learned constants of it, the colours and the mask, and the features of the
size before, to features. The deep features give one perceptron that turns features to colours,
and a table of 7^3 colours beside it, indexed [channel, red, green, blue], that only training uses.
Every weight is a learned one times tanh of a product of two thin matrices.

In the code the features of the size before are enlarged as channels, rows, columns, and then read
as rows, columns, channels: the weights are trained with these scrambled values, and so it is here.
The authors paste by `mask > 100 / 255`; here that is left to whoever pastes every output.

At 256 all this is held to the authors' outputs, the table included. Their modes for full pictures
are not, and here it is done so: all up to the last perceptrons runs at 256; these see the places,
the colours and the mask of the full picture, and the scrambled features enlarged bilinearly. At
256 that is the same.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._autoencoder import Encoder as PlainEncoder
from harmonia.nets._autoencoder import Up, climb, down
from harmonia.nets._backed import Scale
from harmonia.nets._canvas import Canvas, Shrinking, Tile, resized_rows
from harmonia.nets._hrnet import HRNetFeatures
from harmonia.nets._network import Architecture, Network, Normalised, Published

_PAGE = "https://github.com/WindVChen/INR-Harmonization"

WIDTH = 32  # of perceptrons, and of each half of the embedding
RANK = 10
NODES = 7
STRIP = 1 << 17  # pixels at a time, of a kilobyte and more each on the way
# Weights (..., inputs, outputs) and offsets (..., outputs), layer by layer.
Layers = list[tuple[Tensor, Tensor]]


class Outputs(NamedTuple):
    """All that training looks at, on the scale 0..1."""

    scales: list[Tensor]  # the picture at 64, 128 and 256
    table: Tensor  # (N, 3, 7, 7, 7): channel, red, green, blue
    by_table: Tensor  # the picture through the table


class Seen(NamedTuple):
    """What is known of a picture before the perceptrons of 256 run."""

    features: list[Tensor]  # of 64 and 128
    last: Layers  # a grid of cells
    field: Tensor  # the scrambled features (N, 32, 256, 256)
    colours: Layers
    predicted: Tensor  # the values that `colours` and the table are made of


class Encoder(PlainEncoder):
    """iDIH's, with a block for the perceptrons beside the third, without HRNet's features."""

    def __init__(self) -> None:
        super().__init__(7, extra={2: 128})
        blocks = dict(self.blocks_connected.items())
        self.blocks_connected = nn.ModuleDict({"block2_decode": down(64, 128), **blocks})

    def both(self, x: Tensor, extra: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Features for the perceptrons, the largest first, and for the decoder, deepest first."""
        beside, *connected = self.blocks_connected.values()
        first = self.block0(x)
        second = self.block1(first)
        x = torch.cat([second, extra], dim=1)
        deep = []
        for block in connected:
            x = block(x)
            deep.append(x)
        return [first, second, beside(second)], deep[::-1]


class Constants(nn.Module):
    """A learned picture of 256x256, read off between its pixels, whose corners are aligned."""

    def __init__(self) -> None:
        super().__init__()
        self.input = nn.Parameter(torch.randn(1, 256**2, WIDTH))

    def forward(self, places: Tensor) -> Tensor:
        field = self.input.reshape(1, 256, 256, WIDTH).movedim(-1, 1)
        return functional.grid_sample(
            field, places.flip(-1)[None].to(field.dtype), padding_mode="border", align_corners=True
        )


class Waves(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.ffm = nn.Linear(2, WIDTH)
        nn.init.uniform_(self.ffm.weight, -(4.5**0.5), 4.5**0.5)

    def forward(self, places: Tensor) -> Tensor:
        return torch.sin(self.ffm(places.to(self.ffm.weight.dtype))).movedim(-1, 0)[None]


class Embedding(nn.Module):
    """The place, waves of it and constants: (1, 66, h, w) of places (h, w, 2), row and column."""

    def __init__(self) -> None:
        super().__init__()
        self.fourier_embed = Constants()
        self.predict_embed = Waves()

    def forward(self, places: Tensor) -> Tensor:
        waves = self.predict_embed(places)
        own = places.movedim(-1, 0)[None].to(waves.dtype)
        return torch.cat([own, waves, self.fourier_embed(places)], dim=1)


class Perceptrons(nn.Module):
    """Layers whose weights are predicted as factors of learned ones."""

    def __init__(self, sides: Sequence[tuple[int, int]], lead: Sequence[int]) -> None:
        super().__init__()
        self.sides = list(sides)
        self.outputs = sum(RANK * (ins + outs) + outs for ins, outs in sides)
        self.learned = [(*lead, ins, outs) for ins, outs in sides]

    def basics(self) -> nn.ParameterList:
        return nn.ParameterList(nn.Parameter(torch.randn(shape)) for shape in self.learned)

    def layers(self, predicted: Tensor, basics: nn.ParameterList) -> Layers:
        """From values (..., outputs): for each layer two thin matrices, then the offset."""
        sizes = [size for ins, outs in self.sides for size in (RANK * ins, RANK * outs, outs)]
        pieces: Iterator[Tensor] = iter(torch.split(predicted, sizes, -1))
        found = []
        for (ins, outs), basic in zip(self.sides, basics, strict=True):
            left, right = next(pieces), next(pieces)
            lead = predicted.shape[:-1]
            thin = left.reshape(*lead, ins, RANK) @ right.reshape(*lead, RANK, outs)
            found.append((torch.tanh(thin) * basic, next(pieces)))
        return found


class ContentPerceptrons(Perceptrons):
    """One in each cell: a cell for two by two pixels of the features."""

    def __init__(self, channels: int, inputs: int, hidden: int) -> None:
        super().__init__([(inputs, WIDTH), *[(WIDTH, WIDTH)] * hidden], (1, 1, 1))
        self.cont_extraction_net = nn.Sequential(
            nn.Conv2d(channels, 512, 3, 2, 1, bias=False),
            nn.ReLU(),
            nn.Conv2d(512, 512, 3, 1, 1, bias=False),
            nn.ReLU(),
            nn.Conv2d(512, self.outputs, 1),
        )
        self.basic_params = self.basics()

    def forward(self, features: Tensor) -> Layers:
        predicted = self.cont_extraction_net(features).movedim(1, -1)
        return self.layers(predicted, self.basic_params)


class ColourPerceptron(Perceptrons):
    """One for the whole picture, from features to colours."""

    def __init__(self, pixels: int, channels: int) -> None:
        super().__init__([*[(WIDTH, WIDTH)] * 3, (WIDTH, 3)], (1,))
        self.compress_layer = nn.Sequential(
            nn.Linear(pixels, 64, bias=False), nn.BatchNorm1d(channels), nn.ReLU(), nn.Linear(64, 1)
        )
        self.app_extraction_net = nn.Sequential(
            nn.Linear(channels, 512, bias=False),
            nn.ReLU(),
            nn.Linear(512, 512, bias=False),
            nn.ReLU(),
            nn.Linear(512, self.outputs),
        )
        self.basic_params = self.basics()

    def forward(self, features: Tensor) -> tuple[Layers, Tensor]:
        """Its layers, and the values that they are made of."""
        levels = self.compress_layer(features.flatten(2))[..., 0]
        predicted = self.app_extraction_net(levels)
        return self.layers(predicted, self.basic_params), predicted


class Table(nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        values = 3 * NODES**3
        last = nn.Linear(values, values)
        nn.init.uniform_(last.bias)
        self.transform_layers = nn.Sequential(nn.Linear(inputs, values), nn.ReLU(), last)

    def forward(self, predicted: Tensor) -> Tensor:
        table: Tensor = self.transform_layers(predicted).unflatten(1, (3, NODES, NODES, NODES))
        return table


class Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.INR_encoding = Embedding()
        inputs = 2 + 2 * WIDTH + 4
        self.content_mlp_blocks = nn.ModuleDict(
            {
                "block0": ContentPerceptrons(64, inputs + WIDTH, 1),
                "block1": ContentPerceptrons(64, inputs + WIDTH, 2),
                "block2": ContentPerceptrons(128, inputs, 3),
            }
        )
        channels = (512, 256, 256, 128, 128, 64)
        self.deconv_blocks = nn.ModuleList(
            Up(channels[n], channels[n + 1], padding=1 if n else 0) for n in range(5)
        )
        self.appearance_mlps = ColourPerceptron(64**2, 64)
        self.lut_transform = Table(self.appearance_mlps.outputs)


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()


class Backbone(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.backbone = HRNetFeatures(18)
        self.model = Model()
        self.mask_conv = nn.Sequential(nn.Conv2d(1, 64, 3, 2, 1), Scale())


class ContinuousImage(Network):
    """HINet; `forward` takes 256x256."""

    base = 256
    shrinking: ClassVar[Shrinking] = "cv2 linear"

    def __init__(self) -> None:
        super().__init__()
        self.normalised = Normalised((0.5,) * 3, (0.5,) * 3)
        self.backbone = Backbone()
        for side in (64, 128):
            self.register_buffer(f"shrink{side}", _triangles(self.base, side), persistent=False)

    def see(self, values: Tensor, mask: Tensor) -> Seen:
        """From normalised values (N, 3, 256, 256) and the mask."""
        backbone, encoder = self.backbone.backbone, self.backbone.model.encoder
        decoder = self.backbone.model.decoder
        (extra,) = backbone(values, mask, self.backbone.mask_conv(mask))
        shallow, deep = encoder.both(torch.cat([values, mask], dim=1), extra)
        colours, predicted = decoder.appearance_mlps(climb(decoder.deconv_blocks, deep, mask))
        largest, middle, smallest = (
            perceptrons(features)
            for perceptrons, features in zip(
                decoder.content_mlp_blocks.values(), shallow, strict=True
            )
        )
        joined = torch.cat([values, mask], dim=1)
        small = self._shrunk(joined, 64)
        first = _by_cells(smallest, small, (64, 64), _square(64))
        middling = torch.cat([self._shrunk(joined, 128), _scrambled(first)], dim=1)
        second = _by_cells(middle, middling, (128, 128), _square(128))
        return Seen([first, second], largest, _scrambled(second), colours, predicted)

    def _shrunk(self, joined: Tensor, side: int) -> Tensor:
        """What perceptrons see of a smaller picture."""
        shrink = getattr(self, f"shrink{side}")
        embedded = self._embedded((side, side), _square(side), joined)
        return torch.cat([embedded, shrink @ joined @ shrink.mT], dim=1)

    def _embedded(self, size: tuple[int, int], tile: Tile, like: Tensor) -> Tensor:
        down, across = (
            torch.arange(first, last, device=like.device) * 2.0 / max(side - 1, 1) - 1.0
            for side, first, last in (
                (size[0], tile.top, tile.bottom),
                (size[1], tile.left, tile.right),
            )
        )
        places = torch.stack(torch.meshgrid(down, across, indexing="ij"), dim=-1)
        embedded: Tensor = self.backbone.model.decoder.INR_encoding(places)
        return embedded.expand(len(like), -1, -1, -1)

    def paint(
        self, seen: Seen, values: Tensor, mask: Tensor, size: tuple[int, int], tile: Tile
    ) -> Tensor:
        """A tile of the output, normalised, from that of the picture."""
        field = resized_rows(seen.field, size, tile.top, tile.bottom, "bilinear")
        inputs = [
            self._embedded(size, tile, values),
            values,
            mask,
            field[:, :, :, tile.left : tile.right],
        ]
        features = _by_cells(seen.last, torch.cat(inputs, dim=1), size, tile)
        return _coloured(seen.colours, features)

    def _painted(self, seen: Seen, values: Tensor, mask: Tensor) -> Tensor:
        """The output of 256."""
        return self.paint(seen, values, mask, (self.base, self.base), _square(self.base))

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        values = self.normalised(image)
        return self.normalised.back(self._painted(self.see(values, mask), values, mask))

    def outputs(self, image: Tensor, mask: Tensor) -> Outputs:
        """The pictures of all three sizes, and the branch of the table."""
        values = self.normalised(image)
        seen = self.see(values, mask)
        scales = [_coloured(seen.colours, features) for features in seen.features]
        scales.append(self._painted(seen, values, mask))
        table = self.backbone.model.decoder.lut_transform(seen.predicted)
        # The last axis of the table comes first in a place.
        places = values.movedim(1, -1).flip(-1)[:, None]
        by_table = functional.grid_sample(table, places, padding_mode="border", align_corners=True)
        return Outputs([self.normalised.back(one) for one in scales], table, by_table[:, :, 0])

    def look(self, canvas: Canvas) -> Seen:
        image, mask = canvas.shrunk(self.base, self.shrinking, self.shrinking)
        return self.see(self.normalised(image), mask)

    def render(self, seen: Seen, canvas: Canvas, top: int, bottom: int) -> Tensor:
        return self.render_tile(seen, canvas, Tile(top, bottom, 0, canvas.size[1]))

    def tiles(self, canvas: Canvas) -> Iterator[Tile]:
        """Strips from the first column that a mask reaches to the last."""
        height, width = canvas.size
        step = max(1, STRIP // width)
        for top in range(0, height, step):
            bottom = min(top + step, height)
            columns = canvas.reached(top, bottom).nonzero()
            if len(columns):
                yield Tile(top, bottom, int(columns[0]), int(columns[-1]) + 1)

    def render_tile(self, seen: Seen, canvas: Canvas, tile: Tile) -> Tensor:
        image, mask = canvas.tile(tile)
        out = self.paint(seen, self.normalised(image), mask, canvas.size, tile)
        return self.normalised.back(out)


def _square(side: int) -> Tile:
    return Tile(0, side, 0, side)


def _triangles(length: int, wanted: int) -> Tensor:
    """A matrix that shrinks an axis as `interpolate(mode="bilinear", antialias=True)` does."""
    scale = length / wanted
    centres = (torch.arange(wanted) + 0.5)[:, None] * scale
    weights = (1 - (torch.arange(length) + 0.5 - centres).abs() / scale).clamp(min=0)
    return weights / weights.sum(1, keepdim=True)


def _scrambled(features: Tensor) -> Tensor:
    """Twice the size, and then read in another order of axes, as the weights know it."""
    large = functional.interpolate(features, scale_factor=2.0, mode="bilinear", align_corners=False)
    count, channels, tall, wide = large.shape
    return large.reshape(count, tall, wide, channels).movedim(-1, 1)


def _by_cells(layers: Layers, values: Tensor, size: tuple[int, int], tile: Tile) -> Tensor:
    """A tile of values (N, C, h, w), every pixel through the perceptron of its cell.

    Cells cover the whole picture evenly. Each gets as many places as its largest has pixels;
    where it has fewer, the last is run again and not read.
    """
    tall, wide = layers[0][0].shape[1:3]
    down, rows, back_rows = _axis(size[0], tall, tile.top, tile.bottom)
    across, columns, back_columns = _axis(size[1], wide, tile.left, tile.right)
    cells = (slice(None), slice(*down), slice(*across))
    device = values.device
    x = values[:, :, rows.flatten().to(device)][:, :, :, columns.flatten().to(device)]
    count, channels = x.shape[:2]
    x = x.reshape(count, channels, *rows.shape, *columns.shape)
    x = x.permute(0, 2, 4, 3, 5, 1).flatten(3, 4)  # N, cell down, cell across, pixel, C
    for weight, offset in layers:
        x = functional.leaky_relu(x @ weight[cells] + offset[cells][:, :, :, None], 0.01)
    x = x.reshape(count, len(rows), len(columns), rows.shape[1], columns.shape[1], -1)
    x = x.permute(0, 5, 1, 3, 2, 4).flatten(4, 5).flatten(2, 3)
    found: Tensor = x[:, :, back_rows.to(device)][:, :, :, back_columns.to(device)]
    return found


def _axis(length: int, cells: int, first: int, last: int) -> tuple[tuple[int, int], Tensor, Tensor]:
    """Which cells an interval meets, the pixels of each, and where to find each pixel in these."""
    low, high, most = 0, cells, (length + cells - 1) // cells
    if (first, last) != (0, length):
        low, high = first * cells // length, (last - 1) * cells // length + 1
        most = min(most, last - first)
    starts = (torch.arange(low, high) * length + cells - 1) // cells
    starts = starts.clamp(min=first)
    pixels = (starts[:, None] + torch.arange(most)).clamp(max=last - 1) - first
    at = torch.arange(first, last)
    cell = at * cells // length - low
    return (low, high), pixels, cell * most + at - starts[cell]


def _coloured(layers: Layers, features: Tensor) -> Tensor:
    """Features (N, 32, h, w) to normalised colours."""
    x = features.movedim(1, -1).flatten(1, 2)
    for index, (weight, offset) in enumerate(layers):
        x = x @ weight + offset[:, None]
        if index < len(layers) - 1:
            x = functional.leaky_relu(x, 0.01)
    count, _, height, width = features.shape
    return torch.tanh(x).transpose(1, 2).reshape(count, 3, height, width)


ARCHITECTURE = Architecture(
    variants={"256": ContinuousImage},
    published=(Published("256", "Resolution_RAW_iHarmony4.pth", _PAGE, "Apache-2.0"),),
)
