"""What a LUT file holds, whatever its format, and the error for one that does not hold it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float32]]
Corners = tuple[Sequence[float], Sequence[float]]  # a lowest and a highest value a channel

UNIT: Corners = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


class Contents(NamedTuple):
    """A table, float32 (R, G, B, 3), and the curve before it, (n, 3), with what they are for."""

    nodes: Floats
    domain: Corners = UNIT
    shaper: Floats | None = None
    shaper_domain: Corners = UNIT
    title: str = ""


class LutFileError(ValueError):
    """A file that does not hold what its format demands: where, what was wanted, what came."""

    def __init__(self, name: str, said: str, line: int | None = None) -> None:
        super().__init__(name, said, line)
        self.name, self.line = name, line

    def __str__(self) -> str:
        name, said, line = self.args
        return f"{name}: {said}" if line is None else f"{name}, line {line}: {said}"


def lattice(sizes: tuple[int, int, int], domain: Corners) -> Floats:
    """The colours at the nodes of a table, (R, G, B, 3)."""
    axes = [
        np.linspace(low, high, count, dtype=np.float32)
        for low, high, count in zip(*domain, sizes, strict=True)
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def check_cubic(contents: Contents, kind: str) -> int:
    """The nodes along every axis, as all these formats have them."""
    sizes: tuple[int, ...] = contents.nodes.shape[:3]
    if len(set(sizes)) != 1:
        raise ValueError(
            f"{kind} has as many nodes along every axis, this table has {sizes}; "
            f"use harmonia.lut.resize(lut, {max(sizes)})"
        )
    return sizes[0]


def check_plain(contents: Contents, kind: str) -> None:
    """Formats of integers hold a table over 0..1, of values within it."""
    if contents.shaper is not None:
        raise ValueError(
            f"{kind} holds no shaper; use harmonia.lut.resize(lut, size, bake=True) or save as "
            ".cube"
        )
    if contents.domain != UNIT:
        raise ValueError(
            f"{kind} has the domain 0..1, this table {contents.domain}; "
            "use lut.to_lut(size) or save as .cube"
        )
    least, most = float(contents.nodes.min()), float(contents.nodes.max())
    if least < 0 or most > 1:
        raise ValueError(
            f"{kind} holds values within 0..1, this table has {least:.9g}..{most:.9g}; "
            "clip it with numpy.clip(lut.nodes, 0, 1) or save as .cube"
        )


def check_bits(bits: int, choices: tuple[int, ...], kind: str) -> None:
    if bits not in choices or isinstance(bits, bool):
        raise ValueError(f"{kind} has {', '.join(map(str, choices))} bits, got {bits!r}")
