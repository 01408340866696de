"""The look-up in a 3D table from torch's own operators: any device and float type, differentiable
as often as wanted, and what the compiled one is tested against."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import grid_sample


def look_up(
    image: Tensor,
    lut: Tensor,
    mask: Tensor | None,
    interpolation: str,
    out_of_range: str,
    domain: Sequence[float],
) -> Tensor:
    """`harmonia::lut3d`: image (N, 3, H, W), lut (1 or N, R, G, B, 3), mask (N, H, W).

    `domain` is a low and a high corner, three values each.
    """
    if torch.onnx.is_in_onnx_export() and (interpolation, out_of_range) == ("trilinear", "clamp"):
        return _blend(_sampled(image, lut, domain), image, mask)
    index, share = _places(image, lut, out_of_range, domain)
    between = _trilinear if interpolation == "trilinear" else _tetrahedral
    return _blend(between(lut, index, share), image, mask)


def _blend(value: Tensor, image: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        return value
    weight = mask[:, None]
    return weight * value + (1 - weight) * image


def _sampled(image: Tensor, lut: Tensor, domain: Sequence[float]) -> Tensor:
    """The same by one node of a graph, which runtimes have a kernel for. Its own derivative stops
    on the border of the domain."""
    low, high = image.new_tensor(domain[:3]), image.new_tensor(domain[3:])
    at = (image.movedim(1, -1) - low) * (2 / (high - low)) - 1
    volume = lut.movedim(-1, 1).expand(image.shape[0], -1, -1, -1, -1)
    # The last axis of the volume comes first in a place.
    places = at.flip(-1)[:, None]
    return grid_sample(volume, places, padding_mode="border", align_corners=True)[:, :, 0]


def _places(
    image: Tensor, lut: Tensor, out_of_range: str, domain: Sequence[float]
) -> tuple[list[Tensor], list[Tensor]]:
    """A channel each: the cell's own node, and the share of the way through the cell."""
    index, share = [], []
    for channel in range(3):
        low, high = domain[channel], domain[3 + channel]
        at = (image[:, channel] - low) * (1 / (high - low))
        if out_of_range == "clamp":
            at = at.clamp(0, 1)  # whose derivative is 1 on the border itself
        steps = lut.shape[1 + channel] - 1
        place = at * steps
        node = place.detach().floor().clamp(0, steps - 1)
        index.append(node.long())
        share.append(place - node)
    return index, share


def _nodes(lut: Tensor, index: Sequence[Tensor]) -> Tensor:
    """The nodes at (N, H, W) indices along red, green and blue, as (N, 3, H, W)."""
    _, _, green, blue, _ = lut.shape
    at = (index[0] * green + index[1]) * blue + index[2]
    flat = lut.flatten(1, 3)
    if lut.shape[0] == 1:
        return flat[0][at].movedim(-1, 1)
    image = torch.arange(at.shape[0], device=at.device)[:, None, None]
    return flat[image, at].movedim(-1, 1)


def _trilinear(lut: Tensor, index: Sequence[Tensor], share: Sequence[Tensor]) -> Tensor:
    red, green, blue = index
    x, y, z = (part[:, None] for part in share)

    def along_blue(r: Tensor, g: Tensor) -> Tensor:
        near, far = _nodes(lut, (r, g, blue)), _nodes(lut, (r, g, blue + 1))
        return near + z * (far - near)

    def along_green(r: Tensor) -> Tensor:
        near, far = along_blue(r, green), along_blue(r, green + 1)
        return near + y * (far - near)

    near, far = along_green(red), along_green(red + 1)
    return near + x * (far - near)


def _tetrahedral(lut: Tensor, index: Sequence[Tensor], share: Sequence[Tensor]) -> Tensor:
    """From the cell's own node along the axes, the largest share first, red first of equals."""
    x, y, z = share
    one = torch.ones_like(index[0])
    first = torch.where((x >= y) & (x >= z), 0 * one, torch.where(y >= z, one, 2 * one))
    last = torch.where((z <= x) & (z <= y), 2 * one, torch.where(y <= x, one, 0 * one))
    shares = torch.stack(tuple(share))
    at = list(index)
    here = _nodes(lut, at)
    value = here
    for axis in (first, 3 - first - last, last):
        at = [node + (axis == channel) for channel, node in enumerate(at)]
        there = _nodes(lut, at)
        value = value + shares.gather(0, axis[None]).movedim(0, 1) * (there - here)
        here = there
    return value
