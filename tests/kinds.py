"""Every kind of image and mask that the library takes, made from NumPy arrays and turned back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from images import DTYPES, as_dtype
from PIL import Image

try:
    import torch
except ImportError:
    torch = None

needs_torch = pytest.mark.skipif(torch is None, reason="torch is not installed")


@dataclass(frozen=True)
class Kind:
    """A way to hold an image; `make` and `back` go from and to an (H, W, channels) array."""

    channels: int
    make: Callable[[np.ndarray], Any]
    back: Callable[[Any], np.ndarray]

    def copy(self, image):
        return self.make(self.back(image).copy())


def _planes(array):
    return torch.from_numpy(np.moveaxis(array, -1, 0).copy())


def _from_planes(tensor):
    return np.moveaxis(tensor.numpy(), 0, -1)


def _two(array):
    return torch.stack([_planes(array), _planes(array)])


def _from_two(tensor):
    """Both hold the same image, so both must have come out the same."""
    assert tensor.shape[0] == 2
    np.testing.assert_array_equal(tensor[0].numpy(), tensor[1].numpy())
    return _from_planes(tensor[0])


KINDS = {
    "numpy": Kind(3, np.array, np.asarray),
    "numpy-alpha": Kind(4, np.array, np.asarray),
    "pil": Kind(3, Image.fromarray, np.asarray),
    "pil-alpha": Kind(4, Image.fromarray, np.asarray),
    "torch": Kind(3, _planes, _from_planes),
    "torch-alpha": Kind(4, _planes, _from_planes),
    "torch-batch": Kind(3, _two, _from_two),
    "torch-channels-last": Kind(
        3, lambda a: _two(a).to(memory_format=torch.channels_last), _from_two
    ),
}

# Every kind with every dtype that it can hold, as pytest parameters (kind, dtype).
CASES = [
    pytest.param(kind, dtype, id=f"{name}-{dtype}", marks=needs_torch if "torch" in name else ())
    for name, kind in KINDS.items()
    for dtype in DTYPES
    if dtype == "uint8" or "pil" not in name
]

# From soft weights 0..1 to a mask as a caller may hold it.
MASKS = {
    "bool": lambda m: m > 0.5,
    "bool-of-bytes": lambda m: ((m > 0.5) * np.uint8(255)).view(bool),
    "uint8-hard": lambda m: (m > 0.5).astype(np.uint8) * 255,
    "uint8": lambda m: as_dtype(m, np.uint8),
    "float16": lambda m: m.astype(np.float16),
    "float32": lambda m: m.astype(np.float32),
    "float64": lambda m: m,
    "pil-l": lambda m: Image.fromarray(as_dtype(m, np.uint8)),
    "pil-1": lambda m: Image.fromarray(m > 0.5),
    "torch-bool": lambda m: torch.from_numpy(m > 0.5),
    "torch-uint8": lambda m: torch.from_numpy(as_dtype(m, np.uint8)),
    "torch-float32": lambda m: torch.from_numpy(m.astype(np.float32)),
    "torch-float64": lambda m: torch.from_numpy(m),
}

if torch is None:
    MASKS = {name: make for name, make in MASKS.items() if "torch" not in name}
