"""The commands that measure the same once more and write its report."""

import re
import shlex
from pathlib import Path
from typing import Any

from harmonia import _json
from harmonia.evaluation._candidates import COMPOSITE, Candidate
from harmonia.evaluation._plan import Plan
from harmonia.evaluation._results import Results

UNKNOWN_ROOT = "DIR"
OWN = ("subset", "split", "limit", "seed", "of", "without_real")  # of a choice, that are flags


def commands(results: Results, output: Path, plan: Plan | None) -> str:
    """What a shell takes; without a plan, folders and weights are left to the reader."""
    words = ["harmonia", "evaluate", "--dataset", results.dataset]
    words += ["--root", _root(plan), *_choice(results.choice)]
    words += ["--methods", ",".join(_methods(results, plan))]
    words += ["--protocol", re.sub(r"-\d+$", "", results.protocol)]
    words += ["--size", str(results.size), "--metrics", ",".join(results.metrics)]
    words += ["-o", str(results.folder)]
    report = ["harmonia", "report", str(results.folder), "-o", str(output)]
    if plan is None:
        report.append("--no-pictures")
    return f"{shlex.join(words)}\n{shlex.join(report)}"


def _root(plan: Plan | None) -> str:
    if plan is None or plan.dataset.origin is None:
        return UNKNOWN_ROOT
    return plan.dataset.origin.root


def _choice(choice: dict[str, Any]) -> list[str]:
    words = []
    if choice.get("split") is not None:
        words += ["--split", str(choice["split"])]
    if choice.get("subset"):
        subset = choice["subset"]
        words += ["--subset", subset if isinstance(subset, str) else ",".join(subset)]
    if choice.get("limit") is not None:
        words += ["--limit", str(choice["limit"]), "--seed", str(choice.get("seed", 0))]
    for name, value in choice.items():
        if name not in OWN:
            words += ["--set", f"{name}={value}"]
    return words


def _methods(results: Results, plan: Plan | None) -> list[str]:
    if plan is not None:
        known = {each.label: each for each in plan.candidates}
    else:
        known = {label: _candidate(results, label) for label in results.labels}
    return [_text(known[label]) for label in results.labels if label in known]


def _candidate(results: Results, label: str) -> Candidate:
    path = results.folder / "rows" / f"{label}.json"
    said = _json.read(path)
    folder = Path(said["folder"]) if "folder" in said else None
    return Candidate(label, said["method"], said["options"], folder)


def _text(candidate: Candidate) -> str:
    """As the command line takes it."""
    options = dict(candidate.options)
    weights = options.pop("weights", None)
    options.pop("device", None)
    what = str(candidate.folder) if candidate.folder else candidate.method or COMPOSITE
    what += "" if weights is None else f":{weights}"
    text = what if what == candidate.label else f"{candidate.label}={what}"
    return ":".join([text, *(f"{name}={value}" for name, value in options.items())])
