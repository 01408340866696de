"""All that decides the numbers of a run, as `run.json` keeps it."""

import dataclasses
import json
import math
import os
import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from harmonia import _json
from harmonia._registry import check_known
from harmonia.training._sources import PLACES
from harmonia.training._whole import check_whole

Precision = Literal["float32", "bfloat16"]


# What may be otherwise when a run goes on: no step depends on it. A best network is only the best
# of one validation, and begins anew with another.
FREE = ("validation", "protocol", "log_every", "save_every", "validate_every")


class OtherRun(ValueError):
    """A folder that holds a run with other settings."""


@dataclass(frozen=True)
class Settings:
    """What a run was asked for, and what the recipe's plan filled in.

    Attributes
    ----------
    recipe, options
        The recipe's name, and what it was told.
    data
        By the recipe's sources: what tells one dataset from another, see `_sources`.
    size
        The side of the squares that samples are brought to.
    batch
        Samples that go through the networks at a time, of all processes together.
    accumulate
        Such batches a step of the optimizers.
    steps
        Of the optimizers, in all.
    rate
        The learning rate at the beginning.
    seed
        What all chance comes from.
    precision
        What convolutions and products run in.
    average
        The share that an average of the weights keeps at each step; 0 for none. It is the average
        that is validated and exported.
    validation, protocol
        What the network is tried on, told as `data` is, or {"share": ...} of the first source's
        that is held back, and how it is scored; None for none.
    log_every, save_every, validate_every
        Steps between rows of the log, checkpoints, and validations; 0 for only after the last.
    start
        The weights that the network began from, {"file": ..., "sha256": ...}; empty for chance.
    """

    recipe: str
    data: Mapping[str, Mapping[str, Any]]
    size: int
    batch: int
    steps: int
    rate: float
    accumulate: int = 1
    seed: int = 0
    precision: Precision = "float32"
    average: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)
    validation: Mapping[str, Any] | None = None
    protocol: str | None = None
    log_every: int = 50
    save_every: int = 0
    validate_every: int = 0
    start: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = "train"
        for name in ("size", "batch", "steps", "accumulate"):
            check_whole(name, getattr(self, name), 1)
        for name in ("seed", "log_every", "save_every", "validate_every"):
            check_whole(name, getattr(self, name), 0)
        if not _is_number(self.rate) or not 0 < self.rate < math.inf:
            raise ValueError(f"{where}: rate must be a number above 0, got {self.rate!r}")
        if not _is_number(self.average) or not 0 <= self.average < 1:
            raise ValueError(f"{where}: average must be from 0 to below 1, got {self.average!r}")
        if self.precision not in get_args(Precision):
            wanted = " or ".join(map(repr, get_args(Precision)))
            raise ValueError(f"{where}: precision must be {wanted}, got {self.precision!r}")

    @property
    def batch_of_step(self) -> int:
        return self.batch * self.accumulate

    def text(self) -> str:
        try:
            return json.dumps(dataclasses.asdict(self), indent=2, default=_plain) + "\n"
        except TypeError as error:
            raise TypeError(
                f"train: options must be numbers, text or lists of them, so that a run can be told "
                f"({error})"
            ) from None

    @classmethod
    def read(cls, text: str) -> "Settings":
        said = _json.parse(text)
        check_known(said, [one.name for one in dataclasses.fields(cls)], "run", where="train")
        return cls(**said)

    def differences(self, other: "Settings") -> list[str]:
        """What is otherwise there and makes another run, in words; where files lie does not."""
        mine, theirs = (json.loads(one.text()) for one in (self, other))
        return [
            said
            for name in mine
            if name not in FREE
            for said in _differences(name, mine[name], theirs[name])
        ]

    def scores_as(self, other: "Settings") -> bool:
        """Whether its validation is to be compared with that of another."""
        pairs = ((one.validation or {}, one.protocol) for one in (self, other))
        (mine, by), (theirs, by_theirs) = pairs
        return by == by_theirs and not list(_differences("", _stored(mine), _stored(theirs)))


def _differences(name: str, mine: Any, theirs: Any) -> Iterator[str]:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in [*mine, *(key for key in theirs if key not in mine)]:
            if key not in PLACES:
                yield from _differences(f"{name} {key}", mine.get(key), theirs.get(key))
    elif mine != theirs:
        yield f"{name} {reprlib.repr(theirs)} and not {reprlib.repr(mine)}"


def _stored(value: Any) -> Any:
    return json.loads(json.dumps(value, default=_plain))


def _plain(value: Any) -> Any:
    """Paths as text, NumPy's numbers as Python's."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} is none of these")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
