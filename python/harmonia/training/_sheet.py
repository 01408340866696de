"""What a network makes of a few samples, as one picture: composite with its contour, output, real.

| name, its errors           | name, its errors           |
| composite  output   real   | composite  output   real   |

Of a translator it is rendered pictures, each with its translation beside it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np

from harmonia import _atomic, api
from harmonia._resize import antialiased_resize
from harmonia.comparison import layout
from harmonia.comparison.display import Array, Bytes, scaled, to_bytes
from harmonia.comparison.encoding import png
from harmonia.datasets import Sample
from harmonia.nets._network import Network
from harmonia.synthesis import _sheet
from harmonia.training._validation import tried_out

SHOWN = 4  # samples
LONGEST = 256  # of a picture's sides


class _Shown(NamedTuple):
    """A sample as the network is given it, and as the sheet shows it."""

    name: str
    composite: Bytes
    mask: Array
    real: Bytes
    panel: tuple[int, int]
    outlined: Bytes


class Sheets:
    """Sheets of the same few samples, evenly spaced among those that there are.

    Each is brought to what the sheet has room for before the network sees it, so that a sheet takes
    the same time whatever the size of the files.
    """

    def __init__(self, samples: Sequence[Sample], said: str) -> None:
        self._samples = samples
        self._said = said
        self._shown: list[_Shown] = []

    def draw(self, network: Network, method: str, step: int) -> Bytes:
        """(H, W, 3)."""
        if not self._shown:
            self._shown = [_opened(one) for one in _some(self._samples)]
        with tried_out(network, method) as session:
            cells = [_cell(one, session(one.composite, one.mask)) for one in self._shown]
        said = f"{len(cells)} of {self._said}: composite with its mask, output, real"
        return _sheet.draw(f"{method}, step {step}", said, cells)


class Translations:
    """As `Sheets`, of a network that translates whole pictures."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = samples

    def draw(self, network: Network, method: str, step: int) -> Bytes:
        """(H, W, 3)."""
        cells = []
        with tried_out(network, method) as session:
            for sample in _some(self._samples):
                one = _opened(sample)
                output = session(one.real, np.full(one.real.shape[:2], 255, np.uint8))
                pictures = (_sheet.shown(pixels, one.panel) for pixels in (one.real, output))
                cells.append(_sheet.Sample(one.name, "", tuple(pictures)))
        said = f"{len(cells)} rendered pictures, each with its translation"
        return _sheet.draw(f"{method}, step {step}", said, cells)


def write(path: Path, sheet: Bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    _atomic.write(path, png(sheet))


def _some(samples: Sequence[Sample]) -> list[Sample]:
    """Evenly spaced among those that there are."""
    count = min(SHOWN, len(samples))
    return [samples[place * len(samples) // count] for place in range(count)]


def _opened(sample: Sample) -> _Shown:
    size: tuple[int, int] = sample.composite.shape[:2]
    panel = layout.panel_size(size, LONGEST)
    small = min(size, panel)  # what the sheet enlarges, the network sees as it is
    composite, real = (
        scaled(to_bytes(one), small) for one in (sample.composite, np.asarray(sample.real))
    )
    mask = sample.mask
    if mask.shape != small:
        mask = antialiased_resize(mask, small).clip(0, 1)
    outlined = _sheet.outlined(_sheet.shown(composite, panel), sample.mask)
    return _Shown(sample.name, composite, mask, real, panel, outlined)


def _cell(one: _Shown, output: Bytes) -> _sheet.Sample:
    before, after = (_error(pixels, one) for pixels in (one.composite, output))
    output, real = (_sheet.shown(pixels, one.panel) for pixels in (output, one.real))
    said = f"fMSE {before:.4g}, now {after:.4g}"
    return _sheet.Sample(one.name, said, (one.outlined, output, real))


def _error(pixels: Bytes, one: _Shown) -> float:
    scores = cast(Mapping[str, float], api.evaluate(pixels, one.real, one.mask, ["fmse"]))
    return scores["fmse"]
