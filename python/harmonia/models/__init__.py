"""Networks that ship with their weights: their files, and what runs them here.

A network lies here as NAME.onnx for onnxruntime and as NAME.safetensors for torch. SHA256SUMS has
what they must be, as `sha256sum -c` reads it; NAME.md is the card of the model.
"""

import functools
import hashlib
import importlib.util
from pathlib import Path

FOLDER = Path(__file__).parent
SUMS = "SHA256SUMS"

# What runs a network, the file it takes, and the packages it needs.
SUFFIXES = {"onnx": ".onnx", "torch": ".safetensors"}
_PACKAGES = {"onnx": ("onnxruntime",), "torch": ("torch", "safetensors")}


def is_bundled(method: str) -> bool:
    """Whether a network, "harmonia" or with its variant, ships with its weights.

    >>> from harmonia import models
    >>> models.is_bundled("harmonia"), models.is_bundled("issam")
    (True, False)
    """
    return f"{_stem(method)}{SUFFIXES['onnx']}" in _sums()


def engine(device: str = "cpu") -> str | None:
    """What runs a bundled network on a device: "onnx" or "torch"; None where neither is here."""
    wanted = ("onnx", "torch") if device == "cpu" else ("torch",)
    return next((one for one in wanted if _is_here(one)), None)


@functools.cache
def file_of(method: str, engine: str) -> Path:
    """The file of a bundled network, once its bytes are known to be right."""
    path = FOLDER / f"{_stem(method)}{SUFFIXES[engine]}"
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != _sums()[path.name]:
        raise ValueError(
            f"{path}: is damaged, its SHA-256 is {found} and not {_sums()[path.name]}; "
            "install harmonia again: pip install --force-reinstall --no-deps harmonia"
        )
    return path


def _stem(method: str) -> str:
    return method.partition(".")[0]


@functools.cache
def _is_here(engine: str) -> bool:
    return all(importlib.util.find_spec(name) is not None for name in _PACKAGES[engine])


@functools.cache
def _sums() -> dict[str, str]:
    """Digests by the names of files."""
    lines = (FOLDER / SUMS).read_text(encoding="ascii").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}
