"""Whether CUDA runs here, and scenes in the memory of a device."""

import functools

import numpy as np
import pytest
from harmonia._kernels import load_cuda
from images import as_dtype, scene, with_alpha
from kinds import torch

CUDA, REASON = load_cuda()
if CUDA is not None and (torch is None or not torch.cuda.is_available()):
    CUDA, REASON = None, "torch with CUDA is not installed"

MASKS = ("none", "bool", "uint8", "float32")
# Torch has no negative strides and no misaligned tensors.
STRIDES = ("contiguous", "planar", "cut out", "every second row", "every third column")
STRIDES += ("every second channel", "Fortran", "transposed")
# Less than a group of 4 pixels, rows that are no multiple of it, several rows a block, several
# blocks a row, several strides of the grid.
SIZES = ((1, 1), (1, 3), (5, 7), (3, 1030), (257, 12), (40, 56), (1100, 2048))


def needs_cuda(test):
    reason = f"CUDA does not run here: {REASON}"
    return pytest.mark.cuda(pytest.mark.skipif(CUDA is None, reason=reason)(test))


def upload(view, device="cuda"):
    """A tensor that lies in the device's memory as an array lies in the CPU's."""
    whole = view
    while isinstance(whole.base, np.ndarray):
        whole = whole.base
    assert whole.dtype == view.dtype
    offset = (view.ctypes.data - whole.ctypes.data) // view.itemsize
    flat = torch.from_numpy(whole.flatten("K")).to(device)
    return flat.as_strided(view.shape, [step // view.itemsize for step in view.strides], offset)


def download(tensor):
    return tensor.cpu().numpy()


def stream():
    return torch.cuda.current_stream().cuda_stream


def make_mask(soft, kind):
    if kind == "none":
        return None
    return soft > 0.5 if kind == "bool" else as_dtype(soft, kind)


@functools.cache
def make_scene(size, seed=0):
    return scene(*size, seed)


def make_image(size, dtype, seed, channels=3):
    image = as_dtype(make_scene(size, seed)[0], dtype)
    image[0, 0] = 0  # black has no logarithm
    return with_alpha(image) if channels == 4 else image
