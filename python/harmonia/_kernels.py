"""Which compiled module works on an array: `_core` on the CPU, `_cuda` on a CUDA device."""

import functools
import importlib
import sys
from types import ModuleType
from typing import Any

import numpy as np

from harmonia import _core


class _OnCurrentStream:
    """`_cuda` with the functions of `_core`: every call goes onto torch's current stream."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._module, name, None)
        if function is None:
            raise TypeError(
                f"{name} runs on the CPU only, got an image on a CUDA device; "
                f"pass image.cpu() and mask.cpu()"
            )

        @functools.wraps(function)
        def call(image: Any, *arguments: Any) -> Any:
            stream = sys.modules["torch"].cuda.current_stream(image.device).cuda_stream
            return function(image, *arguments, stream)

        return call


def kernels_of(frame: Any) -> Any:
    """The kernels for a frame. Without `_cuda` a CUDA tensor is an error that says the cure."""
    if isinstance(frame, np.ndarray):
        return _core
    module, reason = load_cuda()
    if module is None:
        raise RuntimeError(
            f"this image is on {frame.device}, and harmonia has no CUDA here: {reason}; "
            f"or move the image with .cpu()"
        )
    return _OnCurrentStream(module)


@functools.cache
def load_cuda() -> tuple[ModuleType | None, str]:
    """The CUDA module, or None and why not."""
    try:
        module = importlib.import_module("harmonia._cuda")
    except ModuleNotFoundError:
        return None, (
            "it was built without; build it where nvcc is with "
            "pip install . --config-settings=cmake.define.HARMONIA_CUDA=ON"
        )
    except ImportError as error:
        return None, f"the CUDA module does not load ({error})"
    reason = module.why_unavailable()
    return (None, reason) if reason else (module, "")
