"""A foreground with other colours: changes by chance, as strong as composites of a dataset are."""

import dataclasses
import math
import os
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from harmonia._registry import check_known
from harmonia.synthesis._perturbations import (
    _nodes,
    hsv,
    measured,
    rgb,
    tone,
    transfer,
    white_balance,
)
from harmonia.transform import Transform

Codes = np.ndarray[Any, np.dtype[np.uint8]]

# How far foregrounds of iHarmony4's test set are from their reals at 256 x 256: the median of the
# root of fMSE, in levels, and the spread of its natural logarithm, taken as normal. They follow
# from the means that are published, as fMSE = median^2 exp(2 spread^2) and
# fPSNR = 20 log10(255 / median).
STRENGTHS: Mapping[str, tuple[float, float]] = {
    "iHarmony4": (28.7, 0.506),  # fMSE 1376, fPSNR 18.97
    "HCOCO": (25.9, 0.445),  # 997, 19.86
    "HAdobe5k": (33.9, 0.538),  # 2052, 17.52
    "HFlickr": (31.8, 0.472),  # 1574, 18.09
    "Hday2night": (28.2, 0.537),  # 1410, 19.14
}

KINDS = {
    "rgb": 1.0,
    "hsv": 1.0,
    "tone": 1.0,
    "white_balance": 1.0,
    "transfer": 2.0,
    "measured": 2.0,
}
IN_A_ROW = (0.5, 0.35, 0.15)  # one change, two or three

ATTEMPTS = 8
LOOKED_AT = 1024  # colours of the foreground on which changes are tried
MOST_CLIPPED = 0.05  # of the foreground, at 0 or 255 where it was not
MOST_TURNED = 0.10  # of its colourfulness, by more than a sixth of the circle
CLIPPED_BY = 8  # levels: what was nearer to the end may well get there
GREY = 12.0  # levels of colourfulness below which a hue is none
VIVID = 48.0  # and above which what was grey has become coloured
MOST_COLOURED = 0.10  # of the foreground
TURNED = math.cos(math.radians(60))
LEAST_REACHED = 0.8  # of the difference aimed at


class Lent(NamedTuple):
    """A photograph that lends its colours: some of its foreground, (1, N, 3)."""

    image: Path
    colours: Codes


class Step(NamedTuple):
    """A change that was drawn: its parameters, and what they do."""

    change: Any
    transform: Transform


class Perturbed(NamedTuple):
    composite: Codes
    badness: float  # at most 1 where it is as it should be
    facts: dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Perturber:
    """What changes are drawn from.

    Attributes
    ----------
    strength
        The median distance from the real in levels, and the spread of its logarithm.
    kinds
        How often each kind is drawn, in proportion; "measured" not without lights.
    lights
        Those of measured changes, or None.
    """

    strength: tuple[float, float]
    kinds: Mapping[str, float]
    lights: measured.Lights | None = None

    @classmethod
    def of(
        cls,
        strength: str | tuple[float, float],
        kinds: Mapping[str, float] | None,
        measured_file: str | os.PathLike[str] | None,
        *,
        where: str,
    ) -> "Perturber":
        """From what a caller says."""
        lights = None if measured_file is None else measured.read(Path(measured_file))
        wanted = dict(KINDS if kinds is None else kinds)
        check_known(wanted, list(KINDS), "its list of kinds", where=f"{where}: kinds")
        often = list(wanted.values())
        if not all(isinstance(one, Real) and 0 <= one < math.inf for one in often) or not sum(
            often
        ):
            raise ValueError(
                f"{where}: kinds must be numbers of at least 0, one of them above it, got {kinds!r}"
            )
        if kinds is not None and wanted.get("measured") and lights is None:
            raise ValueError(f"{where}: the kind 'measured' needs a file of them, in measured=")
        if lights is None:
            wanted["measured"] = 0.0
        return cls(_strength(strength, where), wanted, lights)

    def weaker(self, by: float) -> "Perturber":
        """The same changes, but only so far as `by` of these."""
        median, spread = self.strength
        return dataclasses.replace(self, strength=(by * median, spread))

    def perturb(
        self,
        real: Codes,
        mask: Codes,
        rng: np.random.Generator,
        lend: Callable[[np.random.Generator], Lent | None],
    ) -> Perturbed:
        """The real with a foreground of other colours; of some attempts the first that is good, or
        else the best.

        `lend` gives another photograph by chance, or None. It is asked for once: to read one takes
        longer than all attempts.
        """
        colours = some_colours(real, mask)
        median, spread = self.strength
        aim = median * math.exp(spread * float(rng.standard_normal()))
        best: tuple[float, float, list[Step]] = (math.inf, 0.0, [])
        lends = self.kinds.get("transfer", 0.0) / math.fsum(self.kinds.values())
        lent = lend(rng) if rng.random() < lends else None
        for attempt in range(ATTEMPTS):
            if attempt == ATTEMPTS // 2 and lends < 1:
                lent = None  # its colours do not suit
            steps, changed = self._draw(rng, aim, colours, lent)
            share = min(1.0, aim / max(distance(changed, colours), 1e-6))
            bad = badness(mixed(colours, changed, share), colours, aim)
            if bad < best[0]:
                best = (bad, share, steps)
            if bad <= 1:
                break
        bad, share, steps = best
        composite = in_a_row([step.transform for step in steps]).apply(real, mask, strength=share)
        changes = [facts_of(step.change) for step in steps]
        facts = {"changes": changes, "share": share, "aim": aim}
        return Perturbed(composite, bad, facts)

    def _plain(self, kind: str, rng: np.random.Generator) -> Any:
        """A change that looks at no colours."""
        if kind == "measured" and self.lights is not None:
            return measured.draw(rng, 1.0, self.lights)
        return PLAIN[kind](rng, 1.0)

    def _draw(
        self, rng: np.random.Generator, aim: float, colours: Codes, lent: Lent | None
    ) -> tuple[list[Step], Codes]:
        """Changes one after the other, and what the colours come to; more of them while those that
        were drawn do not come as far as `aim`.
        """
        was = colours
        weights = {kind: often for kind, often in self.kinds.items() if kind != "transfer"}
        steps: list[Step] = []
        count = 1 + _one_of(rng, IN_A_ROW)
        for turn in range(len(IN_A_ROW)):
            if turn >= count and distance(colours, was) >= LEAST_REACHED * aim:
                break
            if turn == 0 and lent is not None:
                change: Any = transfer.draw(rng, lent.image)
                transform: Transform = change.transform(colours, lent.colours)
            elif any(weights.values()):
                kind = list(weights)[_one_of(rng, list(weights.values()))]
                weights[kind] = 0.0  # once at most
                change = self._plain(kind, rng)
                transform = change.transform()
            else:
                break
            steps.append(Step(change, transform))
            colours = transform.apply(colours)
        return steps, colours


def _one_of(rng: np.random.Generator, weights: Sequence[float]) -> int:
    """A place by chance, in proportion to its weight. What `rng.choice` does takes ten times as
    long."""
    at = rng.random() * math.fsum(weights)
    for place, weight in enumerate(weights):
        at -= weight
        if at < 0:
            return place
    return max(place for place, weight in enumerate(weights) if weight)


def _strength(said: object, where: str) -> tuple[float, float]:
    if isinstance(said, str) and said in STRENGTHS:
        return STRENGTHS[said]
    pair = said if isinstance(said, tuple | list) and len(said) == 2 else (-1, -1)
    median, spread = pair
    numbers = all(isinstance(one, Real) and not isinstance(one, bool) for one in pair)
    if not numbers or not 0 < median <= 255 or not 0 <= spread <= 3:
        raise ValueError(
            f"{where}: strength must be one of {', '.join(STRENGTHS)}, or a median of up to 255 "
            f"levels and a spread of its logarithm of 0 to 3, such as (28.7, 0.5); got {said!r}"
        )
    return float(median), float(spread)


PLAIN: Mapping[str, Callable[[np.random.Generator, float], Any]] = {
    "rgb": rgb.draw,
    "hsv": hsv.draw,
    "tone": tone.draw,
    "white_balance": white_balance.draw,
}


def in_a_row(transforms: Sequence[Transform]) -> Transform:
    """One after the other, as one table; a single one stays itself."""
    if len(transforms) == 1:
        return transforms[0]
    changed = _nodes.colours()
    for transform in transforms:
        changed = np.clip(transform.apply(changed), 0, 1)
    return _nodes.table(changed)


def facts_of(change: Any) -> dict[str, Any]:
    """The kind of a change and its numbers."""
    kind = type(change).__module__.rpartition(".")[2]
    numbers = {
        field.name: getattr(change, field.name)
        for field in dataclasses.fields(change)
        if field.repr
    }
    return {"kind": kind} | numbers


def some_colours(image: Codes, mask: Codes) -> Codes:
    """Colours where the mask is more than half, evenly in reading order: (1, N, 3)."""
    inside = np.flatnonzero(mask > 127)
    if not inside.size:
        raise ValueError("the mask has no foreground")
    chosen = inside[:: -(-inside.size // LOOKED_AT)]
    found: Codes = image.reshape(-1, 3)[chosen][None]
    return found


def distance(one: Codes, other: Codes) -> float:
    """The root of the mean squared difference, in levels."""
    apart = one.astype(np.float32) - other
    return math.sqrt(float(np.mean(apart * apart, dtype=np.float64)))


def mixed(colours: Codes, changed: Codes, share: float) -> Codes:
    """What `strength=share` makes of colours, on the way from one to the other."""
    found = colours + np.float32(share) * (changed.astype(np.float32) - colours)
    return np.rint(found).astype(np.uint8)


def badness(changed: Codes, colours: Codes, aim: float) -> float:
    """How far a change is beyond what is allowed: 1 is the limit."""
    was, came = colours[0].astype(np.int16), changed[0].astype(np.int16)
    clipped = ((came == 0) & (was > CLIPPED_BY)) | ((came == 255) & (was < 255 - CLIPPED_BY))
    before, after = opponents(was), opponents(came)
    colourful, is_now = np.hypot(*before), np.hypot(*after)
    both = (colourful > GREY) & (is_now > GREY)
    turned = both & ((before * after).sum(axis=0) < TURNED * colourful * is_now)
    shortfall = 1 - distance(changed, colours) / max(aim, 1e-6)
    return max(
        float(clipped.any(axis=1).mean()) / MOST_CLIPPED,
        float(((colourful < GREY) & (is_now > VIVID)).mean()) / MOST_COLOURED,
        float(colourful[turned].sum()) / max(float(colourful.sum()), 1e-6) / MOST_TURNED,
        shortfall / (1 - LEAST_REACHED),
    )


def opponents(codes: "np.ndarray[Any, np.dtype[np.int16]]") -> "np.ndarray[Any, Any]":
    """Red against green, and both against blue, in levels: (2, N)."""
    red, green, blue = codes.T.astype(np.float32)
    return np.stack([red - green, (red + green) / 2 - blue])
