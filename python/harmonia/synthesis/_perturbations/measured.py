"""Measured changes of light, from a file of the user's: polynomials that take colours to colours.

The file is an .npz with `to_standard` and `from_standard`, float (N, 3, 11) each. Row c of a matrix
gives channel c from `[r g b rg rb gb rr gg bb rgb 1]`, in codes 0..255. What was taken in light i
comes to light j by `from_standard[j]` after `to_standard[i]`.
"""

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from harmonia.synthesis._perturbations import _nodes
from harmonia.transform import Lut

Floats = np.ndarray[Any, np.dtype[np.float32]]

MOST = 1e9
SIZE = 17  # nodes: between them a polynomial bends by half a level at most
LEAST_SHARE, MOST_SHARE = 0.6, 1.0


@dataclass(frozen=True, eq=False)
class Lights:
    """What a file holds, as float32."""

    to_standard: Floats
    from_standard: Floats


@dataclass(frozen=True, slots=True)
class Measured:
    """From one light to another, mixed with what was: `share` of the change."""

    source: int
    target: int
    share: float
    lights: Lights = field(repr=False, compare=False)

    def transform(self) -> Lut:
        nodes = _nodes.colours(SIZE)
        codes = np.float32(255) * np.ascontiguousarray(nodes.reshape(-1, 3).T)
        changed = codes
        for matrix in (
            self.lights.to_standard[self.source],
            self.lights.from_standard[self.target],
        ):
            changed = np.clip(polynomial(matrix, changed), 0, 255)
        mixed = codes + np.float32(self.share) * (changed - codes)
        found: Floats = np.divide(mixed.T, 255, dtype=np.float32)
        return _nodes.table(found.reshape(nodes.shape))


def read(path: Path) -> Lights:
    """The changes in a file."""
    where = f"measured: {path}"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            found = {name: np.asarray(stored[name]) for name in stored.files if "standard" in name}
    except (ValueError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{where} is no .npz file of arrays ({error})") from None
    for name in ("to_standard", "from_standard"):
        if name not in found:
            raise ValueError(f"{where} must hold to_standard and from_standard; there is no {name}")
        matrices = found[name]
        if matrices.ndim != 3 or matrices.shape[1:] != (3, 11) or len(matrices) < 2:
            raise ValueError(
                f"{where}: {name} must have shape (N, 3, 11), at least two, got {matrices.shape}"
            )
        if matrices.dtype.kind != "f" or not (np.abs(matrices) < MOST).all():  # nor NaN
            raise ValueError(
                f"{where}: {name} must be finite floats within {MOST:g}, got {matrices.dtype}"
            )
    to, back = (found[name].astype(np.float32) for name in ("to_standard", "from_standard"))
    if len(to) != len(back):
        raise ValueError(
            f"{where}: to_standard and from_standard must be as many, got {len(to)} and {len(back)}"
        )
    return Lights(to, back)


def draw(rng: np.random.Generator, strength: float, lights: Lights) -> Measured:
    """Another light by chance; a smaller strength dilutes it more."""
    source, target = rng.choice(len(lights.to_standard), 2, replace=False)
    share = float(rng.uniform(LEAST_SHARE, MOST_SHARE))
    return Measured(int(source), int(target), strength * share, lights)


def polynomial(matrix: Floats, codes: Floats) -> Floats:
    """(3, n) of (3, n). Term by term, in a fixed order: a product of matrices would differ from
    one library to another, and take its threads."""
    r, g, b = codes
    terms = (r, g, b, r * g, r * b, g * b, r * r, g * g, b * b, r * g * b)
    found: Floats = np.repeat(matrix[:, 10:], codes.shape[1], axis=1)
    for term, factors in zip(terms, matrix.T, strict=False):
        found += factors[:, None] * term
    return found
