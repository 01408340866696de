"""Tables backwards: for a colour that a table gives, the one it gives it for.

Inside a cell a table is smooth, so Newton's method finds the way back. Damped as by Levenberg and
Marquardt and held inside the table, it ends at the nearest colour that the table gives where the
wanted one is out of reach.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from harmonia._lut_files.contents import lattice
from harmonia.lut.shape import Size, check_lut, check_sizes
from harmonia.transform import Corners, Lut

Doubles = np.ndarray[Any, np.dtype[np.float64]]

CLOSE = 1e-8  # as a share of the box of outputs: nodes in float32 say no more
MOST_STEPS = 40
CHUNK = 1 << 14  # colours at a time, for the cache


def invert(lut: Lut, *, size: Size | None = None) -> Lut:
    """The table that undoes another, found node by node with Newton's method.

    Parameters
    ----------
    size
        Nodes along every axis, or along red, green and blue. Without it as many as `lut` has.

    The inverse spans the unit cube and whatever `lut` gives beyond it. A colour that `lut` does
    not give is taken for the nearest that it gives, by a local search from the nearest node. Where
    `lut` gives a colour more than once, because it folds over or is flat, the inverse picks one;
    `folded_cells` and `flat_cells` of `analyse` say how much of it does. A shaper must rise or
    fall all the way, in every channel.

    Behind `lut`, the inverse is the identity at every node of its own that `lut` reaches. Between
    them the inverse is linear, and what it misses there falls with the square of their distance.

    >>> darker = harmonia.lut.Lut(harmonia.lut.identity(33).nodes ** 1.5)
    >>> back = harmonia.lut.invert(darker).apply(darker.apply(image))
    >>> bool(abs(back - 1.0 * image).mean() < 1)
    True
    """
    check_lut(lut, where="invert: lut")
    sizes = lut.size if size is None else check_sizes(size, where="invert: size")
    unshape = _backward_shaper(lut)
    flat = lut.nodes.reshape(-1, 3).astype(np.float64)
    low, high = np.minimum(flat.min(axis=0), 0), np.maximum(flat.max(axis=0), 1)
    outputs = (tuple(low.tolist()), tuple(high.tolist()))

    table = _Forward.of(lut)
    wanted = lattice(sizes, outputs).astype(np.float64).reshape(-1, 3)
    close = CLOSE * float((high - low).max())
    places, errors = _descend(table, wanted, _nearest_nodes(table, sizes, wanted, outputs), close)
    # A search can end in a crease between two cells, or where the table is flat. Who is stuck tries
    # again from the cells around its place, then from where the neighbours have ended.
    for others in (_cells_around, _neighbours):
        stuck = np.flatnonzero(errors > close**2)
        starts = _most_promising(table, wanted[stuck], others(table, sizes, places, stuck))
        again, still = _descend(table, wanted[stuck], starts, close)
        better = still < errors[stuck]
        places[stuck[better]], errors[stuck[better]] = again[better], still[better]

    first, last = (np.array(corner) for corner in lut.domain)
    colours = unshape(first + (last - first) * (places / table.steps))
    return Lut(colours.reshape(*sizes, 3).astype(np.float32), outputs)


@dataclass(frozen=True)
class _Forward:
    """A table in float64. Places are in steps between its nodes."""

    nodes: Doubles  # (R * G * B, 3)
    size: tuple[int, int, int]
    steps: Any  # the place of the last node
    low: Doubles  # where its shaper begins and ends
    high: Doubles

    @classmethod
    def of(cls, lut: Lut) -> "_Forward":
        steps = np.subtract(lut.size, 1)
        low, high = np.zeros(3), steps.astype(np.float64)
        if lut.shaper is not None:
            first, last = (np.array(corner) for corner in lut.domain)
            ends = np.stack([lut.shaper.min(axis=0), lut.shaper.max(axis=0)]).astype(np.float64)
            low, high = np.clip((ends - first) / (last - first), 0, 1) * steps
        nodes = lut.nodes.reshape(-1, 3).astype(np.float64)
        return cls(nodes, lut.size, steps, low, high)

    def read(self, places: Doubles) -> tuple[Doubles, list[Doubles]]:
        """Values at places (M, 3), and their change a step along each axis."""
        cell = np.minimum(places.astype(np.intp), self.steps - 1)
        x, y, z = ((places - cell)[:, c, None] for c in range(3))
        green, blue = self.size[1:]
        own = (cell[:, 0] * green + cell[:, 1]) * blue + cell[:, 2]
        edges = []  # along blue, at the four (red, green) of the cell
        for r, g in itertools.product((0, 1), repeat=2):
            at = own + (r * green + g) * blue
            start = self.nodes[at]
            edges.append((start, self.nodes[at + 1] - start))
        v00, v01, v10, v11 = (start + z * along for start, along in edges)
        b00, b01, b10, b11 = (along for _, along in edges)
        v0, v1 = v00 + y * (v01 - v00), v10 + y * (v11 - v10)
        b0, b1 = b00 + y * (b01 - b00), b10 + y * (b11 - b10)
        by_green = (v01 - v00) + x * ((v11 - v10) - (v01 - v00))
        return v0 + x * (v1 - v0), [v1 - v0, by_green, b0 + x * (b1 - b0)]


def _dot(a: Doubles, b: Doubles) -> Doubles:
    products: Doubles = a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2]
    return products


def _squared(a: Doubles) -> Doubles:
    return _dot(a, a)


def _cross(a: Doubles, b: Doubles) -> Doubles:
    return np.stack(
        [a[:, (c + 1) % 3] * b[:, (c + 2) % 3] - a[:, (c + 2) % 3] * b[:, (c + 1) % 3]
         for c in range(3)], axis=1,
    )  # fmt: skip


def _descend(
    table: _Forward, wanted: Doubles, starts: Doubles, close: float
) -> tuple[Doubles, Doubles]:
    """The places near `starts` whose values are nearest to the wanted; their squared errors."""
    places, errors = np.empty_like(starts), np.empty(len(starts))
    for begin in range(0, len(starts), CHUNK):
        part = slice(begin, begin + CHUNK)
        places[part], errors[part] = _descend_together(table, wanted[part], starts[part], close)
    return places, errors


def _descend_together(
    table: _Forward, wanted: Doubles, starts: Doubles, close: float
) -> tuple[Doubles, Doubles]:
    best = np.clip(starts, table.low, table.high)
    values, slopes = table.read(best)
    least = _squared(values - wanted)
    # The colours still on their way, with what is known where they are.
    on = np.flatnonzero(least > close**2)
    place, goal, error = best[on], wanted[on], least[on]
    miss, slopes = (values - wanted)[on], [slope[on] for slope in slopes]
    damping = np.full(len(on), 1e-6)
    for _ in range(MOST_STEPS):
        if not len(on):
            break
        tried = np.clip(place + _step(table, place, miss, slopes, damping), table.low, table.high)
        values, fresh = table.read(tried)
        off = values - goal
        reached = _squared(off)
        down = reached < error
        gain = np.where(down, error - reached, 0)
        damping = np.where(down, damping * 0.1, np.maximum(damping * 10, 1e-3))
        # No longer: at the goal, or where only creeping or tiny steps are left.
        going = np.where(down, (reached > close**2) & (gain > 1e-4 * error), damping < 1e3)
        moved = down[:, None]
        place, miss = np.where(moved, tried, place), np.where(moved, off, miss)
        slopes = [np.where(moved, new, old) for new, old in zip(fresh, slopes, strict=True)]
        error = np.where(down, reached, error)
        best[on], least[on] = place, error
        on, place, goal, error = on[going], place[going], goal[going], error[going]
        miss, slopes, damping = miss[going], [slope[going] for slope in slopes], damping[going]
    return best, least


def _step(
    table: _Forward, place: Doubles, miss: Doubles, slopes: list[Doubles], damping: Doubles
) -> Doubles:
    """The damped step of Gauss and Newton. An axis that would leave the table takes no part."""
    downhill = np.stack([-_dot(slope, miss) for slope in slopes], axis=1)
    held = ((place <= table.low) & (downhill < 0)) | ((place >= table.high) & (downhill > 0))
    free = [np.where(held[:, c, None], 0.0, slope) for c, slope in enumerate(slopes)]
    downhill = np.where(held, 0.0, downhill)
    aa, bb, cc = (_dot(slope, slope) for slope in free)
    ab, ac, bc = (_dot(free[i], free[j]) for i, j in ((0, 1), (0, 2), (1, 2)))
    ridge = damping * (aa + bb + cc) + 1e-30
    rows = [np.stack(row, axis=1) for row in (
        (aa + ridge, ab, ac), (ab, bb + ridge, bc), (ac, bc, cc + ridge))]  # fmt: skip
    sides = [_cross(rows[(c + 1) % 3], rows[(c + 2) % 3]) for c in range(3)]
    x, y, z = (side * downhill[:, c, None] for c, side in enumerate(sides))
    steps: Doubles = (x + y + z) / _dot(rows[0], sides[0])[:, None]
    return steps


def _nearest_nodes(table: _Forward, sizes: Any, wanted: Doubles, outputs: Corners) -> Doubles:
    """For every wanted colour the place of about the nearest node.

    Every node makes itself known to the site of the lattice that it falls on, and sites hand what
    they know to sites further off, in steps that halve: the flooding of Rong and Tan.
    """
    inside = np.stack(np.unravel_index(np.arange(len(table.nodes)), table.size), axis=1)
    low, high = (np.array(corner) for corner in outputs)
    # Of nodes that give the same colour, one where the table is not flat.
    tie = 1e-6 * float((high - low).max()) ** 2 * _is_flat(table)
    outside = (inside < np.floor(table.low)) | (inside > np.ceil(table.high))
    tie[outside.any(axis=1)] = np.inf

    site = np.rint((table.nodes - low) / (high - low) * np.subtract(sizes, 1)).astype(np.intp)
    site = np.ravel_multi_index(tuple(site.T), sizes)
    cost = _squared(table.nodes - wanted[site]) + tie
    order = np.argsort(-cost, kind="stable")  # the last one written to a site is its nearest
    known = np.full(len(wanted), -1, np.intp)
    known[site[order]] = order
    least = np.where(known < 0, np.inf, cost[known])

    reach = 1 << (max(sizes) - 1).bit_length()
    while reach := reach >> 1:
        for axis, step in itertools.product(range(3), (reach, -reach)):
            to, source = _shifted(sizes, axis, step)
            asked = known[source]
            heard = asked >= 0
            to, asked = to[heard], asked[heard]
            fresh = _squared(table.nodes[asked] - wanted[to]) + tie[asked]
            nearer = fresh < least[to]
            known[to[nearer]], least[to[nearer]] = asked[nearer], fresh[nearer]
    places: Doubles = inside[known].astype(np.float64)
    return places


def _is_flat(table: _Forward) -> Any:
    """Whether the cells around a node all have no volume there."""
    grid = table.nodes.reshape(*table.size, 3)
    steps = []
    for axis in range(3):
        along = np.diff(grid, axis=axis)
        first, last = along.take([0], axis), along.take([-1], axis)
        steps.append([np.concatenate(pair, axis) for pair in ((first, along), (along, last))])
    flat = np.ones(len(table.nodes), bool)
    for red, green, blue in itertools.product(*steps):
        red, green, blue = (edge.reshape(-1, 3) for edge in (red, green, blue))
        volume = np.abs(_dot(red, _cross(green, blue))) * table.steps.prod()
        flat &= volume < 1e-6  # of that of the identity
    return flat


def _cells_around(table: _Forward, sizes: Any, places: Doubles, stuck: Any) -> Iterator[Doubles]:
    """For each of the stuck, places within the eight cells around its own."""
    for corner in itertools.product((-0.3, 0.3), repeat=3):
        yield np.clip(places[stuck] + corner, table.low, table.high)


def _neighbours(table: _Forward, sizes: Any, places: Doubles, stuck: Any) -> Iterator[Doubles]:
    """For each of the stuck, the places of the six sites around it."""
    at = np.stack(np.unravel_index(stuck, sizes), axis=1)
    for axis, step in itertools.product(range(3), (1, -1)):
        beside = at.copy()
        beside[:, axis] = np.clip(beside[:, axis] + step, 0, sizes[axis] - 1)
        yield places[np.ravel_multi_index(tuple(beside.T), sizes)]


def _most_promising(table: _Forward, wanted: Doubles, starts: Iterator[Doubles]) -> Doubles:
    """Where a first step leads from that start from which it leads nearest."""
    best, least = np.empty_like(wanted), np.full(len(wanted), np.inf)
    for start in starts:
        values, slopes = table.read(start)
        step = _step(table, start, values - wanted, slopes, np.full(len(wanted), 1e-4))
        reached = np.clip(start + step, table.low, table.high)
        off = _squared(table.read(reached)[0] - wanted)
        nearer = off < least
        best[nearer], least[nearer] = reached[nearer], off[nearer]
    return best


def _shifted(sizes: Any, axis: int, step: int) -> tuple[Any, Any]:
    """The sites of a lattice that have one `step` further along an axis, and those."""
    sites = np.arange(np.prod(sizes)).reshape(sizes)
    count = sizes[axis]
    near = np.arange(max(0, -step), min(count, count - step))
    return sites.take(near, axis).ravel(), sites.take(near + step, axis).ravel()


def _backward_shaper(lut: Lut) -> Callable[[Doubles], Doubles]:
    """From what the shaper gives to what it gives it for, in place."""
    if lut.shaper is None:
        return lambda colours: colours
    curves = lut.shaper.astype(np.float64)
    inputs = np.linspace(*lut.shaper_domain, len(curves))
    for c in range(3):
        rises = np.diff(curves[:, c])
        if (rises <= 0).all():
            curves[:, c], inputs[:, c] = curves[::-1, c], inputs[::-1, c]
        elif (rises < 0).any():
            raise ValueError(
                f"invert: the shaper of lut must rise or fall all the way, but channel {c} turns "
                "back; bake it into the nodes with harmonia.lut.resize(lut, size, bake=True)"
            )

    def unshape(colours: Doubles) -> Doubles:
        for c in range(3):
            colours[:, c] = np.interp(colours[:, c], curves[:, c], inputs[:, c])
        return colours

    return unshape
