"""pix2pix's critic: how real each patch of a picture is, 70 x 70 pixels as it is used (Isola 2017).

It has no checkpoint of its own here; recipes train it beside a generator.
"""

from typing import Literal

from torch import Tensor, nn

from harmonia.nets._gated_unet import SLOPE


class PatchCritic(nn.Module):
    """Pictures of `channels` to a score for each patch, (N, 1, h, w); no sigmoid behind it."""

    def __init__(
        self,
        channels: int = 3,
        width: int = 64,
        *,
        levels: int = 3,
        norm: Literal["batch", "instance"] = "instance",
    ) -> None:
        super().__init__()
        layer = nn.BatchNorm2d if norm == "batch" else nn.InstanceNorm2d
        layers: list[nn.Module] = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(SLOPE)]
        before = width
        for level in range(1, levels + 1):
            after = width * min(2**level, 8)
            stride = 2 if level < levels else 1
            layers += [
                nn.Conv2d(before, after, 4, stride, 1, bias=norm == "instance"),
                layer(after),
                nn.LeakyReLU(SLOPE),
            ]
            before = after
        self.layers = nn.Sequential(*layers, nn.Conv2d(before, 1, 4, 1, 1))

    def forward(self, values: Tensor) -> Tensor:
        scores: Tensor = self.layers(values)
        return scores
