"""S2CRNet: two curves a channel, which SqueezeNet reads off the object (Liang, Cun and Pun 2022).

Paper: Liang, Cun, Pun, "Spatial-Separated Curve Rendering Network for Efficient and High-Resolution
Image Harmonization", ECCV 2022.
Code: github.com/stefanLeong/S2CRNet, MIT, with no file of weights in it; its checkpoint `S2CR.tar`
has names from `DataParallel`.
The network sees two pictures of 256x256, made by PIL's bilinear resize and neither normalised: the
rectangle around the mask, times the mask, and the whole, times what the mask leaves. From the mean
features of both come 64 slopes a channel, twice: the picture goes through the first curves and what
they give through the second, at any size. The authors paste the outcome through the soft mask.

`label` is one of the five kinds of object, 0 to 4, that the code may be told; None leaves that
branch out.
The code adds up 64 clamped pieces for every pixel. Here a curve is a table of 65 values between
which is read, which is the same but for rounding.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._canvas import Canvas
from harmonia.nets._network import Architecture, Network, Published

_PAGE = "https://github.com/stefanLeong/S2CRNet"
_SIDE = 256
_PIECES = 64  # of a curve
_CLASSES = 5  # of the label


class Thumbnail(NamedTuple):
    """A picture (N, 3, 256, 256) and its mask."""

    image: Tensor
    mask: Tensor


class Fire(nn.Module):
    """Few channels, and from them 1x1 and 3x3 convolutions side by side."""

    def __init__(self, inputs: int, few: int, outputs: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, few, 1)
        self.expand1x1 = nn.Conv2d(few, outputs // 2, 1)
        self.expand3x3 = nn.Conv2d(few, outputs // 2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.squeeze(x))
        return torch.relu(torch.cat([self.expand1x1(x), self.expand3x3(x)], dim=1))


def _pool() -> nn.MaxPool2d:
    return nn.MaxPool2d(3, 2, ceil_mode=True)


def _squeezenet() -> nn.Sequential:
    """SqueezeNet 1.1 but for its last module."""
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, 2),
        nn.ReLU(),
        _pool(),
        Fire(64, 16, 128),
        Fire(128, 16, 128),
        _pool(),
        Fire(128, 32, 256),
        Fire(256, 32, 256),
        _pool(),
        Fire(256, 48, 384),
        Fire(384, 48, 384),
        Fire(384, 64, 512),
    )


class Weighing(nn.Module):
    def __init__(self, features: int, values: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(features, values)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.fc1(x)
        return out


class Rendering(nn.Module):
    """The slopes of three curves."""

    def __init__(self, features: int = 512, values: int = 3 * _PIECES) -> None:
        super().__init__()
        self.fc_f_1 = Weighing(features, values)
        self.fc_b_1 = Weighing(features, values)
        self.fc_label_1 = nn.Linear(_CLASSES, 32)
        self.fc_label_2 = nn.Linear(32, 64)
        self.fc_f_label = nn.Linear(features + 64, values)
        for layer in (self.fc_f_1.fc1, self.fc_b_1.fc1, self.fc_f_label):
            nn.init.constant_(layer.bias, 0.5)  # so that a new curve is about straight

    def forward(self, inside: Tensor, outside: Tensor, label: Tensor | None) -> Tensor:
        if label is None:
            foreground = self.fc_f_1(inside)
        else:
            known = self.fc_label_2(torch.relu(self.fc_label_1(label)))
            foreground = self.fc_f_label(torch.cat([inside, known], dim=1))
        slopes: Tensor = self.fc_b_1(outside) + foreground
        return slopes


class Fusion(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cr1 = Rendering()
        self.cr2 = Rendering()


class CurveRendering(Network):
    """The whole network; it may be told what kind of object is in the mask."""

    choices: ClassVar[Mapping[str, tuple[Any, ...]]] = {"label": (None, *range(_CLASSES))}

    def __init__(self, label: int | None = None) -> None:
        super().__init__()
        self.label = label
        self.squeezenet1_1 = _squeezenet()
        self.fusion = Fusion()

    def slopes(self, part: Thumbnail, whole: Thumbnail) -> tuple[Tensor, Tensor]:
        """Of the first curves and of the second, (N, 192), by the object and by the picture."""
        inside = self.squeezenet1_1(part.image * part.mask).mean((2, 3))
        outside = self.squeezenet1_1(whole.image * (1 - whole.mask)).mean((2, 3))
        label = None
        if self.label is not None:
            label = torch.zeros_like(inside[:, :_CLASSES])
            label[:, self.label] = 1
        first: Tensor = self.fusion.cr1(inside, outside, label)
        second: Tensor = self.fusion.cr2(inside, outside, label)
        return first, second

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        return _rendered(self.slopes(*_thumbnails(image, mask)), image)

    def look(self, canvas: Canvas) -> tuple[Tensor, Tensor]:
        if torch.compiler.is_exporting():  # where a rectangle must not be looked up
            part, whole = _thumbnails(*canvas.rows())
        else:
            part, whole = (
                Thumbnail(*view.shrunk(_SIDE, "pil bilinear", "pil bilinear"))
                for view in (canvas.cut_to_masks(), canvas)
            )
        return self.slopes(part, whole)

    def render(self, seen: tuple[Tensor, Tensor], canvas: Canvas, top: int, bottom: int) -> Tensor:
        return _rendered(seen, canvas.rows(top, bottom)[0])


def _rendered(slopes: Sequence[Tensor], image: Tensor) -> Tensor:
    for one in slopes:
        image = through(curves(one), image)
    return image


def curves(slopes: Tensor) -> Tensor:
    """Values (N, 3, 65) at k / 64 of curves whose steps are as slopes (N, 192) over their sum."""
    steps = slopes.view(-1, 3, _PIECES)
    steps = steps / (steps.sum(2, keepdim=True) + 1e-30)
    return functional.pad(steps.cumsum(2), (1, 0))


def through(nodes: Tensor, image: Tensor) -> Tensor:
    """A picture (N, 3, H, W) along straight lines between the nodes of its channels."""
    place = image.flatten(2).clamp(0, 1) * _PIECES
    low = place.detach().floor().clamp(max=_PIECES - 1)
    start = torch.gather(nodes, 2, low.long())
    rise = torch.gather(nodes.diff(dim=2), 2, low.long())
    return (start + (place - low) * rise).view_as(image)


def _thumbnails(image: Tensor, mask: Tensor) -> tuple[Thumbnail, Thumbnail]:
    """Of the rectangles around masks, and of the whole; PIL's resize without its rounding."""
    height, width = image.shape[2:]
    inside = mask > 0
    whole = tuple(torch.zeros_like(mask[:, 0, 0, 0]) + side for side in (0, height, 0, width))
    part = (*_ends(inside.any(3)[:, 0]), *_ends(inside.any(2)[:, 0]))
    return _cut(image, mask, *part), _cut(image, mask, *whole)


def _ends(inside: Tensor) -> tuple[Tensor, Tensor]:
    """Where masks begin along an axis (N, n), and behind their ends; all of it for empty ones."""
    order = inside.float()
    return order.argmax(1), inside.shape[1] - order.flip(1).argmax(1)


def _cut(
    image: Tensor, mask: Tensor, top: Tensor, bottom: Tensor, left: Tensor, right: Tensor
) -> Thumbnail:
    height, width = image.shape[2:]
    down = _shrinking(top, bottom, height)[:, None]
    across = _shrinking(left, right, width)[:, None].transpose(2, 3)
    return Thumbnail(down @ image @ across, down @ mask @ across)


def _shrinking(first: Tensor, last: Tensor, length: int) -> Tensor:
    """How 256 values are made of those from `first` to `last`, (N, 256, length).

    Each is a mean under a triangle, which reaches one value to both sides, or when values become
    fewer the distance between those that are made.
    """
    first, last = first.float()[:, None, None], last.float()[:, None, None]
    scale = (last - first) / _SIDE
    made = first + (torch.arange(_SIDE, device=first.device)[:, None] + 0.5) * scale
    given = torch.arange(length, device=first.device) + 0.5
    weights = (1 - (given - made).abs() / scale.clamp(min=1)).clamp(min=0)
    weights = weights * ((given > first) & (given < last))
    return weights / weights.sum(2, keepdim=True)


ARCHITECTURE = Architecture(
    variants={"squeezenet": CurveRendering},
    published=(Published("squeezenet", "S2CR.tar", _PAGE, "MIT"),),
)
