"""What is compared: methods, networks, folders of finished pictures, and the composite itself."""

import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harmonia import io
from harmonia._image_files import SUFFIXES
from harmonia._registry import is_network, list_methods
from harmonia.api import load
from harmonia.datasets import Sample

Pixels = Any
Compute = Callable[[Sample], Pixels]

COMPOSITE = "composite"
LABEL = re.compile(r"[\w.+-]+")


@dataclass(frozen=True)
class Candidate:
    """Something that gives a picture for a sample. It goes through pickle; `open` does not.

    Attributes
    ----------
    label
        What tables call it, and the folder of its rows.
    method
        The name of a method or network; None where the pictures lie in a folder, or are the
        composites.
    options
        Those of `harmonia.load`.
    folder
        Where finished pictures lie, named as the composites.
    """

    label: str
    method: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    folder: Path | None = None

    def __post_init__(self) -> None:
        if not LABEL.fullmatch(self.label):
            raise ValueError(
                f"evaluation: the label {self.label!r} names a folder: letters, digits and . _ + - "
                "serve"
            )

    def open(self) -> Compute:
        """The function itself, loaded once; safe to call from many threads."""
        if self.folder is not None:
            return _Folder(self.folder)
        if self.method is None:
            return _composite
        harmonizer = load(self.method, **self.options)
        return lambda sample: harmonizer(sample.composite, sample.mask)

    def identity(self) -> dict[str, Any]:
        """What tells it apart from another of the same label, in values that JSON has."""
        said: dict[str, Any] = {"method": self.method, "options": {}}
        for name, value in sorted(self.options.items()):
            path = Path(value) if isinstance(value, (str, Path)) and name == "weights" else None
            said["options"][name] = (
                _digest(path) if path is not None and path.is_file() else str(value)
            )
        if self.folder is not None:
            said["folder"] = str(self.folder.absolute())
        return said


def candidate(text: str) -> Candidate:
    """A candidate as it is written on a command line.

    METHOD, composite, LABEL=METHOD, LABEL=DIR of finished pictures, NETWORK=WEIGHTS, or
    LABEL=NETWORK:WEIGHTS.
    """
    label, said, value = text.partition("=")
    if not said:
        label = value = text
    if value == COMPOSITE:
        return Candidate(label)
    if said and Path(value).is_dir():
        return Candidate(label, folder=Path(value))
    if said and is_network(label) and Path(value).is_file():
        return Candidate(label, label, {"weights": value})
    network, colon, weights = value.partition(":")
    if colon and is_network(network):
        if not Path(weights).is_file():
            raise FileNotFoundError(f"evaluation: {text}: there is no file {weights}")
        return Candidate(label, network, {"weights": weights})
    if value == "auto" or value in list_methods() or is_network(value):
        return Candidate(label, value)
    raise ValueError(
        f"evaluation: {text!r} is neither a method nor a folder; write METHOD, composite, "
        "LABEL=METHOD, LABEL=DIR, NETWORK=WEIGHTS or LABEL=NETWORK:WEIGHTS; methods are "
        f"{', '.join(list_methods())}"
    )


def _composite(sample: Sample) -> Pixels:
    return sample.composite


class _Folder:
    """Finished pictures, named as the composites, with any of the suffixes that are known."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._files: dict[str, str] | None = None

    def __call__(self, sample: Sample) -> Pixels:
        path = self._folder / self._names().get(sample.name, "")
        if path == self._folder:
            raise FileNotFoundError(f"{self._folder} has no picture of the name {sample.name}")
        return io.read(path).pixels[..., :3]

    def _names(self) -> dict[str, str]:
        """File names by their stems."""
        with self._lock:
            if self._files is None:
                found = (path.name for path in self._folder.iterdir())
                known = (name for name in sorted(found) if Path(name).suffix.lower() in SUFFIXES)
                self._files = {Path(name).stem: name for name in known}
            return self._files


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
