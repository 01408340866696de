"""All that a run needs to go on, in one file that is there whole or not at all."""

import dataclasses
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from harmonia import _atomic
from harmonia.nets._checkpoints import WeightsError

FORMAT = 1


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """A run after some steps.

    The samples of a step, its learning rate and its random numbers follow from the settings and
    the step's number.

    Attributes
    ----------
    step
        How many are done; the place in the data follows from it.
    settings
        The text of `run.json`.
    recipe
        The state of all networks.
    optimizers
        Theirs, by phase.
    average
        The state of the averaged network, where there is one.
    sums
        Of the losses since the last row of the log, and of how many steps.
    best
        The best validation yet: {"step": ..., "fmse": ...}.
    """

    step: int
    settings: str
    recipe: Mapping[str, Any]
    optimizers: Mapping[str, Any]
    average: Mapping[str, Any] | None
    sums: Mapping[str, float]
    best: Mapping[str, float]


def save(path: Path, checkpoint: Checkpoint) -> None:
    held = {"format": FORMAT, **vars(checkpoint)}
    stream = io.BytesIO()
    torch.save(held, stream)
    _atomic.write(path, stream.getvalue())


def load(path: Path) -> Checkpoint:
    """Nothing in it is run: tensors, numbers, text and plain containers."""
    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
        number = int(held.pop("format"))
    except Exception as error:  # of a damaged file, readers raise whatever they come across
        raise WeightsError(f"{path}: is no checkpoint of a run ({type(error).__name__})") from error
    if number != FORMAT:
        raise WeightsError(f"{path}: has format {number}, this version reads {FORMAT}")
    if set(held) != {field.name for field in dataclasses.fields(Checkpoint)}:
        raise WeightsError(
            f"{path}: is no checkpoint of a run, it holds {', '.join(map(str, held))}"
        )
    return Checkpoint(**held)
