"""A dataset with the looks of another: what a trained translator makes of it, as files.

OUT/<the dataset's own paths>    composites and reals translated, masks as they are
OUT/translation.json             which weights, and of which samples
OUT/samples.jsonl                a line a sample, once all are there
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from harmonia import _atomic, _folder_lock, _json, datasets, io
from harmonia.datasets import Dataset, Entry, Sample
from harmonia.nets import _checkpoints, _translators, _weights
from harmonia.nets._checkpoints import WeightsError
from harmonia.nets._session import Session
from harmonia.synthesis._set_files import grey_png
from harmonia.training import _run_folder
from harmonia.training._settings import OtherRun

WHERE = "translate"
SETTINGS, MANIFEST, LOCK = "translation.json", "samples.jsonl", ".lock"
FORMAT = 1

Pixels = np.ndarray[Any, Any]


class _Files(NamedTuple):
    """Those of a sample below the folder that is written to."""

    composite: Path
    mask: Path
    real: Path | None


def translate(
    run: str | PathLike[str],
    dataset: Dataset,
    out: str | PathLike[str],
    *,
    device: str | torch.device | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Dataset:
    """Write a dataset as a translator has it, and open what was written.

    The same call again goes on where an earlier one ended: files that are there are whole. What is
    given back is that of `datasets.load("folder", out, manifest="samples.jsonl")`; it has the
    names, subsets and extras of the dataset, so that `train` takes it for it, alone or joined with
    another by `datasets.join`.

    Pictures keep their sizes; their change at the translator's own size is enlarged. Composite and
    real go through it each by itself, as a whole, so that their backgrounds are no longer equal.

    Parameters
    ----------
    run
        A run of the recipe "cyclegan", "cut" or "unit", or its file of weights.
    dataset
        Of `datasets.load`, such as the "rendered" one that the translator was trained with.
    out
        The folder to write to.
    device
        Where the translator is: the first GPU, or the CPU where there is none.
    progress
        Called after each sample with how many are done, and how many there are.
    """
    if not isinstance(dataset, Dataset):
        raise TypeError(
            f"{WHERE}: dataset must be one of harmonia.datasets.load, got {type(dataset).__name__}"
        )
    if not len(dataset):
        raise ValueError(f"{WHERE}: dataset {dataset.name} has no samples")
    session, file = _opened(Path(run))
    session.network.to(torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu")))
    folder, root = Path(out), _common(dataset)
    if folder.absolute() == root:
        raise ValueError(f"{WHERE}: out must be another folder than that of {dataset.name}, {root}")
    said = {
        "format": FORMAT,
        "translator": session.method,
        "weights": _weights.sha256_of(file),
        "dataset": dataset.name,
        "samples": len(dataset),
        "list": hashlib.sha256("\n".join(dataset.lines).encode()).hexdigest(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with _folder_lock.locked(folder / LOCK):
        _claim(folder, said)
        _sweep(folder, root, dataset)
        rows = []
        for number, entry in enumerate(dataset.entries(), 1):
            files = _files(entry, root)
            _write(session, dataset, entry, folder, files)
            rows.append(_row(entry, files))
            if progress is not None:
                progress(number, len(dataset))
        _atomic.write(folder / MANIFEST, "".join(f"{row}\n" for row in rows).encode())
    return datasets.load("folder", folder, manifest=MANIFEST)


def _opened(run: Path) -> tuple[Session, Path]:
    file = _run_folder.weights_in(run, where=f"{WHERE}: run")
    state, notes = _checkpoints.read(file)
    name = notes.get(_weights.ARCHITECTURE, "")
    if name not in _translators.TRANSLATORS:
        known = ", ".join(_translators.TRANSLATORS)
        raise WeightsError(
            f"{WHERE}: run: {file} holds weights of {name or 'a network that it does not name'}; "
            f"a translator is one of {known}"
        )
    try:
        network = _translators.make(name, _json.parse(notes.get(_weights.SHAPE, "{}")))
    except (TypeError, ValueError) as error:
        raise WeightsError(f"{file}: its header tells no shape of {name}: {error}") from error
    wrong = _weights.misfits(network.state_dict(), state)
    if wrong:
        raise WeightsError(f"{file}: is not of {name}: {_checkpoints.listed(wrong)}")
    network.load_state_dict(state)
    return Session(network.eval(), name), file


def _paths(entry: Entry) -> Iterator[Path]:
    yield entry.composite.absolute()
    yield entry.mask.absolute()
    if entry.real is not None:
        yield entry.real.absolute()


def _common(dataset: Dataset) -> Path:
    """The folder that all files of a dataset are below."""
    folders = {path.parent for entry in dataset.entries() for path in _paths(entry)}
    return Path(os.path.commonpath(folders))


def _files(entry: Entry, root: Path) -> _Files:
    composite, mask, *real = (path.relative_to(root) for path in _paths(entry))
    return _Files(composite, mask, real[0] if real else None)


def _claim(folder: Path, said: dict[str, Any]) -> None:
    """Say what is written there, or find that it is this."""
    path = folder / SETTINGS
    if path.is_file():
        there = _json.read(path)
        differing = [name for name in said if there.get(name) != said[name]]
        if differing:
            raise OtherRun(
                f"{WHERE}: {folder} holds a translation with another {' and '.join(differing)}; "
                "choose another folder"
            )
        return
    foreign = [one.name for one in folder.iterdir() if one.name != LOCK]
    if foreign:
        raise OtherRun(
            f"{WHERE}: {folder} is no translation and not empty, it holds {foreign[0]}; choose "
            "another folder"
        )
    _atomic.write(path, (json.dumps(said, indent=2) + "\n").encode())


def _sweep(folder: Path, root: Path, dataset: Dataset) -> None:
    """Remove what a run that was killed left half-written."""
    names: dict[Path, set[str]] = {folder: {MANIFEST, SETTINGS}}
    for entry in dataset.entries():
        for path in _files(entry, root):
            if path is not None:
                names.setdefault(folder / path.parent, set()).add(path.name)
    for place, own in names.items():
        _atomic.remove_unfinished(place, own)


def _write(session: Session, dataset: Dataset, entry: Entry, folder: Path, files: _Files) -> None:
    """What is not there yet; a mask or a real may serve several composites."""
    wanted = [path for path in files if path is not None and not (folder / path).is_file()]
    if not wanted:
        return
    sample = dataset.read(entry)
    for path in wanted:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path == files.mask:
            _atomic.write(target, _mask(entry, sample))
        else:
            pixels = sample.composite if path == files.composite else sample.real
            io.write(target, _translated(session, np.asarray(pixels)), overwrite=True)


def _mask(entry: Entry, sample: Sample) -> bytes:
    """Its file, unless it was made to fit its composite."""
    if not sample.notes:
        return entry.mask.read_bytes()
    mask = sample.mask
    if mask.dtype != np.uint8:
        mask = np.rint(255 * mask.clip(0, 1)).astype(np.uint8)
    return grey_png(mask)


def _translated(session: Session, pixels: Pixels) -> Pixels:
    everywhere = np.ones(pixels.shape[:2], dtype=bool)
    values: Pixels = session.raw(pixels, everywhere).clip(0, 1)
    if pixels.dtype.kind == "f":
        return values
    codes: Pixels = np.rint(values * np.iinfo(pixels.dtype).max).astype(pixels.dtype)
    return codes


def _row(entry: Entry, files: _Files) -> str:
    row: dict[str, Any] = {
        "name": entry.name,
        "composite": files.composite.as_posix(),
        "mask": files.mask.as_posix(),
    }
    if files.real is not None:
        row["real"] = files.real.as_posix()
    if entry.subset:
        row["subset"] = entry.subset
    return json.dumps({**row, **entry.extras}, ensure_ascii=False)
