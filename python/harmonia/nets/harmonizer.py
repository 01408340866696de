"""Harmonizer: six sliders of a photo editor, set by a network (Ke et al. 2022).

Paper: Ke, Sun, Zhu, Xu, Lau, "Harmonizer: Learning to Perform White-Box Image and Video
Harmonization", ECCV 2022.
Code: github.com/ZHKKKe/Harmonizer, CC BY-NC-SA 4.0, weights under the same licence: neither may be
used commercially. Only the architecture is here, written anew from its arithmetic.
EfficientNet-B0 with two stems sees the picture and its mask at 256, enlarged or shrunk bilinearly
without averaging, and sets temperature, brightness, contrast, saturation, highlights and shadows,
each from -1 to 1. They are applied to the full picture in this order, each clamped to 0..1;
temperature and contrast go by means over the whole picture. The authors' masks are binary: here
what is above a half is foreground. They paste the output through the mask.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from harmonia.nets._canvas import Canvas
from harmonia.nets._efficientnet import FEATURES, TwoStemEfficientNet
from harmonia.nets._network import Architecture, Network, Published

_PAGE = "https://github.com/ZHKKKe/Harmonizer"
_SIDE, _SLIDERS, _WIDTH = 256, 6, 160
_STRIP = 1 << 20  # pixels whose means are taken at a time
_EPS = 1e-6


class Regressor(nn.Module):
    """One slider after the other, each from what the one before was set by."""

    def __init__(self) -> None:
        super().__init__()
        self.f = nn.Linear(FEATURES, _WIDTH)
        self.g = nn.Linear(FEATURES, _WIDTH)
        self.headers = nn.ModuleList(
            nn.Sequential(nn.Linear(2 * _WIDTH, _WIDTH), nn.Linear(_WIDTH, 1))
            for _ in range(_SLIDERS)
        )

    def forward(self, features: Tensor) -> Tensor:
        """(N, 6), of any size."""
        fixed, state = self.f(features), self.g(features)
        found = []
        for header in self.headers:
            step, read = header.children()
            state = step(torch.cat([fixed, state], dim=1))
            found.append(read(state))
        return torch.cat(found, dim=1)


class Seen(NamedTuple):
    """The sliders (N, 6, 1, 1), gains of the temperature (N, 3, 1, 1) and the mean for contrast."""

    sliders: Tensor
    gains: Tensor
    middle: Tensor


class Sliders(Network):
    def __init__(self) -> None:
        super().__init__()
        self.backbone = TwoStemEfficientNet()
        self.regressor = Regressor()

    def sliders(self, image: Tensor, mask: Tensor) -> Tensor:
        """(N, 6, 1, 1) of a picture and a binary mask at 256."""
        found: Tensor = self.regressor(self.backbone(image, mask))
        return found.clamp(-1, 1)[:, :, None, None]

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        canvas = Canvas.of(image, mask)
        seen = self.look(canvas)
        return self.render(seen, canvas, 0, canvas.size[0])

    def look(self, canvas: Canvas) -> Seen:
        sliders = self.sliders(*canvas.binary().thumbnail(_SIDE, _SIDE))
        gains = temperature_gains(sliders[:, :1], _means(canvas, lambda image: image))
        middle = _means(canvas, lambda image: _brightened(image, gains, sliders))
        return Seen(sliders, gains, middle.mean(1, keepdim=True))

    def render(self, seen: Seen, canvas: Canvas, top: int, bottom: int) -> Tensor:
        return applied(seen, canvas.rows(top, bottom)[0])


def _means(canvas: Canvas, make: Callable[[Tensor], Tensor]) -> Tensor:
    """Means (N, 3, 1, 1) over all pixels, strip by strip."""
    if torch.compiler.is_exporting():  # a loop would fix the size
        return make(canvas.rows()[0]).mean((2, 3), keepdim=True)
    height, width = canvas.size
    step = max(1, _STRIP // width)
    total: Tensor | float = 0.0
    for top in range(0, height, step):
        strip = make(canvas.rows(top, min(top + step, height))[0])
        total = total + strip.mean((2, 3), keepdim=True) * (strip.shape[2] / height)
    return torch.as_tensor(total)


def temperature_gains(slider: Tensor, means: Tensor) -> Tensor:
    """(N, 3, 1, 1) of the slider and the picture's means.

    A warm slider t lifts the mean of green by t/2 and that of blue by t, a cold one that of green
    by -t/2 and that of red by -t. What grey balance then does more than it did before is the gain:
    `1 + grey' / mean' - grey / mean`.
    """
    lift, none = slider.abs(), torch.zeros_like(slider)
    warm = torch.cat([none, lift / 2, lift], dim=1)
    cold = torch.cat([lift, lift / 2, none], dim=1)
    lifted = means + torch.where(slider > 0, warm, cold)
    return 1 + _balance(lifted) - _balance(means)


def _balance(means: Tensor) -> Tensor:
    return means.mean(1, keepdim=True) / (means + _EPS)


def _brightened(image: Tensor, gains: Tensor, sliders: Tensor) -> Tensor:
    bright = sliders[:, 1:2]
    factor = torch.where(bright >= 0, 1 / (1 - bright.clamp(min=0) + _EPS), 1 + bright)
    return ((image * gains).clamp(0, 1) * factor).clamp(0, 1)


def applied(seen: Seen, image: Tensor) -> Tensor:
    _, _, contrast, saturation, highlight, shadow = seen.sliders.chunk(_SLIDERS, 1)
    image = _brightened(image, seen.gains, seen.sliders)
    slope = torch.where(contrast > 0, 255 / (256 - (255 * contrast).floor()) - 1, contrast)
    image = (image + (image - seen.middle) * slope).clamp(0, 1)
    image = _saturated(image, saturation)
    image = 1 - (1 - image + 1e-9) ** (1 + highlight)
    return ((image + 1e-9) ** (1 - shadow)).clamp(0, 1)


def _saturated(image: Tensor, change: Tensor) -> Tensor:
    """Colours further from their lightness, or by a change below 0 nearer."""
    low, high = image.amin(1, keepdim=True), image.amax(1, keepdim=True)
    total = low + high
    own = (high - low) / (torch.minimum(total, 2 - total) + _EPS)
    rest = torch.where(change + own > 1, own, 1 - change) + _EPS
    gain = torch.where(change >= 0, 1 / rest - 1, change)
    return (image + (image - total / 2) * gain).clamp(0, 1)


ARCHITECTURE = Architecture(
    variants={"b0": Sliders},
    published=(Published("b0", "harmonizer.pth", _PAGE, "CC BY-NC-SA 4.0, not for commerce"),),
)
