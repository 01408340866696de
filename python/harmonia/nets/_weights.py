"""Weights from files: the authors' checkpoints as they are, or safetensors. Nothing is unpickled.

A state fits as a whole or is refused with a list of what does not; nothing loads in part.
"""

import importlib
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import torch

from harmonia.nets._network import Architecture, Network, State

# Wrappers that training codes put around a state.
_WRAPPED = ("state_dict", "model_state_dict", "model", "net", "params")
_MOST_NAMED = 8


class WeightsError(ValueError):
    """What is wrong with a file of weights: names the file, what was wanted, and what came."""


def architecture_of(name: str) -> Architecture:
    """What `nets/<name>.py` tells of its network."""
    found: Architecture = importlib.import_module(f"harmonia.nets.{name}").ARCHITECTURE
    return found


def open_network(method: str, weights: str | PathLike[str], *, where: str) -> tuple[Network, str]:
    """A network with its weights, and its name with the variant, such as "issam.256"."""
    name, _, tag = method.partition(".")
    architecture = architecture_of(name)
    if tag and tag not in architecture.variants:
        raise ValueError(
            f"{where}: {name} has no variant {tag!r}; choose one of "
            f"{', '.join(f'{name}.{known}' for known in architecture.variants)}"
        )
    path = Path(weights)
    state = architecture.convert(read_state(path))
    tags = [tag] if tag else list(architecture.variants)
    misfits: dict[str, list[str]] = {}
    for candidate in tags:
        with torch.device("meta"):
            network = architecture.variants[candidate]()
        misfits[candidate] = _misfits(network.state_dict(), state)
        if not misfits[candidate]:
            network = architecture.variants[candidate]()
            network.load_state_dict(state, strict=True)
            return network.eval(), f"{name}.{candidate}"
    nearest = min(misfits, key=lambda candidate: len(misfits[candidate]))
    raise WeightsError(
        f"{path}: the weights are not of {name}.{nearest}: {_listed(misfits[nearest])}"
    )


def read_state(path: Path) -> State:
    """The tensors of a checkpoint by name, out of their wrappers."""
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    held = torch.load(path, map_location="cpu", weights_only=True)
    return _unwrapped(held, path)


def _unwrapped(held: Any, path: Path) -> State:
    for key in _WRAPPED:
        if isinstance(held, Mapping) and isinstance(held.get(key), Mapping):
            held = held[key]
    if not isinstance(held, Mapping) or not held:
        raise WeightsError(f"{path}: holds no state of a network, but {type(held).__name__}")
    state = {str(key).removeprefix("module."): value for key, value in held.items()}
    wrong = [key for key, value in state.items() if not isinstance(value, torch.Tensor)]
    if wrong:
        raise WeightsError(f"{path}: holds more than tensors: {_listed(wrong)}")
    return state


def _misfits(wanted: Mapping[str, torch.Tensor], state: State) -> list[str]:
    found = [f"{key} is missing" for key in wanted if key not in state]
    found += [f"{key} is unknown" for key in state if key not in wanted]
    for key, tensor in wanted.items():
        if key in state and state[key].shape != tensor.shape:
            found.append(f"{key} is {tuple(state[key].shape)} and not {tuple(tensor.shape)}")
    return found


def _listed(items: list[str]) -> str:
    more = len(items) - _MOST_NAMED
    return ", ".join(items[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
