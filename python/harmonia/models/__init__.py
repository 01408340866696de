"""Weights that come with harmonia; beside each network's lies a card that says what they are of.

NAME.onnx is what onnxruntime runs and NAME.safetensors the same weights for torch.
"""

from pathlib import Path

_FOLDER = Path(__file__).parent


def bundled(method: str, ending: str) -> Path | None:
    """A file of a method, "harmonia" or with its variant, where one comes with the library.

    >>> from harmonia.models import bundled
    >>> bundled("issam", ".onnx") is None
    True
    """
    path = _FOLDER / f"{method.partition('.')[0]}{ending}"
    return path if path.is_file() else None
