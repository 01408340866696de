r"""Names and lines of RdHarmony: `<scene>-<style>_<style>.jpg` is a composite.

The first style is that of its background: without the second, the name is that of its real, and
without both that of its mask, since all styles of a scene show the same. A line of the list is

    SHuman/composite_images/<scene>-<style>_<style>.jpg \t 0.1_0_0.9_0_0_0_0_0_0_0 \t 3

the styles of the composite by their shares, and the one of its background, from 1.
"""

import math
from pathlib import PurePosixPath
from typing import NamedTuple

CATEGORIES = (
    "human",
    "bottle",
    "cake",
    "motorcycle",
    "cow",
    "couch",
    "apple",
    "car",
    "chair",
    "dog",
    "knife",
)
STYLES = 10


class Names(NamedTuple):
    """What a composite's name says, without suffixes."""

    real: str
    mask: str
    background: str
    foreground: str


class Line(NamedTuple):
    """What a line of the list says."""

    path: PurePosixPath
    styles: tuple[float, ...]
    style: int


def parse(stem: str) -> Names:
    """What the name of a composite says.

    >>> from harmonia.datasets._rdharmony_names import parse
    >>> parse("street_12-3_7")
    Names(real='street_12-3', mask='street_12', background='3', foreground='7')
    """
    real, _, foreground = stem.rpartition("_")
    scene, _, background = real.rpartition("-")
    if not scene or not background or not foreground or "-" in foreground:
        raise ValueError(f"{stem!r} is no name of RdHarmony: <scene>-<style>_<style> is")
    return Names(real, scene, background, foreground)


def folder_of(category: str) -> str:
    """The folder of a category, and the beginning of its list's name.

    >>> from harmonia.datasets._rdharmony_names import folder_of
    >>> folder_of("human")
    'SHuman'
    """
    return f"S{category.capitalize()}"


def read_line(line: str) -> Line:
    """What a line of the list says.

    >>> from harmonia.datasets._rdharmony_names import read_line
    >>> read_line("SCow/composite_images/farm-2_1.jpg\\t0.25_0.75_0_0_0_0_0_0_0_0\\t2").style
    2
    """
    path, *labels = line.split("\t")
    if len(labels) != 2:
        raise ValueError(f"{line!r}: has {1 + len(labels)} columns apart by tabs, 3 are wanted")
    return Line(PurePosixPath(path.strip()), _shares(labels[0], line), _style(labels[1], line))


def _shares(text: str, line: str) -> tuple[float, ...]:
    try:
        shares = tuple(map(float, text.split("_")))
    except ValueError:
        shares = ()
    if len(shares) != STYLES or not all(math.isfinite(one) and one >= 0 for one in shares):
        raise ValueError(
            f"{line!r}: its second column must be the shares of {STYLES} styles, 0 or more, "
            f"with _ between them; got {text!r}"
        )
    return shares


def _style(text: str, line: str) -> int:
    style = int(text) if text.strip().isdecimal() else 0
    if not 1 <= style <= STYLES:
        raise ValueError(f"{line!r}: its third column must be a style, 1 to {STYLES}; got {text!r}")
    return style
