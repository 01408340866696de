"""Grids on CUDA beside the CPU's: what they write is equal, byte by byte. See test_cuda.py."""

import itertools

import harmonia
import numpy as np
import pytest
from device import (
    CUDA,
    MASKS,
    SIZES,
    STRIDES,
    download,
    make_image,
    make_mask,
    make_scene,
    needs_cuda,
    stream,
    upload,
)
from harmonia import _core
from images import DTYPES, LAYOUTS, bits
from kinds import torch

MODES = tuple(itertools.product(("trilinear", "tetrahedral"), ("clamp", "extrapolate")))


def numbers(shape, seed, low=-0.3, high=1.3):
    return np.random.default_rng(seed).uniform(low, high, shape).astype(np.float32)


def uploaded(array):
    return None if array is None else upload(array)


def affine_on_cpu(image, mask, strength, maps, guide):
    out = np.empty_like(image)
    _core.apply_affine_grid(image, mask, strength, maps, guide, out)
    return out


def affine_on_cuda(image, mask, strength, maps, guide, out):
    to = upload(out)
    arguments = uploaded(mask), strength, maps, uploaded(guide), to, stream()
    CUDA.apply_affine_grid(upload(image), *arguments)
    return download(to)


def tables_on_cpu(image, mask, strength, nodes, mode):
    out = np.empty_like(image)
    _core.apply_lut_grid(image, mask, strength, _core.LutGrid(nodes), *mode, out)
    return out


def tables_on_cuda(image, mask, strength, nodes, mode, out):
    to = upload(out)
    grid = CUDA.LutGrid(nodes, torch.cuda.current_device(), stream())
    CUDA.apply_lut_grid(upload(image), uploaded(mask), strength, grid, *mode, to, stream())
    return download(to)


@needs_cuda
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", STRIDES)
def test_grids_equal_the_cpus(layout, dtype, channels):
    image = make_image((37, 59), dtype, 1, channels)
    soft = make_scene((37, 59), 1)[1]
    lay = LAYOUTS[layout]
    out = lay(np.zeros_like(image))
    guide, maps = numbers((37, 59), 2, 0, 1), numbers((6, 3, 5, 3, 4), 3)
    nodes = numbers((2, 3, 5, 9, 7, 3), 4)
    for kind, strength in itertools.product(MASKS, (1.0, 0.37)):
        mask = make_mask(soft, kind)
        lying = None if mask is None else lay(mask)
        for along in (None, guide):
            guided = None if along is None else lay(along)
            got = affine_on_cuda(lay(image), lying, strength, maps, guided, out)
            np.testing.assert_array_equal(got, affine_on_cpu(image, mask, strength, maps, along))
        for mode in MODES:
            got = tables_on_cuda(lay(image), lying, strength, nodes, mode, out)
            np.testing.assert_array_equal(got, tables_on_cpu(image, mask, strength, nodes, mode))
            assert (bits(got[..., 3:]) == bits(image[..., 3:])).all()
            if mask is not None:
                np.testing.assert_array_equal(bits(got[mask == 0]), bits(image[mask == 0]))


@needs_cuda
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_grids_cover_every_size(size, dtype):
    image, mask = make_image(size, dtype, 5), make_mask(make_scene(size)[1], "uint8")
    out = np.zeros_like(image)
    for cells in ((1, 1), (16, 12)):
        maps, nodes = numbers((8, *cells, 3, 4), 6), numbers((*cells, 2, 3, 4, 3), 7)
        got = affine_on_cuda(image, mask, 1.0, maps, None, out)
        np.testing.assert_array_equal(got, affine_on_cpu(image, mask, 1.0, maps, None))
        for mode in MODES[::2]:
            got = tables_on_cuda(image, mask, 1.0, nodes, mode, out)
            np.testing.assert_array_equal(got, tables_on_cpu(image, mask, 1.0, nodes, mode))


@needs_cuda
def test_the_functions_take_batches_on_the_device():
    planes = upload(np.moveaxis(make_image((40, 56), "uint8", 8), -1, 0).copy())
    batch = torch.stack([planes, planes.flip(2)])
    mask = upload(make_mask(make_scene((40, 56))[1], "uint8"))
    maps, nodes = numbers((2, 4, 3, 3, 3, 4), 9), numbers((2, 2, 2, 5, 5, 5, 3), 10)
    guide = upload(numbers((40, 56), 11, 0, 1))
    affine = harmonia.lut.apply_affine_grid(batch, maps, mask, guide=guide)
    tables = harmonia.lut.apply_lut_grid(batch, nodes, mask)
    assert affine.device == tables.device == batch.device
    host = batch.cpu(), mask.cpu()
    wanted = harmonia.lut.apply_affine_grid(host[0], maps, host[1], guide=guide.cpu())
    assert torch.equal(affine.cpu(), wanted)
    assert torch.equal(tables.cpu(), harmonia.lut.apply_lut_grid(host[0], nodes, host[1]))


@needs_cuda
def test_wrong_arguments_are_named():
    image = upload(make_image((8, 9), "uint8", 12))
    out, maps = torch.empty_like(image), numbers((1, 2, 2, 3, 4), 13)
    with pytest.raises(ValueError, match=r"grid must have shape \(D, GH, GW, 3, 4\)"):
        CUDA.apply_affine_grid(image, None, 1.0, maps[0], None, out, stream())
    with pytest.raises(ValueError, match="guide must have the height and width of image"):
        CUDA.apply_affine_grid(image, None, 1.0, maps, image[1:, :, 0].float(), out, stream())
    with pytest.raises(TypeError, match="guide must be float32, got float64"):
        CUDA.apply_affine_grid(image, None, 1.0, maps, image[..., 0].double(), out, stream())
    with pytest.raises(TypeError, match="guide must be on a CUDA device"):
        CUDA.apply_affine_grid(image, None, 1.0, maps, image[..., 0].float().cpu(), out, stream())
    with pytest.raises(ValueError, match="from 2 to 129 nodes along an axis, got 1"):
        CUDA.LutGrid(numbers((1, 1, 1, 2, 2, 3), 14), 0, stream())
