"""The .cube files of Adobe and Resolve: tables, curves, and tables with a shaper."""

from typing import cast

import numpy as np

from harmonia import _core
from harmonia._lut_files.contents import (
    UNIT,
    Contents,
    Corners,
    Floats,
    LutFileError,
    check_cubic,
    lattice,
)

KIND = "a .cube"
MOST_TITLE_BYTES = 240  # lines of at most 250, TITLE and its quotes among them


def parse(data: bytes, name: str) -> Contents:
    try:
        title, nodes, domain, shaper, shaper_domain = _core.parse_cube(data)
    except _core.LutTextError as error:
        line, said = error.args
        raise LutFileError(name, said, line) from None
    box, shaper_box = _corners(domain), _corners(shaper_domain)
    if nodes is None:
        nodes, box = _passing(cast(Floats, shaper))  # one of the two is there
    return Contents(nodes, box, shaper, shaper_box, title)


def format(contents: Contents) -> bytes:
    _check_title(contents.title)
    check_cubic(contents, KIND)
    nodes, domain, shaper, shaper_domain, title = contents
    if shaper is not None:
        if len(shaper) > _core.most_curve_entries:
            raise ValueError(
                f"{KIND} has shapers of at most {_core.most_curve_entries} nodes, "
                f"this has {len(shaper)}; use a shorter one"
            )
        through, box = _passing(shaper)
        if box == domain and np.array_equal(through, nodes):
            return _core.format_cube(title, None, UNIT, shaper, shaper_domain)
        for argument, corners in (("domain", domain), ("shaper_domain", shaper_domain)):
            if any(len(set(corner)) != 1 for corner in corners):
                raise ValueError(
                    f"{KIND} with a shaper has the same {argument} along every channel, this is "
                    f"{corners}; use harmonia.lut.resize(lut, size, bake=True)"
                )
    return _core.format_cube(title, nodes, domain, shaper, shaper_domain)


def _passing(shaper: Floats) -> tuple[Floats, Corners]:
    """A table that passes on what the curve gives: the corners of a box around its values."""
    low, high = min(0.0, float(shaper.min())), max(1.0, float(shaper.max()))
    box = (low,) * 3, (high,) * 3
    return lattice((2, 2, 2), box), box


def _corners(box: tuple[list[float], list[float]]) -> Corners:
    low, high = box
    return tuple(low), tuple(high)


def _check_title(title: str) -> None:
    try:
        length = len(title.encode())
    except UnicodeEncodeError:
        raise ValueError(f"title must be text that UTF-8 has, got {title!r}") from None
    if length > MOST_TITLE_BYTES or any(c == '"' or c < " " or c == "\x7f" for c in title):
        raise ValueError(
            f"title must be at most {MOST_TITLE_BYTES} bytes without quotes and control "
            f"characters in {KIND}, got {title[:40]!r}"
        )
