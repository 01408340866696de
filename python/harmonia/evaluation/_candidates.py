"""What is compared: methods, networks, folders of finished pictures, and the composite itself."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harmonia import io
from harmonia.api import load
from harmonia.datasets import Sample
from harmonia.evaluation._finished import Finished

Pixels = Any
Compute = Callable[[Sample], Pixels]

COMPOSITE = "composite"
LABEL = re.compile(r"\w[\w.+-]*")


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
                f"evaluation: {self.label!r} cannot be a label, since it names a folder; letters, "
                "digits and _ . + - serve, and one of the first three begins it"
            )
        if self.method is not None and self.folder is not None:
            raise ValueError(
                f"evaluation: {self.label} has a method and a folder; give one of the two"
            )

    def open(self) -> Compute:
        """The function itself, loaded once; safe to call from many threads."""
        if self.folder is not None:
            finished = Finished(self.folder)
            return lambda sample: io.read(finished.path(sample.name)).pixels[..., :3]
        if self.method is None:
            return _composite
        harmonizer = load(self.method, **self.options)
        return lambda sample: harmonizer(sample.composite, sample.mask)

    def identity(self) -> dict[str, Any]:
        """What tells it apart from another of the same label, in values that JSON has.

        Of weights that is what the file holds, of a folder where it is.
        """
        said: dict[str, Any] = {"method": self.method, "options": {}}
        for name, value in sorted(self.options.items()):
            path = Path(value) if name == "weights" and isinstance(value, (str, Path)) else None
            said["options"][name] = (
                _digest(path) if path is not None and path.is_file() else str(value)
            )
        if self.folder is not None:
            said["folder"] = str(self.folder.absolute())
        return said


def _composite(sample: Sample) -> Pixels:
    return sample.composite


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
