"""Networks that give pictures of one domain the looks of another, for training data.

They take a picture alone and harmonize nothing, so that they are none of `list_networks()`;
`harmonia.training.translate` knows them by these names:

- cyclegan: ResNet of 9 blocks at a quarter of the size (Johnson 2016; Zhu et al. 2017);
- cut: the same with blurs where it halves and doubles (Park et al. 2020);
- unit: encoder and decoder of 4 blocks each, around a code of Gaussians (Liu et al. 2017), as in
  the authors' later code. Norms go by the picture's own statistics.

They were trained at 256, and a larger picture is translated as networks of one size harmonize one:
its change at 256 is enlarged and added.
"""

import itertools
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from torch import Tensor, nn

from harmonia.nets._blurred import BlurDown, BlurUp
from harmonia.nets._canvas import Shrinking
from harmonia.nets._network import BaseNetwork


class Translator(BaseNetwork):
    """A network that looks at no mask."""

    base = 256
    shrink_image: ClassVar[Shrinking] = "pil bilinear"

    @abstractmethod
    def translated(self, values: Tensor) -> Tensor:
        """Pictures within -1..1 to such."""

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        return (self.translated(2 * image - 1) + 1) / 2


class Residual(nn.Module):
    """Two convolutions, whose result is added."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *_convolution(channels, channels, 3), nn.ReLU(), *_convolution(channels, channels, 3)
        )

    def forward(self, values: Tensor) -> Tensor:
        out: Tensor = values + self.layers(values)
        return out


class ResNet(Translator):
    """The translator of CycleGAN, and with `blurred` that of CUT."""

    def __init__(self, *, width: int = 64, blocks: int = 9, blurred: bool = False) -> None:
        super().__init__()
        self.blocks = blocks
        layers = [*_convolution(3, width, 7), nn.ReLU()]
        for wide in (width, 2 * width):
            down = nn.Conv2d(wide, 2 * wide, 3, 1 if blurred else 2, 1)
            layers += [down, nn.InstanceNorm2d(2 * wide), nn.ReLU()]
            layers += [BlurDown()] if blurred else []
        self.first_block = len(layers)
        layers += [Residual(4 * width) for _ in range(blocks)]
        for wide in (4 * width, 2 * width):
            layers += (
                [BlurUp(), nn.Conv2d(wide, wide // 2, 3, 1, 1)]
                if blurred
                else [nn.ConvTranspose2d(wide, wide // 2, 3, 2, 1, output_padding=1)]
            )
            layers += [nn.InstanceNorm2d(wide // 2), nn.ReLU()]
        self.layers = nn.Sequential(
            *layers, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()
        )

    def translated(self, values: Tensor) -> Tensor:
        out: Tensor = self.layers(values)
        return out

    def features(self, values: Tensor, at: Sequence[int]) -> list[Tensor]:
        """What comes out of some layers, by their places; those after the last are not run."""
        found = []
        for place, layer in enumerate(self.layers):
            values = layer(values)
            if place in at:
                found.append(values)
            if place == max(at):
                break
        return found


class Coder(nn.Module):
    """Pictures within -1..1 to the means of their codes, at a quarter of the size."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        layers = [*_convolution(3, width, 7), nn.ReLU()]
        for wide in (width, 2 * width):
            layers += [nn.ReflectionPad2d(1), nn.Conv2d(wide, 2 * wide, 4, 2)]
            layers += [nn.InstanceNorm2d(2 * wide), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.blocks = nn.ModuleList(Residual(4 * width) for _ in range(blocks))

    def forward(self, values: Tensor) -> Tensor:
        out: Tensor = self.layers(values)
        for block in self.blocks:
            out = block(out)
        return out


class Decoder(nn.Module):
    """Codes to pictures within -1..1."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Residual(4 * width) for _ in range(blocks))
        layers: list[nn.Module] = []
        for wide in (4 * width, 2 * width):
            layers += [nn.Upsample(scale_factor=2), nn.ReflectionPad2d(2)]
            layers += [nn.Conv2d(wide, wide // 2, 5), nn.GroupNorm(1, wide // 2), nn.ReLU()]
        self.layers = nn.Sequential(
            *layers, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()
        )

    def forward(self, codes: Tensor) -> Tensor:
        for block in self.blocks:
            codes = block(codes)
        out: Tensor = self.layers(codes)
        return out


class CoderAndDecoder(Translator):
    """The translator of UNIT: one domain's coder, and the other's decoder."""

    def __init__(self, *, width: int = 64, blocks: int = 4) -> None:
        super().__init__()
        self.coder, self.decoder = Coder(width, blocks), Decoder(width, blocks)

    def translated(self, values: Tensor) -> Tensor:
        """By the means of the codes, without chance."""
        out: Tensor = self.decoder(self.coder(values))
        return out


class ManySizesCritic(nn.Module):
    """UNIT's: scores of a picture, of its half and of its quarter, each by a critic of its own."""

    def __init__(self, width: int = 64, *, levels: int = 4, sizes: int = 3) -> None:
        super().__init__()
        self.shrink = nn.AvgPool2d(3, 2, 1, count_include_pad=False)
        self.critics = nn.ModuleList(_critic(width, levels) for _ in range(sizes))

    def forward(self, values: Tensor) -> list[Tensor]:
        found = []
        for critic in self.critics:
            found.append(critic(values))
            values = self.shrink(values)
        return found


def _critic(width: int, levels: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    channels = [3, *(width * 2**level for level in range(levels))]
    for before, after in itertools.pairwise(channels):
        layers += [nn.ReflectionPad2d(1), nn.Conv2d(before, after, 4, 2), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(channels[-1], 1, 1))


def _convolution(before: int, after: int, side: int) -> list[nn.Module]:
    """Mirrored at the borders, and normalised."""
    padded = nn.ReflectionPad2d(side // 2)
    return [padded, nn.Conv2d(before, after, side), nn.InstanceNorm2d(after)]


TRANSLATORS: Mapping[str, Callable[..., Translator]] = {
    "cyclegan": ResNet,
    "cut": lambda **shape: ResNet(blurred=True, **shape),
    "unit": CoderAndDecoder,
}


def make(name: str, shape: Mapping[str, Any]) -> Translator:
    """A translator, perhaps of another width or of fewer blocks than the authors'."""
    return TRANSLATORS[name](**shape)
