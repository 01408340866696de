"""Where samples and candidates of a folder of results came from, so that a plan is made of it anew.

results/origin/dataset.json          the name, root and options that `datasets.load` was given
results/origin/samples.txt           a line a sample: what the dataset's list says of it
results/origin/methods/LABEL.json    method, options, and folder of finished pictures

No number depends on them: a dataset may be moved, and the rows stay what they are.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from harmonia import _atomic, _json, datasets
from harmonia.datasets import Dataset
from harmonia.evaluation import _parts
from harmonia.evaluation._candidates import Candidate
from harmonia.evaluation._parts import OtherRun
from harmonia.evaluation._plan import Plan, Size
from harmonia.metrics import Protocol, find_protocol

WHERE = "evaluation.reopen"


def record(folder: Path, plan: Plan) -> None:
    """Write down what is not there yet, or has moved."""
    place = folder / "origin"
    (place / "methods").mkdir(parents=True, exist_ok=True)
    if plan.dataset.origin is not None:
        name, root, options = plan.dataset.origin
        said = {"name": name, "root": str(Path(root).absolute()), "options": dict(options)}
        _keep(place / "dataset.json", _text(said))
        _keep(place / "samples.txt", "".join(f"{line}\n" for line in plan.dataset.lines))
    for candidate in plan.candidates:
        _keep(_path(folder, candidate.label), _text(_said(candidate)))


def sweep(folder: Path, plan: Plan) -> None:
    """What was left half-written; only where nobody writes now."""
    place = folder / "origin"
    _atomic.remove_unfinished(place, ["dataset.json", "samples.txt"])
    names = [f"{candidate.label}.json" for candidate in plan.candidates]
    _atomic.remove_unfinished(place / "methods", names)


def reopen(folder: Path, root: Path | None) -> Plan:
    run = _parts.said_of_run(folder)
    plan = Plan(
        _dataset(folder, root),
        tuple(_candidate(folder, label) for label in _parts.labels(folder)),
        _protocol(run["protocol"], run["size"]),
        tuple(run["metrics"]),
        run["size"],
        run["shard_size"],
        run.get("choice", {}),
    )
    said = plan.identity()
    differing = [name for name in ("samples", "list", "protocol_says") if said[name] != run[name]]
    if differing:
        raise OtherRun(
            f"{WHERE}: {folder} was measured with another {differing[0]} than is found now"
        )
    return plan


def _protocol(name: str, size: Size) -> Protocol:
    """That of a name, or one that was brought to another size."""
    try:
        return find_protocol(name, where=WHERE)
    except ValueError:
        if size == "native":
            raise
        base = find_protocol(re.sub(r"-\d+$", "", name), where=WHERE)
        return replace(base, name=name, size=size)


def _dataset(folder: Path, root: Path | None) -> Dataset:
    said = _read(folder / "origin" / "dataset.json")
    if said is None:
        raise ValueError(
            f"{WHERE}: {folder} does not say where its samples are, since its dataset did not come "
            "from datasets.load; make a plan with that dataset"
        )
    at = Path(said["root"]) if root is None else root
    if not at.is_dir():
        raise NotADirectoryError(
            f"{WHERE}: root: there is no folder {at}; pass that of {said['name']}"
        )
    lines = (folder / "origin" / "samples.txt").read_text(encoding="utf-8").split("\n")[:-1]
    return datasets.load(said["name"], at, **said["options"]).of(lines)


def _candidate(folder: Path, label: str) -> Candidate:
    said = _read(_path(folder, label))
    if said is None:
        raise ValueError(
            f"{WHERE}: {folder} does not say what {label!r} is; run the evaluation again, which "
            "measures nothing anew"
        )
    its_folder = None if said["folder"] is None else Path(said["folder"])
    return Candidate(label, said["method"], said["options"], its_folder)


def _said(candidate: Candidate) -> dict[str, Any]:
    options = {
        name: str(Path(value).absolute()) if name == "weights" and Path(value).is_file() else value
        for name, value in candidate.options.items()
    }
    folder = None if candidate.folder is None else str(candidate.folder.absolute())
    return {"method": candidate.method, "options": options, "folder": folder}


def _path(folder: Path, label: str) -> Path:
    return folder / "origin" / "methods" / f"{label}.json"


def _text(said: dict[str, Any]) -> str:
    return json.dumps(said, indent=2, default=str) + "\n"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return _json.read(path)
    except FileNotFoundError:
        return None


def _keep(path: Path, text: str) -> None:
    data = text.encode()
    if not path.is_file() or path.read_bytes() != data:
        _atomic.write(path, data)
