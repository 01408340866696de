"""How different the features of two regions are on average, level by level of an extractor."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from harmonia.training.losses._arguments import open_mask, open_values, reduced

# Of an extractor's level: features (N, C, H, W), and which of their places saw anything of the
# region, (N, 1, H, W).
Level = tuple[Tensor, Tensor]


def style_features(
    region: Sequence[Level], other: Sequence[Level], *, reduction: str = "mean"
) -> Tensor:
    """Mean squared difference of the features' means in either region, averaged over levels.

    A level is features (N, C, H, W) and the mask of places that saw anything of the region, as
    convolutions over a part of a picture give them. The regions may be of different pictures or of
    one, such as a foreground and its background. Where one is empty at a level, that level of that
    image is 0.

    >>> import torch
    >>> from harmonia.training.losses import style_features
    >>> features, mask = torch.zeros(1, 4, 6, 6), torch.zeros(1, 1, 6, 6)
    >>> mask[..., :2] = 1
    >>> features = features + 3 * mask
    >>> style_features([(features, mask)], [(features, 1 - mask)]).item()
    9.0
    """
    where = "style_features"
    if len(region) != len(other) or not region:
        raise ValueError(
            f"{where}: region and other must have the levels of one extractor, got {len(region)} "
            f"and {len(other)}"
        )
    levels = []
    for number, (one, another) in enumerate(zip(region, other, strict=True)):
        ours = _opened(where, f"region[{number}]", *one)
        theirs = _opened(where, f"other[{number}]", *another)
        if ours[0].shape[:2] != theirs[0].shape[:2]:
            raise ValueError(
                f"{where}: region[{number}] and other[{number}] must be of as many images and "
                f"channels, got {tuple(ours[0].shape[:2])} and {tuple(theirs[0].shape[:2])}"
            )
        levels.append(_apart(ours, theirs))
    return reduced(where, torch.stack(levels).mean(0), reduction)


def _opened(where: str, name: str, features: Any, mask: Any) -> Level:
    values = open_values(where, name, features)
    if values.ndim != 4:
        raise ValueError(
            f"{where}: {name} must have features of shape (N, C, H, W), got {tuple(values.shape)}"
        )
    return values, open_mask(f"{where}: {name}", mask, values)


def _apart(one: Level, other: Level) -> Tensor:
    """For each image, the mean over channels."""
    (mean, seen), (other_mean, other_seen) = _mean(*one), _mean(*other)
    return (mean - other_mean).square().mean(1) * (seen & other_seen)


def _mean(features: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """(N, C), and whether there is anything to take a mean of."""
    area = mask.sum((1, 2, 3))
    seen = area > 0
    return (mask * features).sum((2, 3)) / torch.where(seen, area, 1)[:, None], seen
