"""Which foreground a foreground gets its colours from: one that looks alike, and yet not the same.

A look is the spread of the colours under a mask: nine quantiles of each channel of CIELAB. The
distance of two looks is the mean difference between them, which is about how far, in units of
Delta E, a transfer would move the colours.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from harmonia import color
from harmonia.synthesis._recipe import Unusable

Pixels = np.ndarray[Any, Any]
Look = np.ndarray[Any, np.dtype[np.float32]]
Key = TypeVar("Key")

SIDE = 128  # pixels: enough to tell colours, and JPEG of 1024 pixels is decoded at an eighth
DRAWS = 6
LEAST = 4.0  # Delta E: below, a composite is its real to the eye
MOST = 30.0  # above, colours are others by name: tomatoes become green
QUANTILES = np.linspace(0.05, 0.95, 9)


def look_of(pixels: Pixels, mask: Pixels) -> Look:
    """The look of what a mask, uint8 of 0..255, shows: (3, 9), channels and quantiles.

    Where the mask is below its half, at the rim, colours are mixed and do not count.
    """
    inside = mask >= 128
    if not inside.any():
        inside = mask == mask.max()
    lab = color.convert(np.ascontiguousarray(pixels[inside][None]), "rgb", "lab")[0]
    look: Look = np.quantile(lab, QUANTILES, axis=0).T.astype(np.float32)
    return look


def distance(look: Look, other: Look) -> float:
    """Between two looks, in units of Delta E."""
    apart = np.abs(look - other).mean(axis=1, dtype=np.float64)
    return float(np.sqrt((apart**2).sum()))


class References(Generic[Key]):
    """Foregrounds that lend their colours, each by a key; a look is taken once and kept.

    `read(key)` gives the pixels and the mask of a foreground, (h, w, 3) and (h, w) of uint8, no
    larger than `SIDE` needs. What it raises as `Unusable` keeps that foreground from being chosen.
    """

    def __init__(self, read: Callable[[Key], tuple[Pixels, Pixels]]) -> None:
        self._read = read
        self._looks: dict[Key, Look | None] = {}

    def choose(
        self,
        own: Key,
        candidates: Sequence[Key],
        rng: np.random.Generator,
        *,
        wanted: Callable[[Key], bool] = lambda key: True,
        draws: int = DRAWS,
        least: float = LEAST,
        most: float = MOST,
    ) -> tuple[Key, dict[str, Any]]:
        """Of a few candidates drawn at random, the one that looks most like `own`, but between
        `least` and `most` away from it; and how far away it is, for the manifest.

        `wanted` says which candidates may lend at all: none of the same group.
        """
        look = self._look(own)
        if look is None:
            raise Unusable("the foreground cannot be read at a small size")
        several = min(len(candidates), 16 * draws)  # some of them may not be wanted
        seen, best = 0, None
        for index in rng.choice(len(candidates), several, replace=False).tolist():
            key = candidates[index]
            if not wanted(key) or (other := self._look(key)) is None:
                continue
            seen += 1
            apart = distance(look, other)
            if least <= apart <= most and (best is None or apart < best[1]):
                best = (key, apart)
            if seen == draws:
                break
        if best is None:
            raise Unusable(
                f"of {seen} other foregrounds drawn, none is {least:g} to {most:g} Delta E away"
            )
        return best[0], {"distance": round(best[1], 3)}

    def _look(self, key: Key) -> Look | None:
        # Two threads may take the same look at a time: both keep the same numbers.
        if key not in self._looks:
            try:
                self._looks[key] = look_of(*self._read(key))
            except Unusable:
                self._looks[key] = None
        return self._looks[key]
