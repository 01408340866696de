"""DCCF: curves of value, shifts of saturation and turns of hue, a pixel each (Xue et al. 2022).

Paper: Xue, Ran, Chen, Jia, Zhao, Tang, "DCCF: Deep Comprehensible Color Filter Learning Framework
for High-Resolution Image Harmonization", ECCV 2022.
Code: github.com/rockeyben/DCCF, MPL-2.0, weights under the same licence.
"issam" reads the filters with iSSAM's U-Net, "idih" with iDIH's autoencoder, "hrnet18s" with that
and HRNet18s (of four sizes) behind it, all at 256; the mask stays soft. The filters are enlarged
bicubically, corners not aligned, and the full picture goes through them: a curve of eight lines for
the value, which leaves hue and saturation; a change of saturation around the lightness, of which
only the saturation is kept; an affine map of colour, of which only the hue is kept. An affine map
refines what comes out; its twelve numbers have length 1 in every pixel, also where they were
enlarged. A map mixes all this with the input: `a * changed + (1 - a) * image`, the other way round
than iSSAM. The `to_rgb` of "issam" is in the checkpoints but does nothing.
The authors' code takes colours back from normalised ones, so that black has a hue, of rounding, and
comes out green where the value is raised. Here it comes out grey.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets import _autoencoder, _separated_unet
from harmonia.nets._backed import Scale
from harmonia.nets._canvas import Canvas, resized_rows
from harmonia.nets._hrnet import HRNetFeatures
from harmonia.nets._network import Architecture, Network, Normalised, Published

_PAGE = "https://github.com/rockeyben/DCCF"
_SLOPES = 8
# A matrix and an offset for hue, slopes and an offset for value, a change of saturation.
_FILTERS = 12 + (_SLOPES + 1) + 1
_EPS = 1e-7


class ColourFilters(Network):
    """A picture through filters of its colours that a small copy of it gave."""

    base = 256
    normalised: Normalised

    @abstractmethod
    def planes(self, image: Tensor, mask: Tensor) -> Tensor:
        """Filters (N, 22, H, W) of the small picture, refinement (12) and share (1) behind them."""

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        side = (self.base, self.base)
        small, shape = (
            functional.interpolate(one, side, mode="bilinear", align_corners=False)
            if tuple(one.shape[2:]) != side
            else one
            for one in (image, mask)
        )
        planes = self.planes(small, shape)
        size = image.shape[2:]
        if size != planes.shape[2:]:
            planes = functional.interpolate(planes, size, mode="bicubic", align_corners=False)
        return applied(planes, image)

    def look(self, canvas: Canvas) -> Tensor:
        return self.planes(*canvas.shrunk(self.base, "cv2 linear", "cv2 linear"))

    def render(self, seen: Tensor, canvas: Canvas, top: int, bottom: int) -> Tensor:
        image, _ = canvas.rows(top, bottom)
        return applied(resized_rows(seen, canvas.size, top, bottom, "bicubic"), image)


def _heads(features: int) -> tuple[nn.Conv2d, nn.Conv2d]:
    """Of the filters and of the refinement; they are born near to changing nothing."""
    filters, refinement = nn.Conv2d(features, _FILTERS, 1), nn.Conv2d(features, 12, 1)
    for layer in (filters, refinement):
        nn.init.normal_(layer.weight, std=1e-2)
        bias = torch.zeros(layer.out_channels)
        bias[[0, 4, 8]] = 1.0
        bias[12:13] = 1.0  # the first line of the curve
        with torch.no_grad():
            layer.bias.copy_(bias)  # type: ignore[union-attr]
    return filters, refinement


class SeparatedFilters(ColourFilters):
    """Filters from iSSAM's U-Net."""

    def __init__(self) -> None:
        super().__init__()
        self.normalised = Normalised()
        self.encoder = _separated_unet.Encoder(4, 32, norm_from=2)
        self.decoder = _separated_unet.Decoder(
            self.encoder.widths, attend_from=2, middle=0.5, blend=True
        )
        self.get_filters, self.get_refine = _heads(self.encoder.widths[0])

    def planes(self, image: Tensor, mask: Tensor) -> Tensor:
        encoded = self.encoder(torch.cat([self.normalised(image), mask], dim=1))
        features = self.decoder.features(encoded, mask)
        share = self.decoder.attention(features)
        return torch.cat([self.get_filters(features), self.get_refine(features), share], dim=1)


class AutoencodedFilters(ColourFilters):
    """Filters from iDIH's autoencoder."""

    def __init__(self, extra: Mapping[int, int] | None = None) -> None:
        super().__init__()
        self.normalised = Normalised()
        self.encoder = _autoencoder.Encoder(7, extra=extra)
        self.decoder = _autoencoder.Decoder.of(self.encoder, rgb=False)
        self.get_filters, self.get_refine = _heads(self.encoder.widths[0] // 2)

    def planes(self, image: Tensor, mask: Tensor, extra: Sequence[Tensor] = ()) -> Tensor:
        encoded = self.encoder(torch.cat([self.normalised(image), mask], dim=1), extra)
        features = self.decoder.features(encoded, mask)
        share = self.decoder.attention(features)
        return torch.cat([self.get_filters(features), self.get_refine(features), share], dim=1)


class BackedFilters(ColourFilters):
    """Filters from iDIH's autoencoder with HRNet18s behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.normalised = Normalised()
        self.backbone = HRNetFeatures(18, small=True, pyramid=True)
        self.model = AutoencodedFilters(
            {2 + step: channels for step, channels in enumerate(self.backbone.channels)}
        )
        self.mask_conv = nn.Sequential(nn.Conv2d(1, 64, 3, 2, 1), Scale())

    def planes(self, image: Tensor, mask: Tensor) -> Tensor:
        entering = self.mask_conv(mask)
        extra = self.backbone(self.normalised(image), mask, entering)
        return self.model.planes(image, mask, extra)


def applied(planes: Tensor, image: Tensor) -> Tensor:
    """Value, saturation and hue one after the other, then the refinement."""
    turn, curve, gain = (
        planes[:, :12],
        planes[:, 12 : _FILTERS - 1],
        planes[:, _FILTERS - 1 : _FILTERS],
    )
    refine, share = planes[:, _FILTERS:-1], planes[:, -1:]
    low, high = image.amin(1, keepdim=True), image.amax(1, keepdim=True)
    value = _along(curve, high)
    # The value by itself scales a colour: its hue and its saturation stay.
    hue, saturation = _hue(image, low, high), (high - low) / (high + _EPS)
    purer = _saturated(_colour(hue, saturation, value), gain)
    low, high = purer.amin(1, keepdim=True), purer.amax(1, keepdim=True)
    saturation = (high - low) / (high + _EPS)
    turned = _affine(turn, _colour(hue, saturation, value)).clamp(0, 1)
    hue = _hue(turned, turned.amin(1, keepdim=True), turned.amax(1, keepdim=True))
    changed = _colour(hue, saturation, value)
    changed = _affine(functional.normalize(refine, dim=1), changed).clamp(0, 1)
    return share * changed + (1 - share) * image


def _along(curve: Tensor, value: Tensor) -> Tensor:
    """Lines that begin at k / 8, each with its slope, and an offset of at most 0.2."""
    risen: Tensor = curve[:, _SLOPES:].clamp(-0.2, 0.2)
    for step in range(_SLOPES):
        risen = risen + curve[:, step : step + 1] * torch.relu(value - step / _SLOPES)
    return risen.clamp(0, 1)


def _hue(image: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Sixths of the circle, 0 to 6. A tie of two channels goes to red, then to green."""
    red, green, blue = image.chunk(3, 1)
    spread = high - low + _EPS
    hue = torch.where(
        red == high,
        (green - blue) / spread,
        torch.where(green == high, (blue - red) / spread + 2, (red - green) / spread + 4),
    )
    return torch.where(hue < 0, hue + 6, hue)


def _colour(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """RGB: a channel falls from the value by the saturation where the hue is far from its own."""
    far = torch.cat([2 - (hue - 3).abs(), (hue - 2).abs() - 1, (hue - 4).abs() - 1], dim=1)
    return value - value * saturation * far.clamp(0, 1)


def _saturated(image: Tensor, change: Tensor) -> Tensor:
    """Colours further from their lightness, or by a change below 0 nearer."""
    low, high = image.amin(1, keepdim=True), image.amax(1, keepdim=True)
    total = low + high
    saturation = (high - low) / torch.minimum(total, 2 - total).clamp(min=_EPS)
    change = change.clamp(-0.99, 0.99)
    rest = torch.where(change + saturation >= 1, saturation, 1 - change).clamp(min=_EPS)
    gain = torch.where(change >= 0, 1 / rest - 1, change)
    return (image + (image - total / 2) * gain).clamp(0, 1)


def _affine(planes: Tensor, image: Tensor) -> Tensor:
    """The first nine planes are a matrix whose rows are of the input's channels."""
    red, green, blue = (
        channel * planes[:, 3 * index : 3 * index + 3]
        for index, channel in enumerate(image.chunk(3, 1))
    )
    out: Tensor = red + green + blue + planes[:, 9:12]
    return out


ARCHITECTURE = Architecture(
    variants={
        "issam": SeparatedFilters,
        "idih": AutoencodedFilters,
        "hrnet18s": BackedFilters,
    },
    published=(
        Published("issam", "dccf_issam_HR_pretrain.pth", _PAGE, "MPL-2.0"),
        Published("idih", "dccf_idih_HR_pretrain.pth", _PAGE, "MPL-2.0"),
    ),
)
