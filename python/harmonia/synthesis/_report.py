"""What a synthesis says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Progress(NamedTuple):
    """How far a synthesis is.

    Attributes
    ----------
    done, total
        Composites there of those wanted, or without a `count` tasks done of all.
    written, left_out, failed
        What this run has done: composites, and tasks that gave none.
    """

    done: int
    total: int
    written: int
    left_out: int
    failed: int


class Failure(NamedTuple):
    """A task that could not be done, such as one of a source that cannot be read, and why."""

    name: str
    error: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a synthesis made.

    Attributes
    ----------
    output
        The folder of the set.
    tasks
        How many composites the sources could give.
    wanted
        How many were asked for; None for all.
    composites
        How many are there now.
    written
        How many of those this run wrote; the others were there.
    left_out
        How many tasks gave none, by the reason that most of their attempts had.
    failures
        Tasks that could not be done; another run tries them again.
    seconds
        How long it took.
    """

    output: Path
    tasks: int
    wanted: int | None
    composites: int
    written: int
    left_out: Mapping[str, int]
    failures: tuple[Failure, ...]
    seconds: float

    @property
    def missing(self) -> int:
        """How many composites there are too few of those wanted."""
        return 0 if self.wanted is None else max(0, self.wanted - self.composites)
