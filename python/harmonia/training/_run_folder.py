"""The files of a run, and how its network is kept for `harmonia.load`.

RUN/run.json            all settings, from which it can be run again
RUN/log.csv             a row of losses every so many steps
RUN/speed.csv           samples a second, and the share of time that steps waited for data
RUN/validation.csv      a row each time the network was tried on the validation samples
RUN/checkpoint.pt       what the run goes on from
RUN/last.safetensors    the network as it is, and best.safetensors as it was at its best
RUN/best.onnx           that network for onnxruntime, where it was asked for, or else last.onnx
RUN/samples/            sheets of the same few samples, such as step-000500.png
RUN/tensorboard/        the tables and sheets for TensorBoard, where it was asked for
"""

import contextlib
import json
from pathlib import Path

from harmonia import _atomic
from harmonia._core import version
from harmonia.nets import _checkpoints, _weights, export_onnx
from harmonia.nets._network import Network
from harmonia.nets._session import Session
from harmonia.training._recipe import Recipe
from harmonia.training._settings import OtherRun, Settings

SETTINGS, CHECKPOINT = "run.json", "checkpoint.pt"
LOG, SPEED, VALIDATION = "log.csv", "speed.csv", "validation.csv"
BEST, LAST = "best.safetensors", "last.safetensors"
ONNX = BEST_ONNX, LAST_ONNX = "best.onnx", "last.onnx"
SHEETS, TENSORBOARD = "samples", "tensorboard"
LOCK = ".lock"
FILES = (SETTINGS, CHECKPOINT, LOG, SPEED, VALIDATION, BEST, LAST, *ONNX)


def open_folder(folder: Path, settings: Settings, *, cleared: bool = False) -> None:
    """Make it, or find that it holds a run of these settings, but for what may change.

    What else is there is no matter where a run was before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SETTINGS
    if path.is_file():
        there = _read(path)
        differing = settings.differences(there)
        if differing:
            raise OtherRun(
                f"train: {folder} holds a run with {'; '.join(differing)}; choose another folder, "
                "or pass overwrite=True to start anew"
            )
        if settings.text() != there.text():
            _atomic.write(path, settings.text().encode())
        return
    sweep(folder)
    foreign = [one.name for one in folder.iterdir() if one.name != LOCK]
    if foreign and not cleared:
        raise OtherRun(
            f"train: {folder} is no run and not empty, it holds {foreign[0]}; choose another folder"
        )
    _atomic.write(path, settings.text().encode())


def _read(path: Path) -> Settings:
    try:
        return Settings.read(path.read_text(encoding="utf-8"))
    except (ValueError, TypeError, AttributeError) as error:
        raise OtherRun(
            f"train: {path} is not of a run that this version knows ({error}); choose another "
            "folder, or pass overwrite=True to start anew"
        ) from None


def clear(folder: Path) -> bool:
    """Remove the files of a run, and nothing else; whether there was one."""
    if not (folder / SETTINGS).is_file():
        return False
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    for sheet in (folder / SHEETS).glob("step-*.png"):
        sheet.unlink()
    for events in (folder / TENSORBOARD).glob("events.out.tfevents.*"):
        events.unlink()
    for name in (SHEETS, TENSORBOARD):
        with contextlib.suppress(OSError):  # there is none, or something else in it
            (folder / name).rmdir()
    return True


def sweep(folder: Path) -> None:
    """Remove what a run that was killed left half-written."""
    _atomic.remove_unfinished(folder, FILES)
    for unfinished in (folder / SHEETS).glob(".step-*.png.*"):
        unfinished.unlink()


def sheet(folder: Path, step: int) -> Path:
    return folder / SHEETS / f"step-{step:06}.png"


def keep(path: Path, recipe: Recipe, network: Network, step: int) -> None:
    """Write a network's weights with what they are, as `harmonia.load` wants them."""
    notes = {
        _weights.ARCHITECTURE: recipe.method,
        _weights.LICENCE: "that of the data they were trained on",
        "trained_by": f"harmonia {version()}, {step} steps",
    }
    if recipe.shape:
        notes[_weights.SHAPE] = json.dumps(dict(recipe.shape))
    _atomic.write(path, _checkpoints.as_safetensors(network.state_dict(), notes))


def export(folder: Path, recipe: Recipe, *, best: bool) -> None:
    """Write the network as ONNX, from its weights, so that that of the run stays as it is."""
    weights, target = (BEST, BEST_ONNX) if best else (LAST, LAST_ONNX)
    network, name = _weights.open_network(recipe.method, folder / weights, where="train")
    export_onnx(Session(network, name), folder / target, overwrite=True)


def weights_in(path: Path, *, where: str) -> Path:
    """A file of weights as it is; of a run's folder the best ones, or else the last."""
    if not path.is_dir():
        return path
    for name in (BEST, LAST):
        if (path / name).is_file():
            return path / name
    raise FileNotFoundError(f"{where}: {path} is no run with weights: it has no {BEST} nor {LAST}")
