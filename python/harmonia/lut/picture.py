"""Pictures of tables, drawn with NumPy alone."""

import itertools
from typing import Any, Literal, get_args

import numpy as np

from harmonia._lut_files import hald
from harmonia._lut_files.contents import lattice
from harmonia.lut._canvas import Canvas
from harmonia.lut.apply import check_choice
from harmonia.lut.shape import check_lut, through
from harmonia.transform import UNIT, Lut

Kind = Literal["cube", "moves", "curves", "hald"]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Doubles = np.ndarray[Any, np.dtype[np.float64]]

FEWEST_PIXELS, MOST_PIXELS = 120, 4096
DRAWN_AT = 720  # the width that lines and dots are measured for
GROUND, PAPER, FAINT, SOFT = 0.97, 1.0, (0.78,) * 3, (0.88,) * 3
PRIMARIES = ((0.86, 0.15, 0.15), (0.10, 0.62, 0.20), (0.15, 0.32, 0.88))
CORNERS = np.array(list(itertools.product((0.0, 1.0), repeat=3)))
TURN, RISE, FILLED = 31.0, 24.0, 0.84  # of the view: degrees, and the share of the width


def picture(lut: Lut, *, kind: Kind = "cube", width: int = 720) -> Bytes:
    """A picture of a table for a report, uint8 (H, W, 3).

    Parameters
    ----------
    kind
        "cube": a lattice of colours, each a dot where the table moves it in the RGB cube. The
        axes of red, green and blue leave black and end in a dot of that colour.
        "moves": the same cube with a line from each colour to the dot that becomes of it.
        "curves": for red, green and blue what becomes of a channel (up) as it grows (right). The
        strong line is for greys, thin ones are for other values of the other two channels.
        "hald": the picture of L^3 pixels a side that grading tools exchange, at the nearest size
        of L^2 nodes.
    width
        Pixels across. The Hald picture has its own.

    A table with a shaper or another domain is shown for colours from 0 to 1.

    >>> look = harmonia.fit(image, mask, "mkl").to_lut(17)
    >>> harmonia.lut.picture(look, width=240).shape
    (240, 240, 3)
    """
    check_lut(lut, where="picture: lut")
    check_choice(kind, get_args(Kind), where="picture: kind")
    if kind == "hald":
        return _hald(lut)
    if not isinstance(width, int) or not FEWEST_PIXELS <= width <= MOST_PIXELS:
        raise ValueError(
            f"picture: width must be a whole number from {FEWEST_PIXELS} to {MOST_PIXELS}, "
            f"got {width!r}"
        )
    if kind == "curves":
        return _curves(lut, width)
    return _cube(lut, width, moves=kind == "moves")


class _View:
    """Where the RGB cube appears: green up, red to the right and back, blue to the front."""

    def __init__(self, width: int) -> None:
        turn, rise = np.radians(TURN), np.radians(RISE)
        up, right = np.array([0, 1, 0]), np.array([np.cos(turn), 0, np.sin(turn)])
        back = np.array([np.sin(turn), 0, -np.cos(turn)])
        self._towards = np.sin(rise) * up - np.cos(rise) * back
        self._flat = np.stack([right, -np.cos(rise) * up - np.sin(rise) * back], axis=1)
        ends = CORNERS @ self._flat
        self._scale = FILLED * width / np.ptp(ends, axis=0).max()
        self._shift = width / 2 - self._scale * (ends.min(axis=0) + ends.max(axis=0)) / 2

    def __call__(self, colours: Doubles) -> Doubles:
        """Places on the picture, right and down."""
        places: Doubles = self._scale * (colours @ self._flat) + self._shift
        return places

    def nearness(self, colours: Doubles) -> Doubles:
        """0 at the farthest corner of the cube, 1 at the nearest."""
        depth, ends = colours @ self._towards, CORNERS @ self._towards
        near: Doubles = (depth - ends.min()) / np.ptp(ends)
        return near


def _cube(lut: Lut, width: int, *, moves: bool) -> Bytes:
    view, canvas, unit = _View(width), Canvas(width, width, GROUND), width / DRAWN_AT
    count = 9 if moves else 11
    own = lattice((count,) * 3, UNIT)
    new = through(lut, own).astype(np.float64)
    dots = new.reshape(-1, 3)
    starts, ends = (own.astype(np.float64).reshape(-1, 3), dots) if moves else _links(new)

    _frame(canvas, view, front=False)
    places, near = view(dots), view.nearness(dots)
    line_starts, line_ends = view(starts), view(ends)
    # A line to a dot lies right behind it, a link between two dots behind their middle.
    line_near = view.nearness(ends if moves else (starts + ends) / 2) - 0.01
    tints = np.clip(ends if moves else (starts + ends) / 2, 0, 1)
    for number in np.argsort(np.concatenate([line_near, near]), kind="stable"):
        if number < len(starts):
            size = unit * (0.75 + 0.4 * np.clip(line_near[number], 0, 1))
            stroke = [line_starts[number], line_ends[number]]
            canvas.line(stroke, 1.5 * size, 0.9 * tints[number], 0.7 if moves else 0.5)
            continue
        number -= len(starts)
        size = unit * (0.75 + 0.4 * np.clip(near[number], 0, 1))
        colour = np.clip(dots[number], 0, 1)
        canvas.disc(places[number], 6 * size + 0.8 * unit, 0.7 * colour)  # a rim
        canvas.disc(places[number], 6 * size, colour)
    _frame(canvas, view, front=True)
    return canvas.to_bytes()


def _links(lattice: Doubles) -> tuple[Doubles, Doubles]:
    """From every node to the next along each axis."""
    starts, ends = [], []
    for axis in range(3):
        steps = np.arange(lattice.shape[axis] - 1)
        starts.append(lattice.take(steps, axis).reshape(-1, 3))
        ends.append(lattice.take(steps + 1, axis).reshape(-1, 3))
    return np.concatenate(starts), np.concatenate(ends)


def _frame(canvas: Canvas, view: _View, *, front: bool) -> None:
    """The edges of the cube that meet in its nearest corner, or all others with the axes."""
    nearest = CORNERS[np.argmax(view.nearness(CORNERS))]
    unit = canvas.pixels.shape[1] / DRAWN_AT
    for axis, start in itertools.product(range(3), CORNERS):
        end = start + np.eye(3)[axis]
        if start[axis] == 1 or front != bool((end == nearest).all()):
            continue
        if start.any():
            canvas.line([view(start), view(end)], 1.2 * unit, FAINT, 0.8)
        else:
            tip = view(1.06 * end)
            canvas.line([view(start), tip], 3 * unit, PRIMARIES[axis])
            canvas.disc(tip, 5.5 * unit, PRIMARIES[axis])


def _curves(lut: Lut, width: int) -> Bytes:
    unit = width / DRAWN_AT
    margin, ruler = round(14 * unit), 2 * max(1, round(7 * unit))  # a gap and its ruler
    side = (width - margin) // 3 - margin - ruler
    canvas = Canvas(side + 2 * margin + ruler, width, GROUND)
    for channel in range(3):
        left = margin + channel * (side + ruler + margin) + ruler
        _panel(canvas, lut, channel, (left, margin), side, unit)
    return canvas.to_bytes()


def _panel(
    canvas: Canvas, lut: Lut, channel: int, corner: tuple[int, int], side: int, unit: float
) -> None:
    """The curves of one channel, and rulers of what either side stands for."""
    left, top = corner
    primary = PRIMARIES[channel]
    shades = np.linspace(0, 1, side)[:, None] * np.array(primary)
    thick, gap = max(1, round(7 * unit)), max(1, round(7 * unit))
    canvas.fill(left, top, np.full((side, side, 3), PAPER))
    canvas.fill(left, top + side + gap, np.tile(shades, (thick, 1, 1)))
    canvas.fill(left - gap - thick, top, np.tile(shades[::-1, None], (1, thick, 1)))

    def draw(x: Any, y: Any, width: float, colour: Any, opacity: float = 1.0) -> None:
        x, y = np.broadcast_arrays(x, y)
        places = np.stack([left + side * x, top + side * (1 - y)], axis=-1)
        canvas.line(places.tolist(), width * unit, colour, opacity)

    ends, ramp, others = np.array([0.0, 1.0]), np.linspace(0, 1, 129), np.linspace(0, 1, 5)
    for quarter in (0.25, 0.5, 0.75):
        draw(ends, quarter, 1.0, SOFT)
        draw(quarter, ends, 1.0, SOFT)
    draw(ends, ends, 1.2, FAINT)
    for pair in itertools.product(others, others):
        colours = np.insert(np.tile(pair, (len(ramp), 1)), channel, ramp, axis=1)
        draw(ramp, _channel(lut, colours, channel), 1.0, primary, 0.3)
    greys = np.repeat(ramp[:, None], 3, axis=1)
    draw(ramp, _channel(lut, greys, channel), 2.4, primary)


def _channel(lut: Lut, colours: Doubles, channel: int) -> Doubles:
    """What becomes of a channel of colours (n, 3)."""
    values = through(lut, colours[None].astype(np.float32))[0, :, channel]
    return np.clip(values.astype(np.float64), 0, 1)


def _hald(lut: Lut) -> Bytes:
    level = min(hald.LEVELS, key=lambda level: abs(level**2 - max(lut.size)))
    nodes = through(lut, lattice((level**2,) * 3, UNIT))
    pixels: Bytes = hald.to_pixels(Lut(np.clip(nodes, 0, 1)).contents, np.dtype(np.uint8))
    return pixels
