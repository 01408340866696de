"""Tables made from nothing and from other tables."""

from typing import Any

import numpy as np

from harmonia._lut_files.contents import lattice
from harmonia.lut.apply import INTERPOLATIONS, Interpolation, apply_lut3d, check_choice
from harmonia.transform import MOST_NODES, UNIT, Floats, Lut, check_size

Size = int | tuple[int, int, int]


def identity(size: int = 33) -> Lut:
    """The table that changes nothing.

    >>> look = harmonia.lut.identity(17)
    >>> bool((look.apply(image) == image).all())
    True
    """
    check_size(size, where="identity: size")
    return Lut(lattice((size,) * 3, UNIT))


def resize(
    lut: Lut, size: Size, *, interpolation: Interpolation = "trilinear", bake: bool = False
) -> Lut:
    """The table at another number of nodes: its values where the new nodes lie.

    Parameters
    ----------
    size
        Nodes along every axis, or along red, green and blue.
    interpolation
        How the table is read between its nodes, as for `apply_lut3d`.
    bake
        Whether a shaper goes into the nodes, so that the result has none and spans the domain of
        the shaper. What the shaper bends between two nodes is lost. Otherwise it is kept.

    Where the number of steps is multiplied, as from 17 nodes to 33, every old node is kept bit by
    bit and nothing is lost. Fewer nodes are a selection, not an average.

    >>> look = harmonia.fit(image, mask, "mkl").to_lut(17)
    >>> finer = harmonia.lut.resize(look, 33)
    >>> bool((finer.nodes[::2, ::2, ::2] == look.nodes).all())
    True
    """
    check_lut(lut, where="resize: lut")
    sizes = check_sizes(size, where="resize: size")
    check_choice(interpolation, INTERPOLATIONS, where="resize: interpolation")
    if bake and lut.shaper is not None:
        baked = through(lut, lattice(sizes, lut.shaper_domain), interpolation)
        return Lut(baked, lut.shaper_domain, title=lut.title)
    if sizes == lut.size:
        return lut
    stretch = _stretch_between_eight if interpolation == "trilinear" else _stretch_between_four
    nodes = stretch(lut.nodes, sizes).astype(np.float32)
    return Lut(nodes, lut.domain, lut.shaper, lut.shaper_domain, lut.title)


def compose(
    *luts: Lut, size: Size | None = None, interpolation: Interpolation = "trilinear"
) -> Lut:
    """One table for several in a row, the first one first: `second(first(colour))`.

    It has the domain and the shaper of the first. At its nodes it is the chain itself, each table
    read with `interpolation` and clamped to its domain. Between the nodes it is an approximation,
    whose error falls with the square of the distance between them where tables are smooth; where
    all but the first are affine, or the first is an identity and no coarser, there is none.

    Parameters
    ----------
    size
        Nodes along every axis, or along red, green and blue. Without it the steps of the first
        table are divided until they are no coarser than those of any other, so that its own nodes
        stay; where that takes more than 129 nodes, it has as many as the finest of them all.

    >>> look = harmonia.fit(image, mask, "mkl").to_lut(33)
    >>> twice = harmonia.lut.compose(look, look)
    >>> twice.size
    (33, 33, 33)
    """
    if not luts:
        raise ValueError("compose: luts must be one table or more, got none")
    for number, lut in enumerate(luts):
        check_lut(lut, where=f"compose: luts[{number}]")
    sizes = _common_sizes(luts) if size is None else check_sizes(size, where="compose: size")
    first = resize(luts[0], sizes, interpolation=interpolation)
    colours = first.nodes
    for lut in luts[1:]:
        colours = through(lut, colours, interpolation)
    return Lut(colours, first.domain, first.shaper, first.shaper_domain)


def through(lut: Lut, colours: Floats, interpolation: Interpolation = "trilinear") -> Floats:
    """What a table makes of colours in any arrangement (..., 3)."""
    rows = np.ascontiguousarray(colours).reshape(len(colours), -1, 3)
    return apply_lut3d(rows, lut, interpolation=interpolation).reshape(colours.shape)


def check_lut(lut: object, *, where: str) -> None:
    if not isinstance(lut, Lut):
        raise TypeError(
            f"{where} must be a harmonia.lut.Lut, got {type(lut).__name__}; "
            "make one of nodes (R, G, B, 3) with Lut(nodes)"
        )


def check_sizes(size: Any, *, where: str) -> tuple[int, int, int]:
    """Nodes along red, green and blue from one number or three."""
    sizes = tuple(size) if isinstance(size, tuple | list) else (size,) * 3
    if len(sizes) != 3:
        raise ValueError(f"{where} must be one number or three, got {size!r}")
    for count in sizes:
        check_size(count, where=where)
    red, green, blue = (int(count) for count in sizes)
    return red, green, blue


def _common_sizes(luts: tuple[Lut, ...]) -> tuple[int, int, int]:
    sizes = []
    for axis in range(3):
        own, finest = luts[0].size[axis] - 1, max(lut.size[axis] for lut in luts) - 1
        steps = own * -(-finest // own)
        sizes.append((steps if steps < MOST_NODES else finest) + 1)
    red, green, blue = sizes
    return red, green, blue


def _places(old: int, new: int) -> tuple[Any, Any]:
    """The cell and the share of the way through it, exact at nodes that fall on old ones."""
    place = np.arange(new) * (old - 1)
    cell = np.minimum(place // (new - 1), old - 2)
    return cell, (place - cell * (new - 1)) / (new - 1)


def _stretch_between_eight(nodes: Floats, sizes: tuple[int, int, int]) -> Any:
    """Trilinear interpolation is linear along one axis after the other."""
    values = nodes.astype(np.float64)
    for axis, new in enumerate(sizes):
        if new == values.shape[axis]:
            continue
        cell, share = _places(values.shape[axis], new)
        share = share.reshape([-1 if a == axis else 1 for a in range(4)])
        before, after = values.take(cell, axis), values.take(cell + 1, axis)
        values = (1 - share) * before + share * after
    return values


def _stretch_between_four(nodes: Floats, sizes: tuple[int, int, int]) -> Any:
    """From a cell's own node along the axes, the largest share first."""
    places = [_places(old, new) for old, new in zip(nodes.shape, sizes, strict=False)]
    cells, shares = ([place[i] for place in places] for i in (0, 1))
    out = np.empty((*sizes, 3))
    for red in range(sizes[0]):  # a plane at a time, for the memory
        plane = [cells[0][red : red + 1], *cells[1:]]
        at = np.stack(np.meshgrid(*plane, indexing="ij"), axis=-1)
        plane = [shares[0][red : red + 1], *shares[1:]]
        share = np.stack(np.meshgrid(*plane, indexing="ij"), axis=-1)
        order = np.argsort(-share, axis=-1, kind="stable")
        falling = np.take_along_axis(share, order, axis=-1)
        total = (1 - falling[..., :1]) * nodes[at[..., 0], at[..., 1], at[..., 2]]
        for step in range(3):
            np.put_along_axis(
                at, order[..., step : step + 1],
                np.take_along_axis(at, order[..., step : step + 1], axis=-1) + 1, axis=-1,
            )  # fmt: skip
            following = falling[..., step + 1 : step + 2] if step < 2 else 0.0
            weight = falling[..., step : step + 1] - following
            total = total + weight * nodes[at[..., 0], at[..., 1], at[..., 2]]
        out[red] = total[0]
    return out
