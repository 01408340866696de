"""3D tables on CUDA beside the CPU's: what they write is equal, byte by byte. See test_cuda.py."""

import gc
import itertools
import threading

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

UNIT = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
WIDE = ((-0.25, 0.0, -0.125), (1.25, 1.5, 1.0))
NARROW = ((0.1, 0.0, 0.2), (0.9, 0.5, 1.0))
MODES = tuple(itertools.product(("trilinear", "tetrahedral"), ("clamp", "extrapolate")))


def nodes_of(size, seed, low=-0.2, high=1.2):
    return np.random.default_rng(seed).uniform(low, high, (*size, 3)).astype(np.float32)


def shaper_of(length, seed):
    curves = np.random.default_rng(seed).uniform(0, 1, (length, 3)).astype(np.float32)
    return np.sort(curves, axis=0)


def source_of(size=(9, 9, 9), domain=UNIT, shaper=0, seed=0, high=1.2):
    """What a table is made of: nodes, domain, shaper and its domain."""
    return (
        nodes_of(size, seed, high=high),
        domain,
        shaper_of(shaper, seed) if shaper else None,
        WIDE,
    )


def on_cpu(image, mask, strength, source, mode):
    out = np.empty_like(image)
    _core.apply_lut3d(image, mask, strength, _core.Lut3d(*source), *mode, out)
    return out


def on_cuda(image, mask, strength, source, mode, out):
    weights = None if mask is None else upload(mask)
    to = upload(out)
    table = CUDA.Lut3d(*source, torch.cuda.current_device(), stream())
    CUDA.apply_lut3d(upload(image), weights, strength, table, *mode, to, stream())
    return download(to)


def spread_out(image):
    """Floats beyond 0..1 too; codes that meet both ends."""
    if image.dtype.kind == "u":
        image.flat[:2] = 0, np.iinfo(image.dtype).max
        return image
    return (image.astype(np.float32) * 1.6 - 0.3).astype(image.dtype)


@needs_cuda
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", STRIDES)
def test_tables_equal_the_cpus(layout, dtype, channels):
    image = spread_out(make_image((37, 59), dtype, 1, channels))
    soft = make_scene((37, 59), 1)[1]
    out = np.zeros_like(image)
    for mode, kind, strength in itertools.product(MODES, MASKS, (1.0, 0.37)):
        mask = make_mask(soft, kind)
        lying = None if mask is None else LAYOUTS[layout](mask)
        source = source_of((5, 17, 9))
        got = on_cuda(LAYOUTS[layout](image), lying, strength, source, mode, LAYOUTS[layout](out))
        np.testing.assert_array_equal(got, on_cpu(image, mask, strength, source, mode))
        assert (bits(got[..., 3:]) == bits(image[..., 3:])).all()
        if mask is not None:
            np.testing.assert_array_equal(bits(got[mask == 0]), bits(image[mask == 0]))


# Integers hold nodes up to 1, up to 4 with fewer bits, and not up to 9: then bytes go through
# floats, as they do beyond a table's box.
@needs_cuda
@pytest.mark.parametrize("size", [(2, 2, 2), (2, 3, 4), (33, 33, 33), (41, 9, 129), (65, 65, 65)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_table_equals_the_cpus(dtype, size):
    image = spread_out(make_image((40, 56), dtype, 2))
    kinds = itertools.product((UNIT, WIDE, NARROW), (0, 2, 9, 1000), (1.0, 4.0, 9.0), MODES)
    for domain, shaper, high, mode in kinds:
        source = source_of(size, domain, shaper, 3, high)
        got = on_cuda(image, None, 1.0, source, mode, np.zeros_like(image))
        np.testing.assert_array_equal(got, on_cpu(image, None, 1.0, source, mode))


@needs_cuda
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_tables_cover_every_size(size, dtype):
    image, mask = make_image(size, dtype, 4), make_mask(make_scene(size)[1], "uint8")
    source = source_of()
    for layout, mode in itertools.product(("contiguous", "planar"), MODES[::2]):
        lying, out = LAYOUTS[layout](image), LAYOUTS[layout](np.zeros_like(image))
        for weights in (mask, None):
            got = on_cuda(lying, weights, 1.0, source, mode, out)
            np.testing.assert_array_equal(got, on_cpu(image, weights, 1.0, source, mode))


@needs_cuda
def test_every_code_of_every_channel_equals_the_cpus():
    codes = np.arange(256, dtype=np.uint8)
    grid = np.stack(np.meshgrid(codes, codes[::5], codes[::3], indexing="ij"), axis=-1)
    image = np.ascontiguousarray(grid.reshape(256, -1, 3))
    for size, mode in itertools.product(((2, 9, 128), (17, 33, 129), (64, 65, 3)), MODES[::2]):
        source = source_of(size, seed=5)
        got = on_cuda(image, None, 1.0, source, mode, np.zeros_like(image))
        np.testing.assert_array_equal(got, on_cpu(image, None, 1.0, source, mode))


@needs_cuda
@pytest.mark.parametrize("mode", MODES)
def test_tables_of_tensors_are_tables_of_arrays(mode):
    image = spread_out(make_image((37, 59), "float32", 6))
    nodes = nodes_of((5, 6, 7), 7)
    want = on_cpu(image, None, 1.0, (nodes, WIDE, None, UNIT), mode)
    for lying in (nodes, np.asfortranarray(nodes), np.repeat(nodes, 2, axis=2)[:, :, ::2]):
        got = on_cuda(image, None, 1.0, (upload(lying), WIDE, None, UNIT), mode, image)
        np.testing.assert_array_equal(got, want)


@needs_cuda
def test_a_lut_is_prepared_once_for_each_device():
    look = harmonia.lut.Lut(nodes_of((9, 9, 9), 8))
    image = make_image((40, 56), "uint8", 9)
    want = look.apply(image)
    tables = {}
    for index in range(torch.cuda.device_count()):
        planes = upload(np.moveaxis(image, -1, 0).copy(), f"cuda:{index}")
        for _ in range(3):
            np.testing.assert_array_equal(np.moveaxis(download(look.apply(planes)), 0, -1), want)
            tables.setdefault(index, look._table.on(planes))
            assert look._table.on(planes) is tables[index]
    assert len(set(map(id, tables.values()))) == torch.cuda.device_count()
    np.testing.assert_array_equal(look.apply(image), want)


@needs_cuda
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_a_table_serves_streams_and_threads_at_once(dtype):
    """The first user's copy is still under way when others come, and work goes on when it goes."""
    image = make_image((1100, 2048), dtype, 10)
    frame = upload(image)
    torch.cuda.synchronize()
    for turn in range(4):
        source = source_of((65, 65, 65), seed=turn)
        want = on_cpu(image, None, 1.0, source, MODES[0])
        table = CUDA.Lut3d(*source, torch.cuda.current_device(), stream())
        outs = [torch.empty_like(frame) for _ in range(8)]

        def work(out, table=table):
            side = torch.cuda.Stream()
            with torch.cuda.stream(side):
                for _ in range(5):
                    CUDA.apply_lut3d(frame, None, 1.0, table, *MODES[0], out, side.cuda_stream)

        workers = [threading.Thread(target=work, args=(out,)) for out in outs]
        torch.cuda.synchronize()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        del table, work, workers
        gc.collect()
        torch.cuda.synchronize()
        for out in outs:
            np.testing.assert_array_equal(download(out), want)


@needs_cuda
@pytest.mark.parametrize("dtype", DTYPES)
def test_apply_lut3d_on_the_device_is_apply_lut3d(dtype):
    image, soft = make_image((64, 80), dtype, 11), make_scene((64, 80), 11)[1]
    mask = make_mask(soft, "uint8")
    look = harmonia.lut.Lut(nodes_of((17, 17, 17), 12))
    planes = upload(np.moveaxis(image, -1, 0).copy())
    batch = torch.stack([planes, planes.flip(2)]).to(memory_format=torch.channels_last)
    masks = upload(np.stack([mask, mask[:, ::-1]]))
    for mode in ("trilinear", "tetrahedral"):
        want = harmonia.lut.apply_lut3d(image, look, mask, interpolation=mode)
        out = torch.empty_like(batch)
        got = harmonia.lut.apply_lut3d(batch, look, masks, interpolation=mode, out=out)
        assert got is out
        assert (got.device, got.dtype, got.shape) == (batch.device, batch.dtype, batch.shape)
        np.testing.assert_array_equal(np.moveaxis(download(got[0]), 0, -1), want)
        np.testing.assert_array_equal(np.moveaxis(download(got[1].flip(2)), 0, -1), want)


@needs_cuda
def test_wrong_arguments_are_named():
    device = torch.cuda.current_device()
    image = upload(make_image((8, 9), "uint8", 15))
    table = CUDA.Lut3d(*source_of(), device, stream())
    with pytest.raises(ValueError, match="interpolation must be trilinear or tetrahedral"):
        CUDA.apply_lut3d(image, None, 1.0, table, "cubic", "clamp", image.clone(), 0)
    with pytest.raises(ValueError, match="out must have the shape and type of image"):
        CUDA.apply_lut3d(image, None, 1.0, table, *MODES[0], image.float(), 0)
    with pytest.raises(ValueError, match="a LUT has from 2 to 129 nodes along an axis, got 130"):
        CUDA.Lut3d(*source_of((2, 130, 2)), device, stream())
    tensor = upload(nodes_of((2, 2, 2), 0))
    with pytest.raises(ValueError, match="a LUT has from 2 to 129 nodes along an axis, got 1"):
        CUDA.Lut3d(tensor[:1], UNIT, None, UNIT, device, stream())
    with pytest.raises(ValueError, match="nodes must be float32 of shape"):
        CUDA.Lut3d(tensor.double(), UNIT, None, UNIT, device, stream())
    with pytest.raises(ValueError, match="a table of a tensor has no shaper"):
        CUDA.Lut3d(tensor, UNIT, shaper_of(4, 0), UNIT, device, stream())
    with pytest.raises(TypeError, match="nodes must be on a CUDA device"):
        CUDA.Lut3d(tensor.cpu(), UNIT, None, UNIT, device, stream())
