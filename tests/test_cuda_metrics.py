"""Metrics' sums on CUDA beside the CPU's: whole numbers are equal, reals as near as sums are."""

import itertools

import harmonia
import numpy as np
import pytest
from device import (
    CUDA,
    MASKS,
    SIZES,
    STRIDES,
    make_image,
    make_mask,
    make_scene,
    needs_cuda,
    stream,
    upload,
)
from harmonia import _core
from images import DTYPES, LAYOUTS
from kinds import torch

PAIRS = tuple(itertools.product(DTYPES, DTYPES))


def on_cuda(output, target, mask):
    lying = None if mask is None else upload(mask)
    return CUDA.error_sums(upload(output), upload(target), lying, stream())


def check(found, expected, *arrays):
    if any(each is not None and each.dtype.kind == "f" for each in arrays):
        # Sums of n positive numbers in another order: off by 2^-53 (n + 8), relatively.
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=0)
    else:
        assert found == expected


@needs_cuda
@pytest.mark.parametrize("layout", STRIDES)
@pytest.mark.parametrize("kind", MASKS)
@pytest.mark.parametrize(("output", "target"), PAIRS)
def test_error_sums_are_the_cpus(output, target, kind, layout):
    lay = LAYOUTS[layout]
    a, b = make_image((37, 59), output, 1), make_image((37, 59), target, 2, 4)
    mask = make_mask(make_scene((37, 59), 1)[1], kind)
    found = on_cuda(lay(a), lay(b), None if mask is None else lay(mask))
    check(found, _core.error_sums(a, b, mask), a, b, mask)


@needs_cuda
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_error_sums_of_every_size_are_the_cpus_and_repeat(size, dtype):
    a, b = make_image(size, dtype, 1), make_image(size, dtype, 2)
    for kind in MASKS:
        mask = make_mask(make_scene(size, 1)[1], kind)
        found = on_cuda(a, b, mask)
        check(found, _core.error_sums(a, b, mask), a, b, mask)
        assert on_cuda(a, b, mask) == found


@needs_cuda
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [(5, 7), (40, 56)])
def test_error_sums_of_a_batch_are_those_of_its_images(dtype, size):
    a, b = ([make_image(size, dtype, seed + more) for seed in range(3)] for more in (0, 9))
    masks = [make_mask(make_scene(size, seed)[1], "uint8") for seed in range(3)]
    batches = [upload(np.stack(each)) for each in (a, b, masks)]
    for mask in (batches[2], None):
        found = CUDA.error_sums_of_batch(batches[0], batches[1], mask, stream())
        alone = [
            on_cuda(x, y, None if mask is None else m) for x, y, m in zip(a, b, masks, strict=True)
        ]
        assert found == alone


@needs_cuda
def test_wrong_arguments_of_error_sums_are_named():
    image = torch.zeros((4, 5, 3), dtype=torch.uint8, device="cuda")
    with pytest.raises(ValueError, match="target must have the height and width of output"):
        CUDA.error_sums(image, image[1:], None, stream())
    with pytest.raises(ValueError, match="mask must have the height and width of output"):
        CUDA.error_sums(image, image, image[1:, :, 0], stream())
    with pytest.raises(ValueError, match="output must have shape"):
        CUDA.error_sums_of_batch(image, image, None, stream())


@needs_cuda
@pytest.mark.parametrize("dtype", DTYPES)
def test_scores_on_cuda_are_the_cpus(dtype):
    """Alone and in a batch, which is measured at once; those of integers to the last bit."""
    output, target = (
        np.stack([make_image((190, 201), dtype, seed + n) for n in range(3)]) for seed in (1, 5)
    )
    mask = make_scene((190, 201), 1)[1]
    on_cpu, on_gpu = (
        [place(torch.from_numpy(np.moveaxis(a, -1, 1).copy())) for a in (output, target)]
        for place in (torch.Tensor.cpu, torch.Tensor.cuda)
    )
    weights = torch.from_numpy((mask * 255).astype(np.uint8))
    wanted = harmonia.evaluate(*on_cpu, weights)
    found = harmonia.evaluate(*on_gpu, weights.cuda())
    alone = [harmonia.evaluate(a, b, weights.cuda()) for a, b in zip(*on_gpu, strict=True)]
    assert alone == found
    if dtype.startswith("uint"):
        assert found == wanted
    else:
        for one, other in zip(found, wanted, strict=True):
            assert one == pytest.approx(other, rel=1e-9, abs=1e-6)


@needs_cuda
def test_protocols_that_prepare_images_name_the_cure():
    image = torch.zeros(3, 20, 20, device="cuda")
    with pytest.raises(
        TypeError, match=r"protocol 'idih' prepares images on the CPU.*output.cpu\(\)"
    ):
        harmonia.evaluate(image, image, image[0], protocol="idih")
