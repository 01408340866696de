"""HRNetV2 with object-contextual representations: what a network sees beside the picture itself.

Wang et al. (2019) and Yuan, Chen and Wang (2020), as Sofiiuk, Popenova and Konushin (2021) have
it: the two regions of the context are the foreground and the background of the mask, which also
enters the stem, so nothing is classified. Names of parameters are theirs. Features come out at a
quarter of the size.
"""

import itertools
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._separated_unet import Conv


def conv_norm(
    inputs: int, outputs: int, kernel: int, stride: int = 1, *, relu: bool = True
) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, nn.ReLU()) if relu else nn.Sequential(*layers)


def resized(field: Tensor, size: Sequence[int]) -> Tensor:
    return functional.interpolate(field, list(size), mode="bilinear", align_corners=True)


class Basic(nn.Module):
    """Two 3x3 convolutions and what went in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        out = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(out)) + x)


class Bottleneck(nn.Module):
    """1x1, 3x3 and 1x1 to four times the width, and what went in."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        outputs = 4 * width
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = conv_norm(inputs, outputs, 1, relu=False) if inputs != outputs else None

    def forward(self, x: Tensor) -> Tensor:
        out = torch.relu(self.bn1(self.conv1(x)))
        out = torch.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return torch.relu(out + (x if self.downsample is None else self.downsample(x)))


class Exchange(nn.Module):
    """Branches of falling size in parallel; then each gets the sum of all, brought to its size."""

    def __init__(self, widths: Sequence[int], blocks: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(*(Basic(width) for _ in range(blocks))) for width in widths
        )
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(
                _passage(widths[source], widths[target], target - source)
                for source in range(len(widths))
            )
            for target in range(len(widths))
        )

    def forward(self, branches: list[Tensor]) -> list[Tensor]:
        branches = [run(x) for run, x in zip(self.branches, branches, strict=True)]
        fused = []
        for target, layers in enumerate(self.fuse_layers):
            size = branches[target].shape[2:]
            passages = zip(cast(nn.ModuleList, layers), branches, strict=True)
            parts = [passage(x) for passage, x in passages]
            parts = [resized(x, size) if source > target else x for source, x in enumerate(parts)]
            total = parts[0]
            for part in parts[1:]:
                total = total + part
            fused.append(torch.relu(total))
        return fused


def _passage(inputs: int, outputs: int, halvings: int) -> nn.Module:
    """From one branch to another that is `halvings` times smaller."""
    if halvings == 0:
        return nn.Identity()
    if halvings < 0:  # made larger afterwards
        return conv_norm(inputs, outputs, 1, relu=False)
    return nn.Sequential(
        *(conv_norm(inputs, inputs, 3, 2) for _ in range(halvings - 1)),
        conv_norm(inputs, outputs, 3, 2, relu=False),
    )


class RegionContext(nn.Module):
    """How much each pixel looks like each region, and what the regions it looks like hold."""

    def __init__(self, channels: int, key: int) -> None:
        super().__init__()
        self.key = key
        self.f_pixel = _keys(channels, key, key)
        self.f_object = _keys(channels, key, key)
        self.f_down = _keys(channels, key)
        self.f_up = _keys(key, channels)

    def forward(self, x: Tensor, regions: Tensor) -> Tensor:
        """Pixels (N, C, H, W) and regions (N, C, K, 1)."""
        query = self.f_pixel(x).flatten(2).transpose(1, 2)
        likeness = query @ self.f_object(regions).flatten(2) * self.key**-0.5
        values = self.f_down(regions).flatten(2).transpose(1, 2)
        context = torch.softmax(likeness, dim=-1) @ values
        out: Tensor = self.f_up(context.transpose(1, 2).unflatten(2, x.shape[2:]))
        return out


def _keys(*channels: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(channels):
        norm = nn.Sequential(nn.BatchNorm2d(outputs), nn.ReLU())
        layers += [nn.Conv2d(inputs, outputs, 1, bias=False), norm]
    return nn.Sequential(*layers)


class RegionHead(nn.Module):
    def __init__(self, channels: int, key: int) -> None:
        super().__init__()
        self.object_context_block = RegionContext(channels, key)
        self.conv_bn_dropout = nn.Sequential(
            nn.Conv2d(2 * channels, channels, 1, bias=False),
            nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU()),
            nn.Dropout2d(0.05),
        )

    def forward(self, x: Tensor, regions: Tensor) -> Tensor:
        context = self.object_context_block(x, regions)
        out: Tensor = self.conv_bn_dropout(torch.cat([context, x], dim=1))
        return out


def gathered(features: Tensor, mask: Tensor) -> Tensor:
    """The mean of the foreground and of the background, (N, C, 2, 1), by a softmax over pixels."""
    soft = resized(torch.cat([mask, 1 - mask], dim=1), features.shape[2:])
    weights = torch.softmax(soft.flatten(2), dim=2)
    return (features.flatten(2) @ weights.transpose(1, 2))[..., None]


class HRNet(nn.Module):
    """HRNetV2-W`width`; `small` has half the blocks in a branch, and fewer modules."""

    def __init__(self, width: int, *, small: bool = False, outputs: int = 128) -> None:
        super().__init__()
        blocks = 2 if small else 4
        modules = (1, 3, 2) if small else (1, 4, 3)
        widths = [width * 2**level for level in range(4)]
        self.conv1 = nn.Conv2d(3, 64, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.conv2 = nn.Conv2d(64, 64, 3, 2, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(64)
        self.layer1 = nn.Sequential(
            *(Bottleneck(64 if block == 0 else 256, 64) for block in range(blocks))
        )
        for stage, count in zip((2, 3, 4), modules, strict=True):
            setattr(self, f"transition{stage - 1}", _transition(widths, stage))
            exchanges = (Exchange(widths[:stage], blocks) for _ in range(count))
            setattr(self, f"stage{stage}", nn.Sequential(*exchanges))
        self.conv3x3_ocr = nn.Sequential(
            nn.Conv2d(sum(widths), outputs, 3, 1, 1), nn.BatchNorm2d(outputs), nn.ReLU()
        )
        self.ocr_distri_head = RegionHead(outputs, outputs // 2)

    def forward(self, image: Tensor, mask: Tensor, entering: Tensor) -> Tensor:
        """Features (N, outputs, H/4, W/4); `entering` joins behind the first convolution."""
        x = torch.relu(self.bn1(self.conv1(image))) + entering
        x = self.layer1(torch.relu(self.bn2(self.conv2(x))))
        branches = [x]
        for stage in (2, 3, 4):
            transition = getattr(self, f"transition{stage - 1}")
            # What is new comes from the smallest branch, or all from the only one.
            sources = [*branches, branches[-1]]
            branches = [layer(x) for layer, x in zip(transition, sources, strict=True)]
            branches = getattr(self, f"stage{stage}")(branches)
        size = branches[0].shape[2:]
        x = self.conv3x3_ocr(
            torch.cat([branches[0], *(resized(x, size) for x in branches[1:])], dim=1)
        )
        out: Tensor = self.ocr_distri_head(x, gathered(x, mask))
        return out


def _transition(widths: Sequence[int], stage: int) -> nn.ModuleList:
    """Layers that bring branches to a stage's widths, and make its last branch."""
    if stage == 2:
        first = conv_norm(256, widths[0], 3)
        return nn.ModuleList([first, nn.Sequential(conv_norm(256, widths[1], 3, 2))])
    stay = [nn.Identity() for _ in range(stage - 1)]
    new = nn.Sequential(conv_norm(widths[stage - 2], widths[stage - 1], 3, 2))
    return nn.ModuleList([*stay, new])


class Pyramid(nn.Module):
    """The features reduced, and at several sizes, each half the one before."""

    def __init__(self, inputs: int, outputs: int = 256, levels: int = 4) -> None:
        super().__init__()
        self.reduce_conv = Conv(inputs, outputs, 1, padding=0, norm=True, activation=nn.ELU)
        self.convs = nn.ModuleList(
            Conv(outputs, outputs, norm=True, activation=nn.ELU) for _ in range(levels)
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.reduce_conv(x)
        features = []
        for level, conv in enumerate(self.convs):
            x = functional.max_pool2d(x, 2) if level else x
            features.append(conv(x))
        return features


class HRNetFeatures(nn.Module):
    """What an encoder gets: the features of HRNet, or with `pyramid` those of four sizes."""

    def __init__(self, width: int, *, small: bool = False, pyramid: bool = False) -> None:
        super().__init__()
        self.hrnet = HRNet(width, small=small)
        self.downsize = Pyramid(128) if pyramid else None
        self.channels = [256] * 4 if pyramid else [128]

    def forward(self, image: Tensor, mask: Tensor, entering: Tensor) -> list[Tensor]:
        x = self.hrnet(image, mask, entering)
        return [x] if self.downsize is None else self.downsize(x)
