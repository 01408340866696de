"""Packages that harmonia works with: what each is for, and the extra that brings it."""

import importlib.metadata
from dataclasses import dataclass

TORCH = "torch"
ONNX = "onnxruntime"


@dataclass(frozen=True)
class Package:
    """A package that harmonia calls.

    Attributes
    ----------
    name
        As pip spells it.
    purpose
        What harmonia does by it.
    extra
        Of harmonia, that brings it; None where every install has it.
    """

    name: str
    purpose: str
    extra: str | None = None

    @property
    def version(self) -> str | None:
        """The installed version, found without importing it."""
        try:
            return importlib.metadata.version(self.name)
        except importlib.metadata.PackageNotFoundError:
            return None

    @property
    def install(self) -> str:
        """The command that brings it."""
        wanted = self.name if self.extra is None else f"'harmonia[{self.extra}]'"  # for zsh
        return f"pip install {wanted}"


PACKAGES = (
    Package("numpy", "arrays"),
    Package("pillow", "image files"),
    Package(TORCH, "tensors, gradients, networks", "torch"),
    Package("safetensors", "weights of networks", "torch"),
    Package(ONNX, "the network that ships, and others that were exported to ONNX"),
    Package("pooch", "downloading weights, when asked to", "hub"),
    Package("lpips", "the metric lpips", "lpips"),
    Package("tifffile", "reading TIFF of 16 bits and floats", "tiff"),
    Package("imagecodecs", "reading TIFF in rarer compressions", "tiff"),
    Package("OpenEXR", "EXR files", "exr"),
    Package("pyarrow", "rows of an evaluation as Parquet", "parquet"),
    Package("ray", "evaluation on many machines", "ray"),
    Package("imageio", "the ffmpeg program for video files", "video"),
    Package("matplotlib", "figures of an evaluation, learning curves", "figures"),
    Package("tensorboard", "logs of training", "train"),
)


def package(name: str) -> Package:
    """A package of the list above."""
    return next(one for one in PACKAGES if one.name == name)
