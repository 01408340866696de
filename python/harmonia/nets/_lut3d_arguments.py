"""What a differentiable look-up is given, checked and brought to the one shape of the operators."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from harmonia.transform import FEWEST_NODES, MOST_NODES, Corners

INTERPOLATIONS = ("trilinear", "tetrahedral")
OUT_OF_RANGE = ("clamp", "extrapolate")
FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


class Arguments(NamedTuple):
    """Those of `harmonia::lut3d`, in its order: float32, or float64 for an image of that type."""

    image: Tensor  # (N, 3, H, W)
    lut: Tensor  # (1 or N, R, G, B, 3)
    mask: Tensor | None  # (N, H, W)
    interpolation: str
    out_of_range: str
    domain: tuple[float, ...]  # the low corner, then the high one


def open_arguments(
    where: str,
    image: Tensor,
    lut: Tensor,
    mask: Tensor | None,
    interpolation: str,
    out_of_range: str,
    domain: Corners,
) -> Arguments:
    """Raises TypeError or ValueError, with `where` before the name of the argument."""
    check_float(image, f"{where}: image")
    if image.ndim not in (3, 4) or image.shape[-3] != 3:
        last = image.ndim in (3, 4) and image.shape[-1] == 3
        cure = "; move the channels first with image.movedim(-1, -3)" if last else ""
        raise ValueError(
            f"{where}: image must have shape (N, 3, H, W) or (3, H, W), "
            f"got {tuple(image.shape)}{cure}"
        )
    _check_choice(interpolation, INTERPOLATIONS, f"{where}: interpolation")
    _check_choice(out_of_range, OUT_OF_RANGE, f"{where}: out_of_range")
    batch = image if image.ndim == 4 else image[None]
    dtype = working_type(image)
    tables = _open_lut(lut, batch, f"{where}: lut").to(dtype)
    weights = None if mask is None else _open_mask(mask, batch, f"{where}: mask").to(dtype)
    corners = _corners(domain, f"{where}: domain")
    return Arguments(batch.to(dtype), tables, weights, interpolation, out_of_range, corners)


def working_type(image: Tensor) -> torch.dtype:
    """The type that a look-up is computed in."""
    return torch.float64 if image.dtype == torch.float64 else torch.float32


def check_float(tensor: Any, where: str) -> None:
    """A tensor of floats, the only ones that can have gradients."""
    if not isinstance(tensor, Tensor):
        raise TypeError(
            f"{where} must be a tensor, got {type(tensor).__name__}; "
            f"arrays and pictures go through harmonia.lut.apply_lut3d"
        )
    if tensor.dtype not in FLOATS:
        name = where.rpartition(" ")[2]
        raise TypeError(
            f"{where} must be of floats, got {tensor.dtype}; "
            f"8-bit values become some with {name}.float() / 255"
        )


def _check_choice(value: object, choices: tuple[str, ...], where: str) -> None:
    if value not in choices:
        raise ValueError(f"{where} must be one of {', '.join(choices)}, got {value!r}")


def _check_device(tensor: Tensor, image: Tensor, where: str) -> None:
    if tensor.device != image.device:
        name = where.rpartition(" ")[2]
        raise TypeError(
            f"{where} must be on {image.device} like the image, got {tensor.device}; "
            f"move it with {name}.to(image.device)"
        )


def _open_lut(lut: Any, image: Tensor, where: str) -> Tensor:
    check_float(lut, where)
    _check_device(lut, image, where)
    count = image.shape[0]
    if lut.ndim not in (4, 5) or lut.shape[-1] != 3:
        planes = lut.ndim in (4, 5) and lut.shape[-4] == 3
        cure = "; see planes as nodes with harmonia.nets.nodes_of_planes" if planes else ""
        raise ValueError(
            f"{where} must have shape (R, G, B, 3) or (N, R, G, B, 3), got {tuple(lut.shape)}{cure}"
        )
    for size in lut.shape[-4:-1]:
        if not FEWEST_NODES <= size <= MOST_NODES:
            raise ValueError(
                f"{where} must have from {FEWEST_NODES} to {MOST_NODES} nodes an axis, "
                f"got {tuple(lut.shape)}"
            )
    tables: Tensor = lut if lut.ndim == 5 else lut[None]
    if tables.shape[0] != 1 and tables.shape[0] != count:
        raise ValueError(
            f"{where} must be one table or one for each of {count} images, got {tables.shape[0]}"
        )
    return tables


def _open_mask(mask: Any, image: Tensor, where: str) -> Tensor:
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
        check_float(mask, where)
    _check_device(mask, image, where)
    count, _, height, width = image.shape
    weights = mask[:, 0] if mask.ndim == 4 and mask.shape[1] == 1 else mask
    weights = weights[None] if weights.ndim == 2 else weights
    if weights.ndim != 3 or weights.shape[1] != height or weights.shape[2] != width:
        raise ValueError(
            f"{where} must have shape (H, W), (N, H, W) or (N, 1, H, W) with the image's "
            f"{height} x {width} pixels, got {tuple(mask.shape)}"
        )
    if weights.shape[0] != 1 and weights.shape[0] != count:
        raise ValueError(
            f"{where} must be one mask or one for each of {count} images, got {weights.shape[0]}"
        )
    expanded: Tensor = weights.expand(count, -1, -1)
    return expanded


def _corners(domain: Corners, where: str) -> tuple[float, ...]:
    low, high = (tuple(float(value) for value in corner) for corner in domain)
    if len(low) != 3 or len(high) != 3:
        raise ValueError(
            f"{where} must be a low and a high corner of three values each, got {domain!r}"
        )
    if not all(-1e6 <= a < b <= 1e6 for a, b in zip(low, high, strict=True)):
        raise ValueError(
            f"{where} must have its low corner below its high one in every channel, got {domain!r}"
        )
    return low + high
