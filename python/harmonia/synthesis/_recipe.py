"""What a recipe is: composites to be made, and how one of them is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

Pixels = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """A composite to be made.

    Attributes
    ----------
    name
        That of the composite in the set, without its suffix; its real and its mask follow from it.
    subset
        The folder in the set that it goes to, such as "HCOCO".
    split
        The list that it goes to. All composites of one real photograph have the same.
    content
        What the recipe needs to make it: paths and numbers, not pixels.
    """

    name: str
    subset: str
    split: Literal["train", "test"]
    content: Any


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A composite that was made.

    Attributes
    ----------
    composite
        (H, W, 3) uint8: the real with other colours where the mask is not 0.
    mask
        (H, W) uint8, 0..255.
    real
        (H, W, 3) uint8, from which the composite was made.
    original
        The JPEG that `real` was read from, where it can stand in the set as it is: upright, RGB,
        8 bits, sRGB or without a profile. None where it has to be encoded.
    facts
        How it was made, for the manifest: the method, its options, what the colours came from.
    """

    composite: Pixels
    mask: Pixels
    real: Pixels
    original: Path | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class Unusable(Exception):
    """This attempt gives no composite, and says why; another draw of chance may.

    One that is raised from an `OSError` or `ImageFileError` tells of a file that cannot be read. A
    task that gives no composite then counts as failed, and is tried again by the next run.
    """


class Layout(Protocol):
    """How a dataset names its files, and which lists it has."""

    def real(self, name: str) -> str:
        """The name of a composite's real, without suffix."""
        ...

    def mask(self, name: str) -> str:
        """The name of a composite's mask, without suffix."""
        ...

    def lists(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
        """The text of each list by its path within the set, from the rows of the manifest."""
        ...


class Recipe(Protocol):
    """A recipe with its sources open. It is read from many threads at once."""

    layout: Layout

    @property
    def tasks(self) -> Sequence[Task]:
        """All composites that the sources give, in an order of their own."""
        ...

    def make(self, task: Task, rng: np.random.Generator) -> Made:
        """Make one. All chance comes from `rng`, so that a seed gives the same bytes anywhere."""
        ...
