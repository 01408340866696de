"""Slicing of coarse grids with gradients, in plain torch: what `harmonia.lut` does on the CPU."""

import torch
from torch import Tensor
from torch.nn import functional

LUMINANCE = (0.2126, 0.7152, 0.0722)  # Rec. 709


def slice_affine_grid(
    image: Tensor, grid: Tensor, mask: Tensor | None = None, *, guide: Tensor | None = None
) -> Tensor:
    """`harmonia.lut.apply_affine_grid` with gradients for the image, the grid, guide and mask.

    Parameters
    ----------
    image
        Floats (N, 3, H, W) or (3, H, W). Nothing is clamped.
    grid
        Affine maps (N, D, GH, GW, 3, 4), or (D, GH, GW, 3, 4) for all images.
    mask
        A weight 0..1 a pixel, (N, H, W) or (H, W), or with an axis for its one channel.
    guide
        A value 0..1 a pixel, of the same shapes; the luminance of the image without it, whose
        gradient then reaches the image.

    >>> import torch
    >>> from harmonia.nets import slice_affine_grid
    >>> grid = torch.eye(3, 4).repeat(8, 16, 16, 1, 1).requires_grad_()
    >>> picture = torch.rand(3, 40, 60)
    >>> torch.allclose(slice_affine_grid(picture, grid), picture)
    True
    """
    where = "slice_affine_grid"
    images = _open_image(image, where)
    maps = _open_grid(grid, images, 5, where)
    if tuple(maps.shape[4:]) != (3, 4):
        raise ValueError(
            f"{where}: grid must have shape (N, D, GH, GW, 3, 4), got {tuple(grid.shape)}"
        )
    if guide is None:
        deep = torch.einsum("nchw,c->nhw", images, images.new_tensor(LUMINANCE))
    else:
        deep = _open_plane(guide, images, f"{where}: guide")[:, 0].to(images.dtype)
    count, _, height, width = images.shape
    across, down = _centres(width, images), _centres(height, images)
    places = torch.stack(
        [
            (2 * across - 1).expand(count, height, width),
            (2 * down[:, None] - 1).expand(count, height, width),
            2 * deep - 1,
        ],
        dim=-1,
    )
    planes = maps.permute(0, 4, 5, 1, 2, 3).flatten(1, 2)  # (N, 12, D, GH, GW)
    sliced = functional.grid_sample(
        planes, places[:, None], mode="bilinear", padding_mode="border", align_corners=False
    )
    sliced = sliced.view(count, 3, 4, height, width)
    mapped = torch.einsum("nckhw,nkhw->nchw", sliced[:, :, :3], images) + sliced[:, :, 3]
    return _blend(mapped, images, mask, where).view(image.shape)


def slice_lut_grid(image: Tensor, grid: Tensor, mask: Tensor | None = None) -> Tensor:
    """`harmonia.lut.apply_lut_grid` with gradients for the image, the grid and the mask.

    Parameters
    ----------
    image
        Floats (N, 3, H, W) or (3, H, W). Colours beyond 0..1 get what lies on the tables' border.
    grid
        Tables (N, GH, GW, R, G, B, 3), or (GH, GW, R, G, B, 3) for all images; trilinear inside.
    mask
        A weight 0..1 a pixel, (N, H, W) or (H, W), or with an axis for its one channel.

    >>> import torch
    >>> from harmonia.nets import slice_lut_grid
    >>> table = torch.from_numpy(harmonia.lut.identity(9).nodes.copy())
    >>> picture = torch.rand(3, 40, 60)
    >>> torch.allclose(slice_lut_grid(picture, table.repeat(4, 4, 1, 1, 1, 1)), picture, atol=1e-6)
    True
    """
    where = "slice_lut_grid"
    images = _open_image(image, where)
    tables = _open_grid(grid, images, 6, where)
    if tables.shape[6] != 3 or min(tables.shape[3:6]) < 2:
        raise ValueError(
            f"{where}: grid must have shape (N, GH, GW, R, G, B, 3) with at least 2 nodes an axis, "
            f"got {tuple(grid.shape)}"
        )
    count, _, height, width = images.shape
    rows, columns, *sizes = tables.shape[1:6]
    # Along every axis: the place below, the one above, and the share of the way between them.
    axes = [
        _between(_centres(height, images) * rows - 0.5, rows, (height, 1)),
        _between(_centres(width, images) * columns - 0.5, columns, (1, width)),
    ]
    for channel, size in zip(images.clamp(0, 1).unbind(1), sizes, strict=True):
        axes.append(_between(channel * (size - 1), size, channel.shape))
    first = torch.arange(count, device=images.device).view(count, 1, 1)
    nodes = tables.flatten(0, 5)
    mapped = images.new_zeros(count, height, width, 3)
    for corner in range(32):
        at, weight = first, images.new_ones(())
        for axis, (low, high, share) in enumerate(axes):
            above = corner >> axis & 1
            at = at * tables.shape[axis + 1] + (high if above else low)
            weight = weight * (share if above else 1 - share)
        mapped = mapped + weight[..., None] * nodes[at]
    return _blend(mapped.movedim(-1, 1), images, mask, where).view(image.shape)


def _centres(size: int, like: Tensor) -> Tensor:
    """Where the centres of pixels lie in 0..1."""
    return (torch.arange(size, device=like.device, dtype=like.dtype) + 0.5) / size


def _between(
    place: Tensor, count: int, shape: tuple[int, ...] | torch.Size
) -> tuple[Tensor, Tensor, Tensor]:
    held = place.clamp(0, count - 1).view(shape)
    low = held.detach().floor().clamp(max=max(count - 2, 0)).long()
    return low, (low + 1).clamp(max=count - 1), held - low


def _open_image(image: Tensor, where: str) -> Tensor:
    if image.ndim not in (3, 4) or image.shape[-3] != 3 or not image.is_floating_point():
        raise ValueError(
            f"{where}: image must be floats (3, H, W) or (N, 3, H, W), "
            f"got {image.dtype} of shape {tuple(image.shape)}"
        )
    return image if image.ndim == 4 else image[None]


def _open_grid(grid: Tensor, images: Tensor, axes: int, where: str) -> Tensor:
    if grid.ndim not in (axes, axes + 1) or grid.dtype != images.dtype:
        raise ValueError(
            f"{where}: grid must have {axes} axes, or one more for a batch, and the image's "
            f"{images.dtype}; got {grid.dtype} of shape {tuple(grid.shape)}"
        )
    grids = grid if grid.ndim == axes + 1 else grid[None]
    if len(grids) not in (1, len(images)):
        raise ValueError(
            f"{where}: grid must be one grid or one for each of {len(images)} images, "
            f"got {len(grids)}"
        )
    return grids.expand(len(images), *grids.shape[1:])


def _open_plane(plane: Tensor, images: Tensor, where: str) -> Tensor:
    """As (N, 1, H, W)."""
    planes = plane[:, None] if plane.ndim == 3 else plane
    size = tuple(images.shape[2:])
    if tuple(planes.shape[-2:]) != size or planes.shape[:-2] not in ((), (1, 1), (len(images), 1)):
        raise ValueError(
            f"{where} must have shape (H, W), (N, H, W) or (N, 1, H, W) with {size} pixels, "
            f"got {tuple(plane.shape)}"
        )
    return planes.expand(len(images), 1, *size)


def _blend(fresh: Tensor, old: Tensor, mask: Tensor | None, where: str) -> Tensor:
    if mask is None:
        return fresh
    weight = _open_plane(mask, old, f"{where}: mask").to(old.dtype)
    return weight * fresh + (1 - weight) * old
