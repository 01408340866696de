"""All that decides the numbers of a run, as `run.json` keeps it."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from harmonia._registry import check_known

Precision = Literal["float32", "bfloat16"]


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
    validation
        What the network is tried on, told as data is, or {"share": ...} of the first source's that
        is held back; empty for nothing.
    protocol
        How it is scored there.
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
    validation: Mapping[str, Any] = field(default_factory=dict)
    protocol: str = ""
    start: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = "train"
        for name in ("size", "batch", "steps", "accumulate"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{where}: {name} must be a whole number above 0, got {value!r}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise ValueError(f"{where}: seed must be a whole number from 0 on, got {self.seed!r}")
        if not self.rate > 0:
            raise ValueError(f"{where}: rate must be above 0, got {self.rate!r}")
        if not 0 <= self.average < 1:
            raise ValueError(f"{where}: average must be from 0 to below 1, got {self.average!r}")
        if self.precision not in get_args(Precision):
            wanted = " or ".join(map(repr, get_args(Precision)))
            raise ValueError(f"{where}: precision must be {wanted}, got {self.precision!r}")

    @property
    def batch_of_step(self) -> int:
        return self.batch * self.accumulate

    def text(self) -> str:
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    @classmethod
    def read(cls, text: str) -> "Settings":
        said = json.loads(text)
        check_known(said, [one.name for one in dataclasses.fields(cls)], "run", where="train")
        return cls(**said)

    def differences(self, other: "Settings") -> list[str]:
        """What is otherwise there, in words."""
        mine, theirs = json.loads(self.text()), json.loads(other.text())
        return [
            f"{name} {theirs[name]!r} and not {mine[name]!r}"
            for name in mine
            if mine[name] != theirs[name]
        ]
