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
            return function(image, *arguments, _stream_of(image))

        return call


class Prepared:
    """An object that kernels read, such as a table: made at its first use on each device.

    `name` is a class of `_core` and of `_cuda`, and `source` what both are made from.
    """

    def __init__(self, name: str, *source: Any) -> None:
        self._name, self._source = name, source
        self._made: dict[int | None, Any] = {}  # of devices, None is the CPU

    def on(self, frame: Any) -> Any:
        """The object for the device of a frame."""
        device = None if isinstance(frame, np.ndarray) else frame.device.index
        made = self._made.get(device)
        if made is None:  # of two threads that get here together one wins
            made = self._made.setdefault(device, prepare(frame, self._name, *self._source))
        return made


def prepare(frame: Any, name: str, *source: Any) -> Any:
    """An object that kernels read on the device of a frame, for that frame alone."""
    if isinstance(frame, np.ndarray):
        return getattr(_core, name)(*source)
    return getattr(_cuda_for(frame), name)(*source, frame.device.index, _stream_of(frame))


def kernels_of(frame: Any) -> Any:
    """The kernels for a frame. Without `_cuda` a CUDA tensor is an error that says the cure."""
    if isinstance(frame, np.ndarray):
        return _core
    return _OnCurrentStream(_cuda_for(frame))


def _cuda_for(frame: Any) -> ModuleType:
    module, reason = load_cuda()
    if module is None:
        raise RuntimeError(
            f"this image is on {frame.device}, and harmonia has no CUDA here: {reason}; "
            f"or move the image with .cpu()"
        )
    return module


def _stream_of(frame: Any) -> int:
    stream: int = sys.modules["torch"].cuda.current_stream(frame.device).cuda_stream
    return stream


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
