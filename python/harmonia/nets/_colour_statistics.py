"""What the colours of a foreground and of its background are like, as numbers a network reads.

Pictures are (N, 3, SIDE, SIDE) and masks (N, 1, SIDE, SIDE), both 0..1. There are four regions:
foreground, background, and of each what lies near the other. All sums are weighted by them. Much
of it is what estimates of a light by simple statistics look at: grey world, shades of grey, white
patch, grey edges. The rest compares places along the seam, where both sides are near each other: a
change of colours sets them apart everywhere by the same, what is in a picture does not. Gradients
are not needed, and an export holds nothing but plain operators.
"""

import torch
from torch import Tensor
from torch.nn import functional

SIDE = 128

REGIONS = 4
SHARES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)  # quantiles
BINS = 16  # of histograms
NORMS = (4, 8)  # Minkowski's, of which the first is for steps too
SCALES = 3  # at which steps are measured, each half as large as the one before
DARK = 1 / 32  # added before logarithms
GREY = 0.1  # saturation at which a colour counts as grey by a third
CELLS = (4, 8, 16)  # sides of the places along the seam that are apart from each other
WINDOWS = (5, 11)  # sides of those that overlap, in a picture of half the size
LEAST = 0.05  # of a cell that either side must have
ALIKE = 0.05  # from the mean, how far apart a place counts for it by a third
_ONE, _OTHER = [0, 0, 1], [1, 2, 2]  # pairs of channels
_LUMA = (0.299, 0.587, 0.114)
_CHANNELS, _SPREAD_OF, _COUNTED, _COMPARED = 10, 5, 6, 7


def _count() -> int:
    both = 3 + _SPREAD_OF * len(SHARES) + _COUNTED * BINS
    each = 2 * _CHANNELS + 3 * len(NORMS) + 3 * 4 + 3 * (2 * SCALES + 1)
    seam = 2 * 3 * _COMPARED + 2
    return 2 * both + REGIONS * each + (len(CELLS) + len(WINDOWS)) * seam + 1


COUNT = _count()


def statistics(image: Tensor, mask: Tensor) -> Tensor:
    """(N, COUNT) numbers of pictures with their masks."""
    regions = _regions(mask)
    colours, weights = _every_other(image), _shares(_every_other(regions))
    channels = _channels(colours)
    means = _means(channels, weights)
    spread = (_means(channels**2, weights) - means**2).clamp(min=0).add(1e-5).sqrt()
    inside_outside = weights[:, :2]
    parts = (
        means,
        spread,
        _covariances(colours, inside_outside, means[:, :2, :3]),
        _quantiles(channels[:, :_SPREAD_OF], inside_outside),
        _histograms(channels, inside_outside),
        _norms(colours**2.2, weights),
        _chosen(channels, weights),
        _steps(image, regions),
        _seam(image, mask),
        mask.mean((2, 3)),
    )
    return torch.cat([part.flatten(1) for part in parts], dim=1)


def _regions(mask: Tensor) -> Tensor:
    """Foreground and background, and of each what lies near the other: (N, 4, SIDE, SIDE)."""
    coarse = functional.avg_pool2d(mask, 4)
    wide = functional.avg_pool2d(coarse, 7, 1, 3, count_include_pad=False)
    around = functional.interpolate(wide, scale_factor=4.0, mode="nearest")
    return torch.cat([mask, 1 - mask, mask * (1 - around), (1 - mask) * around], dim=1)


def _every_other(values: Tensor) -> Tensor:
    """A quarter of the pixels: (N, C, pixels)."""
    return values[:, :, 1::2, 1::2].flatten(2)


def _shares(weights: Tensor) -> Tensor:
    """Weights (N, regions, pixels) whose sum is one, or less where there are few pixels."""
    return weights / (weights.sum(2, keepdim=True) + 1e-3)


def _channels(colours: Tensor) -> Tensor:
    """Red, green, blue; luma; saturation; their logarithms; red and blue over green, in those."""
    luma = (colours * colours.new_tensor(_LUMA).view(1, 3, 1)).sum(1, keepdim=True)
    saturation = colours.amax(1, keepdim=True) - colours.amin(1, keepdim=True)
    logs = _log(colours)
    ratios = logs[:, 0::2] - logs[:, 1:2]
    return torch.cat([colours, luma, saturation, logs, ratios], dim=1)


def _means(values: Tensor, weights: Tensor) -> Tensor:
    """(N, regions, C)."""
    return weights @ values.transpose(1, 2)


def _covariances(colours: Tensor, weights: Tensor, means: Tensor) -> Tensor:
    """Of red with green, red with blue, green with blue; tenfold, to be of the others' size."""
    pairs = colours[:, _ONE] * colours[:, _OTHER]
    products = means[..., _ONE] * means[..., _OTHER]
    return 10 * (_means(pairs, weights) - products)


def _quantiles(channels: Tensor, weights: Tensor) -> Tensor:
    """(N, channels, regions, shares): the first value that a share of the weight does not pass."""
    values, order = channels.sort(dim=2)
    shares = channels.new_tensor(SHARES)
    regions = []
    for region in weights.unbind(1):
        passed = region[:, None].expand_as(values).gather(2, order).cumsum(2)
        passed = passed / passed[:, :, -1:].clamp(min=1e-6)
        places = (passed[..., None] < shares).sum(2).clamp(max=values.shape[2] - 1)
        regions.append(values.gather(2, places))
    return torch.stack(regions, dim=2)


def _histograms(channels: Tensor, weights: Tensor) -> Tensor:
    """Of red, green, blue, luma and both ratios, each value shared by the bins beside it."""
    ratios = channels[:, 8:10] / 4 + 0.5
    centres = torch.linspace(0, 1, BINS, device=channels.device).view(1, BINS, 1)
    found = []
    for values in torch.cat([channels[:, :4], ratios], dim=1).clamp(0, 1).unbind(1):
        shares = (1 - (values[:, None] - centres).abs() * (BINS - 1)).clamp(min=0)
        found.append(_means(shares, weights))
    return torch.stack(found, dim=1)


def _norms(linear: Tensor, weights: Tensor) -> Tensor:
    """Logarithms of Minkowski norms of linear light, the more by its brightest the higher."""
    return torch.stack([_norm(linear, weights, norm) for norm in NORMS], dim=1)


def _norm(values: Tensor, weights: Tensor, norm: int) -> Tensor:
    return torch.log(_means(values**norm, weights).clamp(min=1e-12)) / norm


def _chosen(channels: Tensor, weights: Tensor) -> Tensor:
    """The mean colours of what is bright, of what is dark, and of what is grey, and how much."""
    luma, saturation = channels[:, 3:4], channels[:, 4:5]
    found = []
    for choice in (luma**4, (1 - luma) ** 8, torch.exp(-((saturation / GREY) ** 2))):
        much = _means(choice, weights)
        found += [_means(choice * channels[:, :3], weights) / (much + 1e-4), torch.log(much + 1e-3)]
    return torch.cat(found, dim=2)


def _steps(image: Tensor, regions: Tensor) -> Tensor:
    """How far neighbours are apart within each region, at each scale, of values and of their
    logarithms; at first a norm of it too.
    """
    found = []
    for scale in range(SCALES):
        if scale:
            image, regions = functional.avg_pool2d(image, 2), functional.avg_pool2d(regions, 2)
        both = torch.minimum(regions[:, :, :-1, 1:], regions[:, :, 1:, :-1])
        weights = _shares(torch.minimum(regions[:, :, 1:, 1:], both).flatten(2))
        for values in (image, _log(image)):
            here = values[:, :, 1:, 1:]
            steps = (here - values[:, :, :-1, 1:]).abs() + (here - values[:, :, 1:, :-1]).abs()
            found.append(torch.log(_means(steps.flatten(2), weights) + 1e-3))
            if values is image and not scale:
                found.append(_norm(steps.flatten(2), weights, NORMS[0]))
    return torch.cat(found, dim=2)


def _seam(image: Tensor, mask: Tensor) -> Tensor:
    """How the colours of both sides differ from place to place along the seam."""
    sides = torch.cat([image * mask, mask, image * (1 - mask), 1 - mask], dim=1)
    found = []
    for side in CELLS:
        sums = functional.avg_pool2d(sides, side)
        less = torch.minimum(sums[:, 3:4], sums[:, 7:8])
        found += _compared(sums, less * (less > LEAST))
    half = functional.avg_pool2d(sides, 2)
    for side in WINDOWS:
        sums = functional.avg_pool2d(half, side, 1, side // 2, count_include_pad=False)
        found += _compared(sums, (sums[:, 3:4] * sums[:, 7:8]) ** 2)
    return torch.cat(found, dim=1)


def _compared(sums: Tensor, weights: Tensor) -> list[Tensor]:
    """Of places with sums (N, 8, H, W) of both sides, colours before shares; weights (N, 1, H, W).

    Of values and of their logarithms: the mean difference, its spread, how far both go together,
    the spread of each, the mean by the spread, and how much is near the mean. Then which side is
    the brighter in how much of the seam, and how much seam there is.
    """
    inside, outside = (
        (part[:, :3] / (part[:, 3:] + 1e-4)).flatten(2) for part in torch.split(sums, 4, dim=1)
    )
    much = weights.flatten(2).sum(2)
    weights = _shares(weights.flatten(2))

    def mean(values: Tensor) -> Tensor:
        return (weights * values).sum(2)

    found = []
    for one, other in ((inside, outside), (_log(inside), _log(outside))):
        apart = one - other
        middle = mean(apart)
        spread, own, others = (
            (mean(values**2) - mean(values) ** 2).clamp(min=0) + 1e-4
            for values in (apart, one, other)
        )
        together = (mean(one * other) - mean(one) * mean(other)) / (own * others).sqrt()
        alike = mean(torch.exp(-(((apart - middle[..., None]) / ALIKE) ** 2)))
        found += [middle, spread.sqrt(), together, own.sqrt(), others.sqrt()]
        found += [middle / (spread + 1e-3).sqrt(), alike]
    brighter = torch.sign((inside - outside).mean(1, keepdim=True))
    return [*found, mean(brighter), torch.log(much + 1e-2)]


def _log(values: Tensor) -> Tensor:
    return torch.log(values + DARK)
