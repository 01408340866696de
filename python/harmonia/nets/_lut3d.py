"""Differentiable look-ups in 3D tables, for networks that predict or train them."""

import torch
from torch import Tensor

from harmonia.nets import _lut3d_twin, _ops
from harmonia.nets._lut3d_arguments import check_float, open_arguments, working_type
from harmonia.nets._precision import in_full_precision
from harmonia.transform import UNIT, Corners


def apply_lut3d(
    image: Tensor,
    lut: Tensor,
    mask: Tensor | None = None,
    *,
    interpolation: str = "trilinear",
    out_of_range: str = "clamp",
    domain: Corners = UNIT,
) -> Tensor:
    """`mask * lut(image) + (1 - mask) * image`, with gradients for all three.

    Parameters
    ----------
    image
        (N, 3, H, W) or (3, H, W), RGB.
    lut
        Nodes indexed [red, green, blue, channel]: (R, G, B, 3), or a table for each image,
        (N, R, G, B, 3). From 2 to 129 nodes an axis.
    mask
        (H, W), (N, H, W) or (N, 1, H, W), bool or 0..1; everything without it.
    interpolation
        "trilinear" or "tetrahedral".
    out_of_range
        What a colour beyond `domain` gets: the value on the border ("clamp"), through which no
        gradient reaches the colour, or the border cell continued ("extrapolate").
    domain
        The colours of the first node and of the last.

    Nothing is clamped behind the table. Where cells meet, the gradient of the image is that of the
    cell which the look-up takes; on the border of the domain, of the border cell.

    It runs compiled for float32 on the CPU and on CUDA, without copies of the image, also inside
    torch.compile and torch.export. float16 and bfloat16 are computed in float32 and come back as
    they were; float64, and every export to ONNX, is computed by `lut3d_twin`. A second derivative,
    torch.func.grad, and CUDA tensors where harmonia was built without CUDA need a call of
    `lut3d_twin`. On the CPU the gradient of the table has the same bits for any number of threads,
    and colours that are not finite or masks beyond 0..1 are refused; on a CUDA device nobody looks.

    >>> import torch
    >>> from harmonia.nets import apply_lut3d
    >>> lut = torch.from_numpy(harmonia.lut.identity(17).nodes.copy()).requires_grad_()
    >>> photo = torch.rand(2, 3, 8, 8)
    >>> apply_lut3d(photo, lut).sum().backward()
    >>> lut.grad.shape
    torch.Size([17, 17, 17, 3])
    """
    where = "apply_lut3d"
    given = open_arguments(where, image, lut, mask, interpolation, out_of_range, domain)
    if given.image.dtype == torch.float64 or torch.onnx.is_in_onnx_export():
        return _like(_lut3d_twin.look_up(*given), image)
    if image.device.type not in (*_ops.DEVICES, "meta"):
        raise TypeError(
            f"{where}: image must be on the CPU or a CUDA device, got {image.device}; "
            f"use harmonia.nets.lut3d_twin"
        )
    return _like(_ops.lut3d(*given), image)


def lut3d_twin(
    image: Tensor,
    lut: Tensor,
    mask: Tensor | None = None,
    *,
    interpolation: str = "trilinear",
    out_of_range: str = "clamp",
    domain: Corners = UNIT,
) -> Tensor:
    """As `apply_lut3d`, from torch's own operators: several times slower, and with some twenty
    images of memory, but on every device, in float64, differentiable twice and under torch.func.

    >>> import torch
    >>> from harmonia.nets import apply_lut3d, lut3d_twin
    >>> photo, lut = torch.rand(3, 8, 8), torch.rand(5, 5, 5, 3)
    >>> torch.allclose(lut3d_twin(photo, lut), apply_lut3d(photo, lut), atol=1e-5)
    True
    """
    given = open_arguments("lut3d_twin", image, lut, mask, interpolation, out_of_range, domain)
    return _like(_lut3d_twin.look_up(*given), image)


def apply_basis_luts(
    image: Tensor,
    basis: Tensor,
    weights: Tensor,
    mask: Tensor | None = None,
    *,
    interpolation: str = "trilinear",
    out_of_range: str = "clamp",
    domain: Corners = UNIT,
) -> Tensor:
    """As `apply_lut3d` with `sum_k weights[n, k] * basis[k]` for image n.

    A look-up is linear in the nodes, so the tables are summed first, in float32 at least, and each
    image is looked up once. `basis` is (K, R, G, B, 3), `weights` (N, K), or (K,) for all images;
    both get gradients.

    >>> import torch
    >>> from harmonia.nets import apply_basis_luts
    >>> photo, basis = torch.rand(2, 3, 8, 8), torch.rand(4, 9, 9, 9, 3)
    >>> apply_basis_luts(photo, basis, torch.ones(2, 4) / 4).shape
    torch.Size([2, 3, 8, 8])
    """
    where = "apply_basis_luts"
    check_float(image, f"{where}: image")
    check_float(basis, f"{where}: basis")
    check_float(weights, f"{where}: weights")
    if basis.ndim != 5 or basis.shape[4] != 3:
        raise ValueError(
            f"{where}: basis must have shape (K, R, G, B, 3), got {tuple(basis.shape)}"
        )
    if weights.ndim not in (1, 2) or weights.shape[-1] != basis.shape[0]:
        raise ValueError(
            f"{where}: weights must have shape (N, K) or (K,) with K = {basis.shape[0]} as basis "
            f"has tables, got {tuple(weights.shape)}"
        )
    dtype = working_type(image)
    with in_full_precision(basis.device):
        sums = weights.to(dtype) @ basis.to(dtype).flatten(1)
    lut = sums.reshape(*sums.shape[:-1], *basis.shape[1:])
    return apply_lut3d(
        image, lut, mask, interpolation=interpolation, out_of_range=out_of_range, domain=domain
    )


def nodes_of_planes(planes: Tensor) -> Tensor:
    """A table as checkpoints keep it, (3, B, G, R) with red fastest, seen as nodes (R, G, B, 3).

    Axes before these stay. No copy: a gradient of the view is one of the planes.

    >>> import torch
    >>> from harmonia.nets import nodes_of_planes
    >>> planes = torch.rand(3, 33, 17, 9)
    >>> nodes = nodes_of_planes(planes)
    >>> nodes.shape, bool(nodes[1, 2, 3, 0] == planes[0, 3, 2, 1])
    (torch.Size([9, 17, 33, 3]), True)
    """
    if planes.ndim < 4 or planes.shape[-4] != 3:
        raise ValueError(
            f"nodes_of_planes: planes must have shape (..., 3, B, G, R), got {tuple(planes.shape)}"
        )
    return planes.transpose(-4, -1).transpose(-3, -2)


def _like(out: Tensor, image: Tensor) -> Tensor:
    """A batch of results with the shape and type that the caller gave."""
    return (out if image.ndim == 4 else out[0]).to(image.dtype)
