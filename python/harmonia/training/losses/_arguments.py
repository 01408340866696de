"""What a loss is given, checked without waiting for a GPU, and what its values become."""

from typing import Any

import torch
from torch import Tensor

FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
REDUCTIONS = ("mean", "none")


def open_pair(
    where: str, output: Any, target: Any, *, channels: int | None = 3
) -> tuple[Tensor, Tensor]:
    """Both in the type that a loss is computed in; of pictures, or of any `channels`."""
    _check_floats(output, f"{where}: output")
    if output.ndim != 4 or output.shape[1] != (channels or output.shape[1]) or 0 in output.shape:
        cure = "; make it a batch with output[None]" if output.ndim == 3 else ""
        raise ValueError(
            f"{where}: output must have shape (N, {channels or 'C'}, H, W), "
            f"got {tuple(output.shape)}{cure}"
        )
    _check_floats(target, f"{where}: target")
    _check_device(target, output, f"{where}: target")
    if target.shape != output.shape:
        raise ValueError(
            f"{where}: target must have the shape of output, {tuple(output.shape)}, "
            f"got {tuple(target.shape)}"
        )
    dtype = _wide_type(output)
    return output.to(dtype), target.to(dtype)


def open_mask(where: str, mask: Any, output: Tensor) -> Tensor:
    """As (N, 1, H, W), in the type of an output from `open_pair`."""
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
        _check_floats(mask, f"{where}: mask")
    _check_device(mask, output, f"{where}: mask")
    count, _, height, width = output.shape
    planes: Tensor = mask.unsqueeze(-3) if mask.ndim in (2, 3) else mask
    fits = planes.shape[-3:] == (1, height, width)
    if not fits or planes.shape[:-3] not in ((), (1,), (count,)):
        raise ValueError(
            f"{where}: mask must have shape (H, W), (N, H, W) or (N, 1, H, W) with {count} images "
            f"of {height} x {width} pixels, got {tuple(mask.shape)}"
        )
    return planes.to(output.dtype).expand(count, 1, height, width)


def open_optional_mask(where: str, mask: Any, output: Tensor) -> Tensor:
    """As `open_mask`; without a mask everything counts."""
    if mask is not None:
        return open_mask(where, mask, output)
    return output.new_ones(()).expand(len(output), 1, *output.shape[2:])


def open_nodes(where: str, lut: Any) -> Tensor:
    """Tables as (N, R, G, B, 3), in the type that a loss is computed in."""
    _check_floats(lut, f"{where}: lut")
    nodes: Tensor = lut[None] if lut.ndim == 4 else lut
    sides = nodes.shape[1:4]
    if nodes.ndim != 5 or nodes.shape[4] != 3 or min(sides) < 2 or len(set(sides)) != 1:
        raise ValueError(
            f"{where}: lut must have shape (D, D, D, 3) or (N, D, D, D, 3) with 2 nodes an axis at "
            f"least, got {tuple(lut.shape)}"
        )
    return nodes.to(torch.float64 if lut.dtype == torch.float64 else torch.float32)


def steps_of_nodes(nodes: Tensor) -> list[Tensor]:
    """From each node of `open_nodes` to the next, along each axis."""
    return [nodes.diff(dim=axis) for axis in (1, 2, 3)]


def areas(where: str, mask: Tensor, minimum_area: float) -> Tensor:
    """The pixels that each mask of `open_mask` counts, `minimum_area` at least: (N,)."""
    if not minimum_area > 0:
        raise ValueError(
            f"{where}: minimum_area must be above 0 pixels, got {minimum_area}; "
            f"1 keeps empty masks from dividing by zero"
        )
    return mask.sum((1, 2, 3)).clamp(min=minimum_area)


def open_values(where: str, name: str, values: Any) -> Tensor:
    """Whatever a critic looks at, (N, ...), in the type that a loss is computed in."""
    _check_floats(values, f"{where}: {name}", "floats")
    if values.ndim < 1 or 0 in values.shape:
        raise ValueError(f"{where}: {name} must have shape (N, ...), got {tuple(values.shape)}")
    wide: Tensor = values.to(_wide_type(values))
    return wide


def open_twin(where: str, name: str, values: Any, other: str, like: Tensor) -> Tensor:
    """As `open_values`, of the shape and on the device of others that went through it."""
    opened = open_values(where, name, values)
    _check_device(opened, like, f"{where}: {name}", other)
    if opened.shape != like.shape:
        raise ValueError(
            f"{where}: {name} must have the shape of {other}, {tuple(like.shape)}, "
            f"got {tuple(opened.shape)}"
        )
    return opened


def open_shares(where: str, shares: Any, like: Tensor) -> Tensor:
    """(N,) for values (N, ...), as (N, 1, ...)."""
    opened = open_values(where, "shares", shares)
    _check_device(opened, like, f"{where}: shares", "real")
    if opened.shape != like.shape[:1]:
        raise ValueError(
            f"{where}: shares must have shape ({len(like)},), one for each image, "
            f"got {tuple(opened.shape)}"
        )
    return opened.to(like.dtype).reshape(-1, *[1] * (like.ndim - 1))


def open_codes(where: str, **codes: Any) -> list[Tensor]:
    """Of one shape, (N, C) or (N, C, 1, 1), as (N, C); the first is what others are held to."""
    opened: list[Tensor] = []
    first = next(iter(codes))
    for name, code in codes.items():
        if opened:
            opened.append(open_twin(where, name, code, first, opened[0]))
            continue
        values = open_values(where, name, code)
        if values.ndim not in (2, 4) or values.shape[2:] not in ((), (1, 1)):
            raise ValueError(
                f"{where}: {name} must have shape (N, C) or (N, C, 1, 1), got {tuple(code.shape)}"
            )
        opened.append(values)
    return [values.flatten(1) for values in opened]


def by_image(values: Tensor) -> Tensor:
    """The mean for each image of values (N, ...)."""
    return values.reshape(len(values), -1).mean(1)


def reduced(where: str, values: Tensor, reduction: str) -> Tensor:
    """A value for each image, or their mean."""
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"{where}: reduction must be one of {', '.join(REDUCTIONS)}, got {reduction!r}"
        )
    return values.mean() if reduction == "mean" else values


def _wide_type(tensor: Tensor) -> torch.dtype:
    return torch.float64 if tensor.dtype == torch.float64 else torch.float32


def _check_floats(tensor: Any, where: str, wanted: str = "floats in 0..1") -> None:
    name = where.rpartition(" ")[2]
    if not isinstance(tensor, Tensor):
        raise TypeError(
            f"{where} must be a tensor, got {type(tensor).__name__}; "
            f"arrays become one with torch.from_numpy({name})"
        )
    if tensor.dtype not in FLOATS:
        cure = f"; 8-bit values become some with {name}.float() / 255"
        raise TypeError(
            f"{where} must be of {wanted}, got {tensor.dtype}{cure if '0..1' in wanted else ''}"
        )


def _check_device(tensor: Tensor, like: Tensor, where: str, other: str = "output") -> None:
    if tensor.device != like.device:
        name = where.rpartition(" ")[2]
        raise ValueError(
            f"{where} must be on {like.device} like {other}, got {tensor.device}; "
            f"move it with {name}.to({other}.device)"
        )
