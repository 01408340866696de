"""What judges the features of CharmNet while it is trained: their domain, and their style.

Cao et al. (2021). Features are those that `CharmNet.bridge` gives, (N, 128, H/16, W/16); a network
of another width has twice that width of channels, and critics of that width.
"""

import torch
from torch import Tensor, nn

STYLES = 10  # night, and three weathers at three times of the day


class DomainCritic(nn.Module):
    """Real (high) or rendered (low), at every place of what an encoder of one domain gives."""

    def __init__(self, channels: int = 128, width: int = 64) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, width, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, width // 2, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width // 2, 1, 3, padding=1),
        )

    def forward(self, features: Tensor) -> Tensor:
        out: Tensor = self.layers(features)
        return out


class StyleCritic(nn.Module):
    """Shares of the ten styles, (N, 10), of features that are 16x16."""

    def __init__(self, channels: int = 128, width: int = 64) -> None:
        super().__init__()
        widths = (channels, width, width // 2, width // 4)
        layers: list[nn.Module] = []
        for step, pool in enumerate((2, 2, 4)):
            layers += [
                nn.Conv2d(widths[step], widths[step + 1], 3, padding=1),
                nn.BatchNorm2d(widths[step + 1]),
                nn.ReLU(),
                nn.MaxPool2d(pool),
            ]
        self.layers = nn.Sequential(*layers, nn.Conv2d(widths[-1], STYLES, 3, padding=1))

    def forward(self, features: Tensor) -> Tensor:
        return torch.softmax(self.layers(features).flatten(2).mean(2), dim=1)
