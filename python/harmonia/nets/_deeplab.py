"""DeepLabV3+ over a dilated ResNet-34: what a network sees beside the picture itself.

Chen et al. (2018), as Sofiiuk, Popenova and Konushin (2021) have it, with a head that gives
features and classifies nothing. Names of parameters are theirs. Features come out at a quarter of
the size.
"""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

_CHANNELS = 256


def _conv_norm(inputs: int, outputs: int, kernel: int, dilation: int = 1) -> list[nn.Module]:
    padding = dilation * (kernel // 2)
    return [
        nn.Conv2d(inputs, outputs, kernel, padding=padding, dilation=dilation, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]


def _resized(field: Tensor, size: Sequence[int]) -> Tensor:
    return functional.interpolate(field, list(size), mode="bilinear", align_corners=True)


class Residual(nn.Module):
    """Two 3x3 convolutions, each with a dilation of its own, and what went in."""

    def __init__(
        self, inputs: int, outputs: int, stride: int = 1, dilations: tuple[int, int] = (1, 1)
    ) -> None:
        super().__init__()
        first, second = dilations
        conv = partial(nn.Conv2d, bias=False)
        self.conv1 = conv(inputs, outputs, 3, stride, padding=first, dilation=first)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = conv(outputs, outputs, 3, 1, padding=second, dilation=second)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = (
            nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))
            if inputs != outputs
            else None
        )

    def forward(self, x: Tensor) -> Tensor:
        out = torch.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return torch.relu(out + (x if self.downsample is None else self.downsample(x)))


def _layer(
    blocks: int, inputs: int, outputs: int, stride: int = 1, dilation: int = 1
) -> nn.Sequential:
    """Where dilation takes the place of a stride, the first convolution has the one before."""
    first = Residual(inputs, outputs, stride, (max(dilation // 2, 1), dilation))
    rest = (Residual(outputs, outputs, 1, (dilation, dilation)) for _ in range(blocks - 1))
    return nn.Sequential(first, *rest)


class ResNet34(nn.Module):
    """Features at a quarter and at an eighth of the size."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = _layer(3, 64, 64)
        self.layer2 = _layer(4, 64, 128, stride=2)
        self.layer3 = _layer(6, 128, 256, dilation=2)
        self.layer4 = _layer(3, 256, 512, dilation=4)

    def forward(self, image: Tensor, entering: Tensor) -> tuple[Tensor, Tensor]:
        x = torch.relu(self.bn1(self.conv1(image))) + entering
        near = self.layer1(functional.max_pool2d(x, 3, 2, 1))
        return near, self.layer4(self.layer3(self.layer2(near)))


class WholePool(nn.Module):
    """The mean of the whole picture, everywhere."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.gap = nn.Sequential(nn.AdaptiveAvgPool2d(1), *_conv_norm(inputs, outputs, 1))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.gap(x)
        return out.expand(-1, -1, *x.shape[2:])


class PyramidPooling(nn.Module):
    """Convolutions of growing dilation side by side, joined by one of 1x1."""

    def __init__(self, inputs: int, outputs: int, dilations: Sequence[int]) -> None:
        super().__init__()
        self.concurent = nn.ModuleList(
            [
                nn.Sequential(*_conv_norm(inputs, outputs, 1)),
                *(nn.Sequential(*_conv_norm(inputs, outputs, 3, d)) for d in dilations),
                WholePool(inputs, outputs),
            ]
        )
        self.project = nn.Sequential(
            *_conv_norm(len(self.concurent) * outputs, outputs, 1), nn.Dropout(0.2)
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.project(torch.cat([part(x) for part in self.concurent], dim=1))
        return out


class SkipProject(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.skip_project = nn.Sequential(*_conv_norm(inputs, outputs, 1))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.skip_project(x)
        return out


class Separable(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        each = nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False)
        self.body = nn.Sequential(each, *_conv_norm(inputs, outputs, 1))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.body(x)
        return out


class Head(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            Separable(inputs, outputs), Separable(outputs, outputs), nn.Conv2d(outputs, outputs, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.block(x)
        return out


class DeepLab(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.backbone = ResNet34()
        self.head = Head(_CHANNELS + 32, _CHANNELS)
        self.skip_project = SkipProject(64, 32)
        self.aspp = PyramidPooling(512, _CHANNELS, (12, 24, 36))

    def forward(self, image: Tensor, entering: Tensor) -> Tensor:
        near, far = self.backbone(image, entering)
        near = self.skip_project(near)
        x = _resized(self.aspp(far), near.shape[2:])
        out: Tensor = self.head(torch.cat([x, near], dim=1))
        return out


class DeepLabFeatures(nn.Module):
    """What an encoder gets. The mask enters behind the first convolution alone."""

    channels = (_CHANNELS,)

    def __init__(self) -> None:
        super().__init__()
        self.deeplab = DeepLab()

    def forward(self, image: Tensor, mask: Tensor, entering: Tensor) -> list[Tensor]:
        return [self.deeplab(image, entering)]
