"""The gradients of 3D tables on CUDA beside the CPU's: those of the image and the mask are equal,
byte by byte, and those of the nodes but for the rounding of sums."""

import importlib
import itertools

import numpy as np
import pytest
from device import CUDA, MASKS, SIZES, STRIDES, download, make_mask, make_scene, needs_cuda, stream
from device import upload as lay
from harmonia import _core
from images import LAYOUTS
from kinds import torch

UNIT = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
WIDE = ((-0.25, 0.0, -0.125), (1.25, 1.5, 1.0))
MODES = tuple(itertools.product(("trilinear", "tetrahedral"), ("clamp", "extrapolate")))


def nodes_of(size, seed):
    return np.random.default_rng(seed).uniform(-1, 1, (*size, 3)).astype(np.float32)


def picture(kind, size, seed=0):
    """Colours that all lie in one cell, in a few neighbours, or everywhere and beyond."""
    low, high = {"flat": (0.3, 0.3), "smooth": (0.3, 0.45), "random": (-0.3, 1.3)}[kind]
    return np.random.default_rng(seed).uniform(low, high, (*size, 3)).astype(np.float32)


def pull_of(size, seed=1):
    return np.random.default_rng(seed).normal(0, 1, (*size, 3)).astype(np.float32)


def empty_gradients(image, nodes):
    """Of the image, the nodes and the mask, to be written over in full."""
    shapes = image.shape, nodes.shape, image.shape[:2]
    return [np.full(shape, np.nan, np.float32) for shape in shapes]


def on_cpu(image, mask, pull, nodes, domain, mode):
    out = empty_gradients(image, nodes)
    _core.lut3d_gradient(image, mask, _core.Lut3d(nodes, domain, None, UNIT), *mode, pull, *out)
    return out


def on_cuda(image, mask, pull, nodes, domain, mode, layout="contiguous"):
    device = torch.cuda.current_device()
    of_image, of_nodes, of_mask = empty_gradients(image, nodes)
    out = [lay(LAYOUTS[layout](of_image)), lay(of_nodes), lay(LAYOUTS[layout](of_mask))]
    weights = None if mask is None else lay(LAYOUTS[layout](mask))
    table = CUDA.Lut3d(lay(nodes), domain, None, UNIT, device, stream())
    frames = (lay(LAYOUTS[layout](array)) for array in (image, pull))
    frame, gradient = frames
    CUDA.lut3d_gradient(frame, weights, table, *mode, gradient, *out, stream())
    return [download(tensor) for tensor in out]


def assert_equal_gradients(found, wanted, pull, reach=1.0):
    """Sums of n gifts, none larger than `most`: the CPU rounds each sum of doubles, the device each
    gift to a part of most * 2^(log2(n) - 59), log2(n) rounded up, and both the result to a float.
    """
    for got, want in ((found[0], wanted[0]), (found[2], wanted[2])):
        np.testing.assert_array_equal(got, want)
    count, most = pull[..., 0].size, 3 * np.abs(pull).max() * reach
    rounded = count * most * (count * 2.0**-53 + 2.0 ** (np.ceil(np.log2(count)) - 59))
    np.testing.assert_allclose(found[1], wanted[1], rtol=2.0**-23, atol=rounded)


def reach_of(image, nodes, domain, mode):
    """How much larger than 1 a weight may be beyond the table's box."""
    if mode[1] == "clamp":
        return 1.0
    low, high = np.array(domain)
    steps = np.array(nodes.shape[:3]) - 1
    beyond = np.maximum(low - image, image - high) / (high - low) * steps
    return float((2 + beyond.clip(0).max(axis=(0, 1))).prod())


@needs_cuda
@pytest.mark.parametrize("kind", ["flat", "smooth", "random"])
@pytest.mark.parametrize("size", SIZES)
def test_gradients_equal_the_cpus(size, kind):
    image, pull = picture(kind, size), pull_of(size)
    soft = make_scene(size)[1]
    tables = itertools.product(((2, 3, 4), (9, 9, 9), (33, 33, 33)), (UNIT, WIDE), MODES)
    for shape, domain, mode in tables:
        nodes = nodes_of(shape, 2)
        for mask in (make_mask(soft, name) for name in MASKS):
            arguments = image, mask, pull, nodes, domain, mode
            reach = reach_of(image, nodes, domain, mode)
            assert_equal_gradients(on_cuda(*arguments), on_cpu(*arguments), pull, reach)


@needs_cuda
@pytest.mark.parametrize("layout", STRIDES)
def test_gradients_repeat_bit_by_bit_in_every_layout(layout):
    image, pull, nodes = picture("random", (211, 333)), pull_of((211, 333)), nodes_of((9, 9, 9), 3)
    mask = make_mask(make_scene((211, 333))[1], "float32")
    wanted = on_cuda(image, mask, pull, nodes, UNIT, MODES[0])
    for _ in range(5):
        found = on_cuda(image, mask, pull, nodes, UNIT, MODES[0], layout)
        for got, want in zip(found, wanted, strict=True):
            np.testing.assert_array_equal(got, want)


@needs_cuda
def test_a_large_flat_image_keeps_the_sums_of_its_nodes():
    """Millions of equal gifts to one cell: floats would lose most of the later ones."""
    size, nodes = (2160, 3840), nodes_of((17, 17, 17), 4)
    image, pull = picture("flat", size), np.ones((*size, 3), np.float32)
    arguments = image, None, pull, nodes, UNIT, MODES[0]
    found = on_cuda(*arguments)
    assert_equal_gradients(found, on_cpu(*arguments), pull)
    assert found[1].astype(np.float64).sum() == pytest.approx(pull.sum(dtype=np.float64), rel=1e-6)


@needs_cuda
@pytest.mark.parametrize("wanted", list(itertools.product((False, True), repeat=3)))
def test_only_what_is_asked_for_is_written(wanted):
    image, pull, nodes = picture("random", (40, 56)), pull_of((40, 56)), nodes_of((9, 9, 9), 5)
    want = on_cpu(image, None, pull, nodes, UNIT, MODES[0])
    table = CUDA.Lut3d(nodes, UNIT, None, UNIT, torch.cuda.current_device(), stream())
    out = [
        lay(array) if asked else None
        for array, asked in zip(empty_gradients(image, nodes), wanted, strict=True)
    ]
    CUDA.lut3d_gradient(lay(image), None, table, *MODES[0], lay(pull), *out, stream())
    for i in (0, 2):
        if wanted[i]:
            np.testing.assert_array_equal(download(out[i]), want[i])
    if wanted[1]:
        np.testing.assert_allclose(download(out[1]), want[1], rtol=2.0**-23, atol=1e-9)


@needs_cuda
@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_shows_in_all_nodes(broken):
    pull = pull_of((40, 56))
    pull[3, 5, 1] = broken
    found = on_cuda(picture("random", (40, 56)), None, pull, nodes_of((9, 9, 9), 6), UNIT, MODES[0])
    assert np.isnan(found[1]).all()


@needs_cuda
def test_nothing_given_is_zero():
    image, nodes = picture("random", (40, 56)), nodes_of((9, 9, 9), 7)
    pull = pull_of((40, 56))
    arguments = image, np.zeros((40, 56), np.float32), pull, nodes, UNIT, MODES[0]
    of_image, of_nodes, _ = on_cuda(*arguments)
    np.testing.assert_array_equal(of_image, pull)
    assert not of_nodes.any()


@needs_cuda
@pytest.mark.parametrize("mode", MODES)
def test_autograd_on_the_device_is_autograd(mode):
    """One table for a batch, and one for each of its images."""
    nets = importlib.import_module("harmonia.nets")
    image = np.moveaxis(picture("random", (2, 24, 40)), -1, 1).copy()
    mask = np.random.default_rng(8).uniform(0, 1, (2, 1, 24, 40)).astype(np.float32)
    tables = nodes_of((9, 9, 9), 9), np.stack([nodes_of((9, 9, 9), seed) for seed in (9, 10)])
    for nodes in tables:
        results = []
        for device in ("cpu", "cuda"):
            given = [
                torch.from_numpy(array.copy()).to(device).requires_grad_()
                for array in (image, nodes, mask)
            ]
            out = nets.apply_lut3d(*given, interpolation=mode[0], out_of_range=mode[1])
            out.square().sum().backward()
            results.append([out.detach(), *(tensor.grad for tensor in given)])
        for want, got in zip(*results, strict=True):
            assert got.device.type == "cuda"
            torch.testing.assert_close(got.cpu(), want, rtol=1e-5, atol=1e-5)


@needs_cuda
def test_wrong_arguments_are_named():
    image, pull, nodes = picture("random", (8, 9)), pull_of((8, 9)), nodes_of((3, 3, 3), 0)
    device = torch.cuda.current_device()
    frame, gradient, of_nodes = lay(image), lay(pull), lay(nodes)
    table = CUDA.Lut3d(nodes, UNIT, None, UNIT, device, stream())

    def call(table=table, gradient=gradient, of_image=None, of_nodes=None, of_mask=None):
        CUDA.lut3d_gradient(
            frame, None, table, *MODES[0], gradient, of_image, of_nodes, of_mask, stream()
        )

    with pytest.raises(ValueError, match="gradient must be float32 and of the size of image"):
        call(gradient=gradient[:5])
    with pytest.raises(ValueError, match="image_gradient must be float32"):
        call(of_image=gradient.half())
    with pytest.raises(ValueError, match="lut_gradient must be contiguous float32"):
        call(of_nodes=of_nodes.swapaxes(0, 1))
    with pytest.raises(ValueError, match="must have as many nodes as the LUT"):
        call(of_nodes=of_nodes[:2])
    with pytest.raises(ValueError, match="mask_gradient must be float32"):
        call(of_mask=gradient[:5, :, 0])
    shaped = CUDA.Lut3d(nodes, UNIT, np.eye(3, dtype=np.float32), UNIT, device, stream())
    with pytest.raises(ValueError, match="no gradient through the shaper"):
        call(table=shaped)
