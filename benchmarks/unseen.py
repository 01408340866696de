"""Composites with changes of colour that the network that ships did not learn from.

Each is of a photograph with its mask: the foreground gets other colours and the rest keeps its
bytes. They are mixed with what was, so that the distances spread as those of iHarmony4 do. All
follows from the seed, the kind and the number of the composite.

- `measured`: from one light to another, both of measured changes that training held back.
- `idt`: the colours of the foreground of another photograph, by the method `idt`.
- `edited`: what people do who edit pictures: a curve, a fade or other midtones on luma, vibrance,
  split toning, and another temperature in Lab, two to four of them in a row. Training draws edits
  too, but in other terms: gains, gammas and free curves of channels, HSV, and lamps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import harmonia
import numpy as np
from harmonia.synthesis import random_composites
from score_cases import pictures, polynomial, to_lab, to_rgb

Pixels = np.ndarray[Any, Any]
Rng = np.random.Generator

SEED = 0
SIDE = 256
# Of the root of fMSE in iHarmony4's test set: the median in levels, and the standard deviation of
# its logarithm.
MEDIAN, SPREAD = 28.7, 0.506
HELD_BACK = slice(4, None, 5)  # of the measured changes
ATTEMPTS = 16
NEAR = 0.05  # of the aim: how far a composite may stay below it
MOST_CLIPPED = 0.05  # of the foreground
CLIPPED_BY = 8  # levels: what was nearer to the end may well get there
LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, eq=False)
class Photograph:
    name: str
    group: str  # those of one group may show one scene
    real: Pixels
    mask: Pixels


@dataclass(frozen=True, eq=False)
class Composite:
    name: str
    composite: Pixels
    mask: Pixels
    real: Pixels
    aim: float  # levels


def photographs(corpus: Path, first: int | None = None) -> list[Photograph]:
    """Those with human masks that are kept for tests, at 256 x 256."""
    rows = pictures(corpus / "manifest.csv", ["test"])[:first]
    pairs = [(corpus / row["image"], corpus / row["mask"]) for row in rows]
    samples = random_composites(pairs, size=SIDE, least_area=1.0, mirror=False, untouched=1.0)
    return [
        Photograph(row["id"], row["group"], sample.composite, sample.mask)
        for row, sample in zip(rows, samples, strict=True)
    ]


# A change by chance: new colours of a foreground, (N, 3) of 0..255 or beyond, from the colours that
# it has.
Draw = Callable[[Photograph, Pixels, Rng], Pixels]


def composites(
    kind: str, draw: Draw, found: Sequence[Photograph], rounds: int = 1
) -> Iterator[Composite]:
    """So many of each photograph."""
    for turn in range(rounds):
        for number, photograph in enumerate(found):
            rng = np.random.default_rng([SEED, *kind.encode(), turn, number])
            yield changed(photograph, draw, rng)


def changed(photograph: Photograph, draw: Draw, rng: Rng) -> Composite:
    """With the first change that comes as far as its aim and clips little, or the best."""
    inside = photograph.mask > 0
    own = photograph.real[inside].astype(np.float64)
    weights = photograph.mask[inside, None] / 255
    aim = MEDIAN * math.exp(SPREAD * float(rng.standard_normal()))
    best, least = own, math.inf
    for _ in range(ATTEMPTS):
        there = draw(photograph, own, rng)
        step = weights * (np.clip(there, 0, 255) - own)
        away = math.sqrt(float((step[weights[:, 0] > 0.5] ** 2).mean()))
        bad = max(clipped(own, there) / MOST_CLIPPED, (1 - away / aim) / NEAR)
        if bad < least:
            best, least = own + min(1.0, aim / max(away, 1e-6)) * step, bad
        if least <= 1:
            break
    composite = photograph.real.copy()
    composite[inside] = np.rint(best).astype(np.uint8)
    return Composite(photograph.name, composite, photograph.mask, photograph.real, aim)


def clipped(own: Pixels, there: Pixels) -> float:
    """The share of colours that come to an end of the scale and were not near it."""
    black = (there < 0.5) & (own > CLIPPED_BY)
    white = (there > 254.5) & (own < 255 - CLIPPED_BY)
    return float((black | white).any(axis=1).mean())


def distance(composite: Composite) -> float:
    """The root of the mean squared difference where the mask is more than half, in levels."""
    inside = composite.mask > 127
    apart = composite.composite[inside].astype(np.float64) - composite.real[inside]
    return math.sqrt(float((apart**2).mean()))


# Measured lights


def measured(file: Path) -> Draw:
    with np.load(file, allow_pickle=False) as stored:
        to_standard, from_standard = (
            stored[name][HELD_BACK] for name in ("to_standard", "from_standard")
        )

    def draw(photograph: Photograph, own: Pixels, rng: Rng) -> Pixels:
        source, target = rng.choice(len(to_standard), 2, replace=False)
        standard = np.clip(polynomial(own) @ to_standard[source].T, 0, 255)
        return polynomial(standard) @ from_standard[target].T

    return draw


# Colours of other photographs


def idt(others: Sequence[Photograph]) -> Draw:
    def draw(photograph: Photograph, own: Pixels, rng: Rng) -> Pixels:
        apart = [other for other in others if other.group != photograph.group]
        other = apart[int(rng.integers(len(apart)))]
        inside = photograph.mask > 0
        output = harmonia.harmonize(
            photograph.real, inside, "idt", reference=other.real, reference_mask=other.mask
        )
        return output[inside].astype(np.float64)

    return draw


# Edits


def edited(photograph: Photograph, own: Pixels, rng: Rng) -> Pixels:
    order = rng.permutation(len(EDITS))
    for place in order[: int(rng.integers(2, len(EDITS) + 1))]:
        own = EDITS[place](np.clip(own, 0, 255), rng)
    return own


def toned(own: Pixels, rng: Rng) -> Pixels:
    """A curve on luma, and the ratios of the channels kept but near black."""
    luma = own @ LUMA / 255
    curve = CURVES[int(rng.integers(len(CURVES)))]
    # (255 y + 255 e) (y' + e) / (y + e) - 255 e = 255 y': noise in the dark is not made colourful.
    near_black = 0.05
    gain = (curve(luma, rng) + near_black) / (luma + near_black)
    return (own + 255 * near_black) * gain[:, None] - 255 * near_black


def s_curve(luma: Pixels, rng: Rng) -> Pixels:
    steep, middle = rng.uniform(2, 6), rng.uniform(0.3, 0.7)
    low, high = (math.tanh(steep * (end - middle)) for end in (0, 1))
    return (np.tanh(steep * (luma - middle)) - low) / (high - low)


def fade(luma: Pixels, rng: Rng) -> Pixels:
    black, white = rng.uniform(0.08, 0.35), rng.uniform(0.65, 0.95)
    return black + (white - black) * luma


def midtones(luma: Pixels, rng: Rng) -> Pixels:
    return luma + rng.choice([-1, 1]) * rng.uniform(0.4, 0.95) * luma * (1 - luma)


CURVES = (s_curve, fade, midtones)


def vibrance(own: Pixels, rng: Rng) -> Pixels:
    """More or less saturation, most of it where there is little."""
    grey = (own @ LUMA)[:, None]
    most, least = own.max(axis=1, keepdims=True), own.min(axis=1, keepdims=True)
    saturation = (most - least) / np.maximum(most, 1)
    return grey + (1 + rng.uniform(-0.9, 1.2) * (1 - saturation)) * (own - grey)


def split_toned(own: Pixels, rng: Rng) -> Pixels:
    """A tint in the shadows and about its opposite in the highlights; luma stays."""
    luma = (own @ LUMA)[:, None] / 255
    hue = rng.uniform(0, 2 * math.pi)
    other = hue + math.pi + rng.uniform(-0.6, 0.6)
    shadows, highlights = 255 * rng.uniform(0.03, 0.14, 2)
    return own + shadows * (1 - luma) ** 2 * tint(hue) + highlights * luma**2 * tint(other)


def tint(hue: float) -> Pixels:
    colour = np.cos(hue - np.array([0, 2, 4]) * math.pi / 3)
    return colour - colour @ LUMA


def warmed(own: Pixels, rng: Rng) -> Pixels:
    """Along b of Lab, and a little along a."""
    lab = to_lab(own)
    lab[:, 1] += rng.uniform(-10, 10)
    lab[:, 2] += rng.choice([-1, 1]) * rng.uniform(6, 24)
    return to_rgb(lab)


EDITS = (toned, vibrance, split_toned, warmed)


def draws(found: Sequence[Photograph], lights: Path | None) -> Mapping[str, Draw]:
    """By the names of their sets; `measured` not without a file of lights."""
    known = {} if lights is None else {"measured": measured(lights)}
    return {**known, "idt": idt(found), "edited": edited}
