"""Files of weights as tensors by name: safetensors, torch's checkpoints, .npz. None is unpickled.

torch reads a checkpoint with `weights_only=True`, which builds tensors and plain containers and
refuses to call anything else. What is wrong with a file is a `WeightsError` that names it.
"""

import json
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from harmonia import _json

State = dict[str, Tensor]

# Wrappers that training codes put around a state.
_WRAPPED = ("state_dict", "model_state_dict", "model", "net", "params")
_LONGEST_HEADER = 100_000_000  # bytes, the limit of the safetensors format
_MOST_NAMED = 8


class WeightsError(ValueError):
    """What is wrong with a file of weights: names the file, what was wanted, and what came."""


class Checkpoint(NamedTuple):
    state: State
    notes: Mapping[str, str]  # what a header says: architecture, source, licence


def read(path: Path) -> Checkpoint:
    """The tensors of a file by name, out of their wrappers, and what its header says."""
    head = _head_of(path)
    try:
        if head[:2] == b"PK":
            checkpoint = _read_zip(path)
        elif head[8:9] == b"{":
            checkpoint = Checkpoint(*_read_safetensors(path))
        else:
            _refuse_foreign(path, head)
            checkpoint = Checkpoint(_read_torch(path), {})
    except WeightsError:
        raise
    except MemoryError as error:
        raise WeightsError(f"{path}: asks for more memory than there is") from error
    except Exception as error:  # of a damaged file, readers raise whatever they come across
        raise WeightsError(f"{path}: cannot be read as weights: {_sentence(error)}") from error
    _check_tensors(checkpoint.state, path)
    return checkpoint


def as_safetensors(state: State, notes: Mapping[str, str]) -> bytes:
    """The bytes of a safetensors file with such a header; equal ones for equal tensors."""
    from safetensors.torch import save

    tensors = {name: tensor.detach().contiguous().clone() for name, tensor in state.items()}
    data = save(tensors, metadata=dict(notes))
    # The library writes the notes in an order that changes from call to call.
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header["__metadata__"] = dict(sorted(notes.items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # tensors begin at a multiple of 8
    return len(text).to_bytes(8, "little") + text + data[8 + size :]


def listed(items: list[str]) -> str:
    """A few of them, and how many more there are."""
    more = len(items) - _MOST_NAMED
    return ", ".join(items[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def _read_zip(path: Path) -> Checkpoint:
    """torch's checkpoint, which is stored as it is, or .npz, whose floats hardly compress."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        held = sum(entry.file_size for entry in archive.infolist())
    if held > 16 * path.stat().st_size + (1 << 20):
        raise WeightsError(f"{path}: would unpack to {held} bytes, more than weights ever do")
    if names and all(name.endswith(".npy") for name in names):
        with np.load(path, allow_pickle=False) as arrays:
            return Checkpoint({name: torch.from_numpy(arrays[name]) for name in arrays.files}, {})
    if any(name.endswith("constants.pkl") for name in names):
        raise WeightsError(
            f"{path}: is a program of TorchScript; save its state with "
            "torch.save(module.state_dict(), file)"
        )
    return Checkpoint(_read_torch(path), {})


def _read_torch(path: Path) -> State:
    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        if "weights_only" in str(error) or "Unsupported" in str(error):
            raise WeightsError(
                f"{path}: holds more than tensors, and nothing that would run code is loaded "
                f"({_refused(error)}); save its state with torch.save(module.state_dict(), file)"
            ) from error
        raise
    return _unwrapped(held, path)


def _read_safetensors(path: Path) -> tuple[State, Mapping[str, str]]:
    size = path.stat().st_size
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > min(size, _LONGEST_HEADER):
            raise WeightsError(f"{path}: is cut off, or no safetensors file")
        header = _json.parse(file.read(length))
    from safetensors.torch import load_file

    notes = header.get("__metadata__", {})
    return load_file(path), {str(key): str(value) for key, value in notes.items()}


def _refuse_foreign(path: Path, head: bytes) -> None:
    """What is often taken for torch's weights."""
    tensorflow = path.suffix in (".index", ".meta") or ".data-00000-of-" in path.name
    if tensorflow or path.name == "checkpoint":
        raise WeightsError(
            f"{path}: is a checkpoint of TensorFlow, which is not read; write its variables with "
            "numpy.savez(file, **{name: reader.get_tensor(name) ...}) where TensorFlow is installed"
        )
    if head[:8] == b"\x89HDF\r\n\x1a\n":
        raise WeightsError(f"{path}: is an HDF5 file of Keras, which is not read")
    if path.suffix == ".onnx":
        raise WeightsError(f'{path}: is an ONNX model; pass backend="onnx" to run it')


def _unwrapped(held: Any, path: Path) -> State:
    for key in _WRAPPED:
        if isinstance(held, Mapping) and isinstance(held.get(key), Mapping):
            held = held[key]
    if not isinstance(held, Mapping) or not held:
        raise WeightsError(f"{path}: must hold tensors by name, holds {type(held).__name__}")
    # DataParallel's prefix.
    state = {str(key).removeprefix("module."): value for key, value in held.items()}
    wrong = [f"{key} ({type(v).__name__})" for key, v in state.items() if not _is_tensor(v)]
    if wrong:
        raise WeightsError(f"{path}: must hold tensors alone, holds {listed(wrong)}")
    return state


def _is_tensor(value: object) -> bool:
    return isinstance(value, Tensor)


def _check_tensors(state: State, path: Path) -> None:
    if not state:
        raise WeightsError(f"{path}: holds no tensors")
    for name, tensor in state.items():
        if tensor.is_meta:
            raise WeightsError(f"{path}: {name} has a shape and no values")
        if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_complex():
            raise WeightsError(f"{path}: {name} must be dense and real, is {tensor.layout}")
        # One stored value can be told to stand for a billion.
        if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
            raise WeightsError(f"{path}: {name} claims more values than the file holds")
    bad = [
        name
        for name, tensor in state.items()
        if tensor.is_floating_point() and not _is_finite(tensor)
    ]
    if bad:
        raise WeightsError(f"{path}: weights must be finite, NaN or infinity is in {listed(bad)}")


def _is_finite(tensor: Tensor) -> bool:
    # torch has no test for floats of 8 bits.
    return bool(torch.isfinite(tensor.float() if tensor.element_size() == 1 else tensor).all())


def _refused(error: Exception) -> str:
    """What torch's reader would not call, out of its long advice."""
    for line in str(error).splitlines():
        if "GLOBAL" in line or "Unsupported" in line:
            return " ".join(line.split())[:160]
    return type(error).__name__


def _sentence(error: Exception) -> str:
    return (" ".join(str(error).split()) or type(error).__name__)[:200]
