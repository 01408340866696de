"""Two convolutions, each normalized by itself: the block of UNet 3+ and the attention U-Net."""

from torch import Tensor, nn

SLOPE = 0.01


class DoubleConvolution(nn.Module):
    """3 x 3, instance normalization and activation, twice."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.Conv2d(before, after, 3, padding=1),
            nn.InstanceNorm2d(after),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(after, after, 3, padding=1),
            nn.InstanceNorm2d(after),
            nn.LeakyReLU(SLOPE),
        )

    def forward(self, values: Tensor) -> Tensor:
        found: Tensor = self.conv_block(values)
        return found
