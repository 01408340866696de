"""One composite: attempts, each with chance of its own, until one is good and filters accept it."""

import hashlib
import math
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harmonia import api, io
from harmonia.synthesis._recipe import Made, Recipe, Task, Unusable
from harmonia.synthesis._score import Score

ATTEMPTS = 8
METRICS = ("mse", "fmse", "psnr", "background_mse")


class Unreadable(ValueError):
    """A source that cannot be read: it may be put right, so that the task is not done with."""


class Stopped(Exception):
    """The run ends, and nothing more is begun."""


@dataclass(frozen=True, slots=True, eq=False)
class Accepted:
    """A composite that goes into the set.

    Attributes
    ----------
    attempt
        From 0; those before it gave none.
    numbers
        mse, fmse, psnr and foreground of the pixels as they were made.
    scores
        What each filter said.
    """

    made: Made
    attempt: int
    numbers: Mapping[str, float]
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """No attempt gave a composite: why each did not."""

    reasons: tuple[str, ...]


def rng_of(seed: int, attempt: int, task: Task) -> np.random.Generator:
    """The chance of an attempt: of the seed and the name alone, so that no order can show.

    Philox counts with 256 bits. The upper half is the digest of the name, the lower counts draws.
    """
    digest = hashlib.sha256(f"{task.subset}/{task.name}".encode()).digest()
    counter = np.zeros(4, np.uint64)
    counter[2:] = np.frombuffer(digest[:16], "<u8")
    key = np.array([seed, attempt], np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))


def make(
    recipe: Recipe,
    task: Task,
    seed: int,
    filters: Mapping[str, Score],
    stop: threading.Event,
) -> Accepted | LeftOut:
    """The first of `ATTEMPTS` attempts that is a composite and that every filter accepts.

    Where none is, and a file that cannot be read was why for one, this is `Unreadable`.
    """
    reasons = []
    unreadable = ""
    for attempt in range(ATTEMPTS):
        if stop.is_set():
            raise Stopped
        rng = rng_of(seed, attempt, task)
        before = _state(rng)
        try:
            found = _attempt(recipe, task, rng, attempt, filters)
        except Unusable as reason:
            found = " ".join(str(reason).split()) or "unusable"
            if isinstance(reason.__cause__, OSError | io.ImageFileError | io.ProfileError):
                unreadable = unreadable or found
        if isinstance(found, Accepted):
            return found
        reasons.append(found)
        if _state(rng) == before:  # nothing was left to chance: another attempt is the same
            break
    if unreadable:
        raise Unreadable(unreadable)
    return LeftOut(tuple(reasons))


def _attempt(
    recipe: Recipe,
    task: Task,
    rng: np.random.Generator,
    attempt: int,
    filters: Mapping[str, Score],
) -> Accepted | str:
    made = recipe.make(task, rng)
    _check(made)
    if not made.mask.any():
        return "the mask is empty"
    found = api.evaluate(made.composite, made.real, made.mask, METRICS)
    if isinstance(found, list) or found["background_mse"] > 0:
        raise ValueError("the recipe changed pixels where the mask is 0")
    if found["mse"] == 0:
        return "the composite is equal to its real"
    numbers = {name: round(found[name], 4) for name in METRICS[:3]}
    numbers["foreground"] = round(found.foreground_ratio, 6)
    scores = {}
    for name, one in filters.items():
        value = float(one.of(made.composite, made.mask, made.real))
        if not one.accepts(value):
            return f"filter {name}"
        scores[name] = round(value, 4)
    return Accepted(made, attempt, numbers, scores)


def _check(made: Made) -> None:
    """What a recipe must give; anything else is its defect, not one of a source."""
    size = made.real.shape[:2]
    for what, pixels, shape in (
        ("composite", made.composite, (*size, 3)),
        ("real", made.real, (*size, 3)),
        ("mask", made.mask, size),
    ):
        if pixels.dtype != np.uint8 or pixels.shape != shape or not pixels.size:
            raise ValueError(
                f"the recipe's {what} must be uint8 of shape {shape}, "
                f"got {pixels.dtype} of {pixels.shape}"
            )


def _state(rng: np.random.Generator) -> str:
    return repr(rng.bit_generator.state)


def plain(value: Any, base: Path) -> Any:
    """What JSON has: NaN and infinity are null, NumPy's numbers and arrays Python's, and paths
    relative to `base`, or names alone where they lead elsewhere.
    """
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(one, base) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one, base) for one in value]
    if isinstance(value, Path):
        real = Path(os.path.realpath(value))
        return real.relative_to(base).as_posix() if real.is_relative_to(base) else value.name
    return value
