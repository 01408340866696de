"""The differentiable twins of the grid kernels: equal values, and true gradients."""

import numpy as np
import pytest
from harmonia.lut import apply_affine_grid, apply_lut_grid
from images import scene
from kinds import torch

if torch is None:
    pytest.skip("torch is not installed", allow_module_level=True)

from harmonia.nets import slice_affine_grid, slice_lut_grid
from torch.autograd import gradcheck

MAPS = (8, 3, 5, 3, 4)
NODES = (2, 3, 5, 4, 6, 3)


def pictures(count=2, size=(23, 37)):
    planes = [np.moveaxis(scene(*size, seed)[0], -1, 0) for seed in range(count)]
    return torch.from_numpy(np.stack(planes)).float()


def soft(size=(23, 37)):
    return torch.from_numpy(scene(*size)[1]).float()


def numbers(*shape, seed=0, low=-0.5, high=1.0):
    generator = torch.Generator().manual_seed(seed)
    return low + (high - low) * torch.rand(shape, generator=generator)


def tolerance(cells, most, terms):
    # A place is off by 4 roundings of the cells' number on both sides, of differences of at most
    # twice the largest value; `terms` products are added, each rounded twice on both sides.
    return (2 * 4 * sum(cells) * 2 + 4 * terms) * most * 2.0**-24


@pytest.mark.parametrize("guided", [False, True])
def test_affine_twin_equals_the_kernel(guided):
    images, grids, mask = pictures(), numbers(2, *MAPS), soft()
    guide = numbers(2, 23, 37, low=0.0) if guided else None
    expected = apply_affine_grid(images, grids, mask, guide=guide)
    out = slice_affine_grid(images, grids, mask, guide=guide)
    # Luminance is three more products.
    close = tolerance(MAPS[:3], 4.0, terms=12)
    torch.testing.assert_close(out, expected, atol=close, rtol=0)
    one = slice_affine_grid(images[1], grids[1], mask, guide=None if guide is None else guide[1])
    torch.testing.assert_close(one, out[1], atol=close, rtol=0)


def test_lut_twin_equals_the_kernel():
    images, grids, mask = 1.4 * pictures() - 0.2, numbers(2, *NODES), soft()
    expected = apply_lut_grid(images, grids, mask)
    out = slice_lut_grid(images, grids, mask)
    close = tolerance(NODES[:5], 1.0, terms=32)
    torch.testing.assert_close(out, expected, atol=close, rtol=0)
    torch.testing.assert_close(slice_lut_grid(images[1], grids[1], mask), out[1])


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (3, 2)])
def test_small_pictures_and_single_cells(size):
    images = pictures(2, size)
    for shape in ((1, 1, 1, 3, 4), MAPS):
        grid = numbers(*shape)
        torch.testing.assert_close(
            slice_affine_grid(images, grid),
            apply_affine_grid(images, grid),
            atol=tolerance(shape[:3], 4.0, terms=12),
            rtol=0,
        )
    for shape in ((1, 1, 2, 2, 2, 3), NODES):
        grid = numbers(*shape)
        torch.testing.assert_close(
            slice_lut_grid(images, grid),
            apply_lut_grid(images, grid),
            atol=tolerance(shape[:5], 1.0, terms=32),
            rtol=0,
        )


def doubles(*shape, seed, low=0.05, high=0.95):
    return numbers(*shape, seed=seed, low=low, high=high).double().requires_grad_()


def test_gradients_of_the_affine_twin():
    # The seeds keep places away from the kinks at centres of cells, where derivatives jump.
    image, grid = doubles(1, 3, 3, 4, seed=1), doubles(1, 4, 2, 3, 3, 4, seed=2)
    guide, mask = doubles(1, 3, 4, seed=3), doubles(1, 3, 4, seed=4)
    assert gradcheck(
        lambda image, grid, mask, guide: slice_affine_grid(image, grid, mask, guide=guide),
        (image, grid, mask, guide),
    )
    assert gradcheck(slice_affine_grid, (image, grid))  # by way of luminance


def test_gradients_of_the_lut_twin():
    image, mask = doubles(1, 3, 3, 4, seed=5), doubles(1, 3, 4, seed=6)
    assert gradcheck(slice_lut_grid, (image, doubles(1, 2, 3, 3, 2, 4, 3, seed=7), mask))


def test_a_grid_can_be_learned():
    image, wanted = pictures(1), numbers(*MAPS, low=-0.2, high=0.2)
    target = apply_affine_grid(image, wanted)
    grid = torch.zeros(MAPS, requires_grad=True)
    optimizer = torch.optim.Adam([grid], lr=0.05)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = (slice_affine_grid(image, grid) - target).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.01 * losses[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda i, g, t: slice_affine_grid(i[:, :2], g), "image must be floats"),
        (lambda i, g, t: slice_affine_grid((i * 255).byte(), g), "image must be floats"),
        (lambda i, g, t: slice_affine_grid(i, g[0, 0]), "grid must have 5 axes"),
        (lambda i, g, t: slice_affine_grid(i, g.double()), r"image's torch\.float32; got torch\.f"),
        (lambda i, g, t: slice_affine_grid(i, g.transpose(-1, -2)), "grid must have shape"),
        (lambda i, g, t: slice_affine_grid(i, torch.stack([g] * 3)), "one for each of 2 images"),
        (lambda i, g, t: slice_affine_grid(i, g, guide=i[:, 0, 1:]), "guide must have shape"),
        (lambda i, g, t: slice_affine_grid(i, g, i), "mask must have shape"),
        (lambda i, g, t: slice_lut_grid(i, t[..., :2]), "grid must have shape"),
        (lambda i, g, t: slice_lut_grid(i, t[:, :, :1]), "at least 2 nodes an axis"),
        (lambda i, g, t: slice_lut_grid(i, t[0]), "grid must have 6 axes"),
    ],
)
def test_wrong_calls_are_named(call, message):
    with pytest.raises(ValueError, match=f"^slice_.*_grid: .*{message}"):
        call(pictures(), numbers(*MAPS), numbers(*NODES))
