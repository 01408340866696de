"""Difference of hue and saturation, hue as an angle that saturation weighs."""

from torch import Tensor

from harmonia.nets._hue import hue_saturation_value
from harmonia.training.losses._arguments import areas, open_optional_mask, open_pair, reduced


def hue_saturation(
    output: Tensor,
    target: Tensor,
    mask: Tensor | None = None,
    *,
    minimum_area: float | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Squared distance in HSV's disc of hue h and saturation s, weighted by the mask.

    A colour lies at `(s cos h, s sin h)` there, so that the two ends of red meet and greys, which
    have no hue, are all one; how light a colour is does not count. The sum is over an `area` as in
    `masked_l1`: the whole image, or `max(sum(mask), minimum_area)` pixels. Gradients are finite for
    all colours, and 0 for a grey output.

    >>> import torch
    >>> from harmonia.training.losses import hue_saturation
    >>> red, cyan = torch.tensor([1.0, 0, 0]), torch.tensor([0.0, 1, 1])
    >>> pictures = [colour.view(1, 3, 1, 1).expand(1, 3, 8, 8) for colour in (red, cyan, red / 2)]
    >>> [round(hue_saturation(picture, pictures[0]).item(), 4) for picture in pictures]
    [0.0, 4.0, 0.0]
    """
    where = "hue_saturation"
    output, target = open_pair(where, output, target)
    weight = open_optional_mask(where, mask, output)
    height, width = output.shape[2:]
    area = height * width if minimum_area is None else areas(where, weight, minimum_area)
    apart = (hue_saturation_value(output) - hue_saturation_value(target))[:, :2]
    squares = (weight * apart.square()).sum((1, 2, 3))
    return reduced(where, squares / area, reduction)
