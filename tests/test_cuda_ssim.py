"""Structural similarity on a CUDA device: the bits of the CPU, for one image and for a batch."""

import numpy as np
import pytest
from device import CUDA, MASKS, make_image, make_mask, make_scene, needs_cuda, stream, upload
from harmonia import _core
from images import DTYPES, LAYOUTS
from kinds import torch
from reference.ssim import gaussian, uniform

WINDOWS = {
    "gaussian 11": (gaussian(11, 1.5), 1.0),
    "gaussian 7": (gaussian(7, 1.5), 1.0),
    "uniform 7": (uniform(7), 49 / 48),
    "gaussian 31": (gaussian(31, 5.0), 1.0),
}
USUAL, TINY = (6.5025, 58.5225), (1e-4, 9e-4)


def on_both(output, target, mask, window, padding, constants):
    """The sums of the CPU and those of the device."""
    taps, covariance_scale = WINDOWS[window]
    rest = (taps.tolist(), padding, *constants, covariance_scale)
    weights = None if mask is None else upload(mask)
    found = CUDA.ssim(upload(output), upload(target), weights, *rest, stream())
    return _core.ssim(output, target, mask, *rest), found


def pair(size, dtype="uint8"):
    """Two pictures with a part in common, and a part where float32 is not exact enough."""
    output, target = make_image(size, dtype, 1), make_image(size, dtype, 2)
    height, width = size
    target[: height // 2, : width // 3] = output[: height // 2, : width // 3]
    output[height // 2 :, width // 2 :] = output[0, 0]
    target[height // 2 :, width // 2 :] = target[-1, 0]
    return output, target


@needs_cuda
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("padding", ["valid", "zero"])
@pytest.mark.parametrize("constants", [USUAL, TINY], ids=["usual", "tiny"])
@pytest.mark.parametrize("kind", MASKS)
def test_sums_equal_those_of_the_cpu(window, padding, constants, kind):
    output, target = pair((300, 420))
    mask = make_mask(make_scene((300, 420))[1], kind)
    expected, found = on_both(output, target, mask, window, padding, constants)
    assert found == expected


@needs_cuda
@pytest.mark.parametrize("size", [(31, 31), (40, 129), (128, 128), (129, 300), (700, 35)])
@pytest.mark.parametrize("padding", ["valid", "zero"])
def test_every_size_equals_the_cpu(size, padding):
    output, target = pair(size)
    mask = make_mask(make_scene(size)[1], "uint8")
    expected, found = on_both(output, target, mask, "gaussian 11", padding, USUAL)
    assert found == expected


@needs_cuda
@pytest.mark.parametrize("output_type", DTYPES)
@pytest.mark.parametrize("target_type", DTYPES)
def test_every_pair_of_types_equals_the_cpu(output_type, target_type):
    output, target = pair((60, 150), output_type)[0], pair((60, 150), target_type)[1]
    expected, found = on_both(output, target, None, "gaussian 11", "valid", USUAL)
    assert found == expected


@needs_cuda
@pytest.mark.parametrize("layout", ["planar", "cut out", "transposed", "every second channel"])
def test_memory_layout_does_not_matter(layout):
    output, target = (LAYOUTS[layout](image) for image in pair((60, 150)))
    mask = LAYOUTS["transposed"](make_mask(make_scene((60, 150))[1], "float32"))
    expected, found = on_both(output, target, mask, "uniform 7", "zero", USUAL)
    assert found == expected


@needs_cuda
def test_equal_pictures_are_exactly_one():
    output, _ = pair((200, 200))
    expected, found = on_both(output, output.copy(), None, "gaussian 11", "valid", USUAL)
    assert found == expected
    assert found[0] == [190 * 190] * 3


@needs_cuda
@pytest.mark.parametrize("masked", [False, True])
def test_a_batch_gives_the_sums_of_its_images(masked):
    output = np.stack([make_image((90, 140), "uint8", seed) for seed in range(5)])
    target = np.stack([make_image((90, 140), "uint8", seed + 9) for seed in range(5)])
    masks = np.stack([make_mask(make_scene((90, 140), i)[1], "uint8") for i in range(5)])
    rest = (gaussian(11, 1.5).tolist(), "valid", *USUAL, 1.0)
    found = CUDA.ssim(
        torch.from_numpy(output).cuda(),
        torch.from_numpy(target).cuda(),
        torch.from_numpy(masks).cuda() if masked else None,
        *rest,
        stream(),
    )
    assert found == [
        _core.ssim(output[i], target[i], masks[i] if masked else None, *rest) for i in range(5)
    ]


@needs_cuda
def test_batches_of_two_sizes_are_an_error():
    images = torch.zeros((2, 20, 20, 3), dtype=torch.uint8, device="cuda")
    rest = (gaussian(11, 1.5).tolist(), "valid", *USUAL, 1.0, stream())
    with pytest.raises(ValueError, match="target must be of 2 images like output, got 1"):
        CUDA.ssim(images, images[0], None, *rest)
