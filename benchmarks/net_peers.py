"""Networks written eagerly, operator by operator at full size, as their authors' codes run them.

They share weights, trunks and the low resolution with harmonia's: what is compared is how a picture
gets there and back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from harmonia.nets._canvas import unit
from harmonia.nets.cdtnet import DualTransformations
from harmonia.nets.pctnet import ColourMaps
from torch import Tensor
from torch.nn import functional

Call = Callable[[Any, Any], Any]


def resized(values: Tensor, size: tuple[int, int], mode: str = "bilinear") -> Tensor:
    return functional.interpolate(values, size, mode=mode, align_corners=False)


def opened(image: Any, mask: Any) -> tuple[Tensor, Tensor]:
    """Codes (H, W, 3) and (H, W) as floats (1, 3, H, W) and (1, 1, H, W)."""
    return unit(torch.from_numpy(image)).permute(2, 0, 1)[None], unit(torch.from_numpy(mask))[
        None, None
    ]


def written(out: Tensor, image: Tensor, mask: Tensor) -> Any:
    """What harmonia promises of an output, so that both give the same."""
    pasted = mask * out.clamp(0, 1) + (1 - mask) * image
    return (pasted * 255).round().to(torch.uint8)[0].permute(1, 2, 0).contiguous().numpy()


@torch.inference_mode()
def pctnet(network: ColourMaps, image: Any, mask: Any) -> Any:
    """Twelve planes enlarged to the picture, a product of matrices a pixel."""
    from harmonia._resize import cv2_resize

    picture, weights = opened(image, mask)
    side = (network.base, network.base)
    small, shape = opened(cv2_resize(image, side, "linear"), cv2_resize(mask, side, "linear"))
    maps, share = network.predict(small, shape)
    size = tuple(picture.shape[2:])
    values = network.normalised(picture)
    large = resized(maps, size, "bicubic")
    matrices = large[:, :9].permute(0, 2, 3, 1).reshape(-1, 3, 3)
    colours = values.permute(0, 2, 3, 1).reshape(-1, 3, 1)
    offsets = large[:, 9:].permute(0, 2, 3, 1).reshape(-1, 3)
    changed = (torch.bmm(matrices, colours)[..., 0] + offsets).clamp(0, 1)
    out = network.normalised(changed.view(1, *size, 3).permute(0, 3, 1, 2))
    if share is not None:
        part = resized(share, size, "bicubic")
        out = part * out + (1 - part) * values
    return written(network.normalised.back(out), picture, weights)


@torch.inference_mode()
def cdtnet(network: DualTransformations, image: Any, mask: Any) -> Any:
    """Four tables applied, their pictures weighed and added; then all layers at full size.

    The decoder runs without the refinement too.
    """
    picture, weights = opened(image, mask)
    size, base = tuple(picture.shape[2:]), (network.base, network.base)
    values = network.normalised(picture)
    joined = resized(torch.cat([values, weights], dim=1), base)
    small, shape = joined[:, :3], joined[:, 3:]
    encoded = network.encoder(joined)
    decoded = network.decoder(encoded, small, shape)
    coarse = resized(weights, tuple(encoded[0].shape[2:]))
    counts = network.lut.classifier(encoded[0], coarse)
    # One table at a time, by torch's own trilinear look-up.
    places = (2 * picture - 1).permute(0, 2, 3, 1)[:, None]
    mapped: Any = 0
    for index in range(4):
        table = getattr(network.lut, f"LUT{index}").LUT[None]
        found = functional.grid_sample(table, places, padding_mode="border", align_corners=True)
        mapped = mapped + counts[:, index : index + 1] * found[:, :, 0]
    if not network.refined:
        return written(mapped, picture, weights)
    mapped = mapped * weights + picture * (1 - weights)
    known = [resized(decoded.output, size), network.normalised(mapped), weights]
    out = network.refine(torch.cat([*known, resized(decoded.features, size)], dim=1), values)
    return written(network.normalised.back(out), picture, weights)


# How the authors' codes run a network, by its public name.
EAGER: dict[str, Callable[[Any, Any, Any], Any]] = {
    "pctnet": pctnet,
    "cdtnet": cdtnet,
    "cdtnet_sim": cdtnet,
}
