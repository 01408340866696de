"""A candidate ready to be timed: what one picture is to it, and when it is done with it."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harmonia import models
from harmonia._onnx import OnnxSession
from harmonia._registry import is_network
from harmonia.api import load
from harmonia.evaluation._candidates import Candidate

Call = Callable[[], object]


@dataclass(frozen=True)
class Running:
    """A method or network that is loaded.

    Attributes
    ----------
    harmonizer
        From `harmonia.load`.
    nets
        `harmonia.nets._cost` where torch runs it.
    model
        The file that onnxruntime runs.
    gpu
        The name of the GPU that it runs on; None for the CPU.
    """

    harmonizer: Any
    nets: Any = None
    model: Path | None = None
    gpu: str | None = None

    def call(self, image: Any, mask: Any) -> Call:
        """One picture, from an array to an array; on a GPU both lie there already."""
        if self.gpu is None:
            return lambda: self.harmonizer(image, mask)
        image, mask = self.nets.on_its_device(self.harmonizer, image, mask)

        def call() -> object:
            output = self.harmonizer(image, mask)
            self.nets.wait(self.harmonizer)
            return output

        return call


def has_cost(candidate: Candidate) -> bool:
    """Composites and finished pictures are only read."""
    return candidate.method is not None


def running(candidate: Candidate, threads: int) -> Running:
    """Load it. onnxruntime is told its threads here, where it was asked for; the network that ships
    has one. All else is told when it runs.
    """
    method, options = candidate.method or "", dict(candidate.options)
    if options.get("backend") == "onnx":
        options.setdefault("threads", threads)
    harmonizer = load(method, **options)
    if isinstance(harmonizer, OnnxSession):
        weights = options.get("weights")
        return Running(
            harmonizer, model=Path(weights) if weights else models.file_of(method, "onnx")
        )
    if not is_network(method):
        return Running(harmonizer)
    nets = importlib.import_module("harmonia.nets._cost")
    return Running(harmonizer, nets, gpu=nets.device_name(harmonizer))


def bytes_of(image: Any) -> Any:
    """8 bits, as most pictures have."""
    if image.dtype == np.uint8:
        return image[..., :3]
    top = np.iinfo(image.dtype).max if image.dtype.kind == "u" else 1
    return np.rint(image[..., :3].astype(np.float32) * np.float32(255 / top)).astype(np.uint8)
