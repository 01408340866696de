"""The operators `harmonia::lut3d` and `harmonia::lut3d_backward` of torch.

They take float32 tensors whose shapes are checked already. On the CPU `_core` works on the memory
of the tensors themselves, on a CUDA device `_cuda` does, on torch's current stream. Elsewhere torch
says that there is no kernel.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, library

from harmonia import _core
from harmonia._kernels import kernels_of, prepare
from harmonia.transform import UNIT

DEVICES = ("cpu", "cuda")


def _apply(
    image: Tensor,
    lut: Tensor,
    mask: Tensor | None,
    interpolation: str,
    out_of_range: str,
    domain: Sequence[float],
) -> Tensor:
    """m * lut(image) + (1 - m) * image.

    image (N, 3, H, W), lut (1 or N, R, G, B, 3), mask (N, H, W); `domain` holds the low corner of
    the table's box and the high one.
    """
    out = torch.empty_like(image)
    frames, weights = _frames(image), _weights(mask, len(image))
    _check_values(frames, weights)
    tables = _tables(lut, domain)
    for i, (frame, to) in enumerate(zip(frames, _frames(out), strict=True)):
        kernels_of(frame).apply_lut3d(
            frame, weights[i], 1.0, tables[i % len(tables)], interpolation, out_of_range, to
        )
    return out


def _differentiate(
    gradient: Tensor,
    image: Tensor,
    lut: Tensor,
    mask: Tensor | None,
    interpolation: str,
    out_of_range: str,
    domain: Sequence[float],
    wanted: Sequence[bool],
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients of image, lut and mask, empty where not wanted."""
    out = _empty_gradients(gradient, image, lut, mask, interpolation, out_of_range, domain, wanted)
    frames, weights = _frames(image), _weights(mask, len(image))
    _check_values(frames, weights)
    tables = _tables(lut, domain)
    nothing: Any = [None] * len(image)
    of_images = _frames(out[0]) if wanted[0] else nothing
    of_masks = _weights(out[2] if wanted[2] else None, len(image))
    of_luts = _batch(out[1]) if wanted[1] else nothing
    part = _batch(torch.empty_like(out[1]))[0] if wanted[1] and len(lut) < len(image) else None
    for i, (frame, pull) in enumerate(zip(frames, _frames(gradient), strict=True)):
        shared = i > 0 and part is not None
        of_lut = part if shared else of_luts[i]
        kernels_of(frame).lut3d_gradient(
            frame,
            weights[i],
            tables[i % len(tables)],
            interpolation,
            out_of_range,
            pull,
            of_images[i],
            of_lut,
            of_masks[i],
        )
        if shared:
            of_luts[0] += part
    if wanted[1] and len(image) == 0:
        out[1].zero_()
    return out


def _empty_gradients(
    gradient: Tensor,
    image: Tensor,
    lut: Tensor,
    mask: Tensor | None,
    interpolation: str,
    out_of_range: str,
    domain: Sequence[float],
    wanted: Sequence[bool],
) -> tuple[Tensor, Tensor, Tensor]:
    nothing = image.new_empty(0)
    return (
        torch.empty_like(image) if wanted[0] else image.new_empty(0),
        lut.new_empty(lut.shape) if wanted[1] else image.new_empty(0),
        nothing if mask is None or not wanted[2] else mask.new_empty(mask.shape),
    )


def _batch(tensor: Tensor) -> Any:
    """What the kernels take: NumPy's view of memory on the CPU, tensors elsewhere."""
    tensor = tensor.detach()
    if tensor.device.type != "cpu":
        return tensor
    return np.require(tensor.numpy(force=True), requirements="A")  # whole scalars are read


def _frames(image: Tensor) -> Any:
    return _batch(image.permute(0, 2, 3, 1))


def _weights(mask: Tensor | None, count: int) -> Any:
    return [None] * count if mask is None else _batch(mask)


def _tables(lut: Tensor, domain: Sequence[float]) -> list[Any]:
    corners = tuple(domain[:3]), tuple(domain[3:])
    tables = _batch(lut if lut.is_cuda else lut.contiguous())
    return [prepare(nodes, "Lut3d", nodes, corners, None, UNIT) for nodes in tables]


def _check_values(frames: Any, weights: Any) -> None:
    """A colour that is not finite has no place in a table. On a CUDA device looking would wait for
    the device, and its kernels stay in bounds without."""
    for frame, weight in zip(frames, weights, strict=True):
        if not isinstance(frame, np.ndarray) or frame.size == 0:
            return
        if not _core.image_range(frame)[2]:
            raise ValueError(
                "apply_lut3d: image must be finite, got NaN or infinity; "
                "use torch.nan_to_num(image)"
            )
        low, high, finite = (0.0, 1.0, True) if weight is None else _core.mask_range(weight)
        if not finite or low < 0.0 or high > 1.0:
            raise ValueError(
                f"apply_lut3d: mask must be within 0..1, got {low:.9g}..{high:.9g}; "
                "use mask.clamp(0, 1)"
            )


def _apply_fake(
    image: Tensor,
    lut: Tensor,
    mask: Tensor | None,
    interpolation: str,
    out_of_range: str,
    domain: Sequence[float],
) -> Tensor:
    return torch.empty_like(image)


def _save(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    image, lut, mask, *ctx.choices = inputs
    ctx.save_for_backward(image, lut, mask)


def _backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
    wanted = list(ctx.needs_input_grad[:3])
    found = lut3d_backward(gradient, *ctx.saved_tensors, *ctx.choices, wanted)
    each = (one if want else None for one, want in zip(found, wanted, strict=True))
    return *each, None, None, None


def _refuse_twice(ctx: Any, *gradients: Tensor) -> None:
    raise NotImplementedError(
        "apply_lut3d: the compiled look-up has no second derivative; use harmonia.nets.lut3d_twin"
    )


def _vmap(info: Any, in_dims: Sequence[int | None], *inputs: Any) -> tuple[Tensor, int]:
    """torch.vmap: its axis becomes part of the batch."""
    image, lut, mask, *choices = (
        one if dim is None or not isinstance(one, Tensor) else one.movedim(dim, 0)
        for one, dim in zip(inputs, in_dims, strict=True)
    )
    count = image.shape[0] if in_dims[0] is None else image.shape[1]

    def folded(tensor: Tensor, dim: int | None) -> Tensor:
        tensor = tensor[None] if dim is None else tensor
        return tensor.expand(info.batch_size, count, *tensor.shape[2:]).flatten(0, 1)

    shared = in_dims[1] is None and lut.shape[0] == 1
    out = lut3d(
        folded(image, in_dims[0]),
        lut if shared else folded(lut, in_dims[1]),
        None if mask is None else folded(mask, in_dims[2]),
        *choices,
    )
    return out.reshape(info.batch_size, count, *out.shape[1:]), 0


lut3d = library.custom_op("harmonia::lut3d", _apply, mutates_args=(), device_types=DEVICES)
lut3d_backward = library.custom_op(
    "harmonia::lut3d_backward", _differentiate, mutates_args=(), device_types=DEVICES
)
lut3d.register_fake(_apply_fake)
lut3d.register_autograd(_backward, setup_context=_save)
lut3d_backward.register_fake(_empty_gradients)
lut3d_backward.register_autograd(_refuse_twice)
lut3d.register_vmap(_vmap)
