"""harmonia's own, which ships: statistics of both sides, from these one change of colours (2026).

A network for those who have no GPU and few photographs to learn from. It looks at a picture and its
mask at 128x128, as `_colour_statistics.py` says: means, spreads, quantiles, histograms, norms and
steps between neighbours, of the foreground, of the background, and of both near the seam, and how
far the two sides lie apart in places along it. Three layers take these to a polynomial of the
colour, which goes on the picture as a table at any size. It changes colours alone, the same in the
whole foreground, so that detail stays and a fit to one frame holds for others. What it cannot do
follows: no light that falls from one side, no shadows.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from harmonia._session import NetworkLut
from harmonia.nets import _colour_statistics
from harmonia.nets._canvas import Canvas
from harmonia.nets._lut3d import apply_lut3d
from harmonia.nets._network import Architecture, Network
from harmonia.transform import Change

NODES = 17  # between them a polynomial of second degree bends by 1/1000 of its bend over the range
FARTHEST = 5.0  # deviations from the mean that a statistic counts for at most
FEW = 8  # pictures whose statistics are found at a time: more leave the processor's cache
TERMS = 10  # of the polynomial


class ColourTable(Network):
    """The whole network; `width` is that of its layers."""

    table_side: ClassVar[int | None] = _colour_statistics.SIDE

    def __init__(self, *, width: int = 512) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(_colour_statistics.COUNT, momentum=0.01, affine=False)
        sides = [_colour_statistics.COUNT, width, width, width]
        self.layers = nn.ModuleList(map(nn.Linear, sides, sides[1:]))
        self.drop = nn.Dropout(0.2)
        self.out = nn.Linear(width, 3 * TERMS)
        nn.init.normal_(self.out.weight, std=0.01)  # at first little changes
        nn.init.zeros_(self.out.bias)

    def coefficients(self, image: Tensor, mask: Tensor) -> Tensor:
        """Of the polynomial that is added to colours, (N, terms, 3); pictures as `statistics`."""
        few = zip(torch.split(image, FEW), torch.split(mask, FEW), strict=True)
        x = torch.cat([_colour_statistics.statistics(*some) for some in few])
        x = self.norm(x).clamp(-FARTHEST, FARTHEST)
        for layer in self.layers:
            x = self.drop(torch.relu(layer(x)))
        found: Tensor = self.out(x)
        return found.view(len(found), -1, 3)

    def changed(self, colours: Tensor, coefficients: Tensor) -> Tensor:
        """Colours (N, ..., 3) by the polynomial."""
        flat = colours.flatten(1, -2)
        return (flat + terms(flat) @ coefficients).view_as(colours)

    def table(self, image: Tensor, mask: Tensor) -> Tensor:
        """Nodes (N, R, G, B, 3), from picture and mask as `statistics` takes them."""
        axis = torch.linspace(0, 1, NODES, device=image.device)
        lattice = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1)
        lattice = lattice.expand(len(image), -1, -1, -1, -1)
        return self.changed(lattice, self.coefficients(image, mask))

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        canvas = Canvas.of(image, mask)
        return self.render(self.look(canvas), canvas, 0, canvas.size[0])

    def look(self, canvas: Canvas) -> Tensor:
        small = canvas.shrunk(_colour_statistics.SIDE, "pil bilinear", "pil bilinear")
        return self.table(*small)

    def changes(self, seen: Tensor, canvas: Canvas) -> Sequence[Change] | None:
        return [NetworkLut(nodes) for nodes in seen.float().cpu().numpy()]

    def render(self, seen: Tensor, canvas: Canvas, top: int, bottom: int) -> Tensor:
        return apply_lut3d(canvas.rows(top, bottom)[0], seen)


def terms(colours: Tensor) -> Tensor:
    """(N, pixels, TERMS) of colours (N, pixels, 3): those of first degree, then of second."""
    red, green, blue = colours.unbind(-1)
    first = [red, green, blue, torch.ones_like(red)]
    second = [red * green, red * blue, green * blue, red * red, green * green, blue * blue]
    return torch.stack([*first, *second], dim=-1)


ARCHITECTURE = Architecture(variants={"quadratic": ColourTable})
