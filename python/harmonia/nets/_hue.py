"""HSV with its hue bent to a circle, of pictures as tensors."""

import math

import torch
from torch import Tensor

CODE = 1 / 255
TINY = 1e-6  # of what greys differ by in float32


def hue_saturation_value(image: Tensor) -> Tensor:
    """`(s cos h, s sin h, v)` of pictures (N, 3, H, W), float32, or float64 for such.

    The two ends of red meet, and greys, which have no hue, all lie where the angle does not matter.
    Values beyond 0..1 count as the nearest within. Gradients are finite everywhere, and 0 in the
    first two at greys. Saturation divides by 1/255 where v is less, since black has none.
    """
    image = (image if image.dtype == torch.float64 else image.float()).clamp(0, 1)
    value, least = image.amax(1, keepdim=True), image.amin(1, keepdim=True)
    spread = value - least
    saturation = spread / value.clamp(min=CODE)
    red, green, blue = image.chunk(3, dim=1)
    sector = torch.where(red == value, 0, torch.where(green == value, 2, 4))
    across = torch.where(
        sector == 0, green - blue, torch.where(sector == 2, blue - red, red - green)
    )
    hue = (sector + across / torch.where(spread > TINY, spread, 1)) * (math.pi / 3)
    return torch.cat([saturation * hue.cos(), saturation * hue.sin(), value], dim=1)
