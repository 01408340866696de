"""pix2pix's critic: how real each patch of a picture is, 70 x 70 pixels as it is used (Isola 2017).

It has no checkpoint of its own here; recipes train it beside a generator.
"""

from typing import Literal

from torch import Tensor, nn

from harmonia.nets._blurred import BlurDown
from harmonia.nets._gated_unet import SLOPE


class PatchCritic(nn.Module):
    """Pictures of `channels` to a score for each patch, (N, 1, h, w); no sigmoid behind it.

    `blurred` halves sides by a blur behind each level instead of by strides, as CUT's does.
    """

    def __init__(
        self,
        channels: int = 3,
        width: int = 64,
        *,
        levels: int = 3,
        norm: Literal["batch", "instance"] = "instance",
        blurred: bool = False,
    ) -> None:
        super().__init__()
        layer = nn.BatchNorm2d if norm == "batch" else nn.InstanceNorm2d
        halving = 1 if blurred else 2
        blur = [BlurDown()] if blurred else []
        layers: list[nn.Module] = [
            nn.Conv2d(channels, width, 4, halving, 1),
            nn.LeakyReLU(SLOPE),
            *blur,
        ]
        before = width
        for level in range(1, levels + 1):
            after = width * min(2**level, 8)
            last = level == levels
            layers += [
                nn.Conv2d(before, after, 4, 1 if last else halving, 1, bias=norm == "instance"),
                layer(after),
                nn.LeakyReLU(SLOPE),
                *([] if last else blur),
            ]
            before = after
        self.layers = nn.Sequential(*layers, nn.Conv2d(before, 1, 4, 1, 1))

    def forward(self, values: Tensor) -> Tensor:
        scores: Tensor = self.layers(values)
        return scores
