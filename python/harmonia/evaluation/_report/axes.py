"""Scales for charts: where a value lies along so many units, and which ticks it has."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SMALLEST = 1e-12  # that a logarithm is drawn of
STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`; what lies beyond an end is drawn at it."""

    low: float
    high: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """0..1."""
        if self.logarithmic:
            low, high = math.log10(self.low), math.log10(self.high)
            value = math.log10(value) if value > self.low else low
        else:
            low, high = self.low, self.high
        if value == math.inf:
            return 1.0
        return min(1.0, max(0.0, (value - low) / (high - low)))

    def ticks(self, wanted: int = 5) -> list[float]:
        """Round numbers, about so many."""
        if self.logarithmic:
            first, last = round(math.log10(self.low)), round(math.log10(self.high))
            every = max(1, math.ceil((last - first) / wanted))
            return [10.0**power for power in range(first, last + 1, every)]
        rough = (self.high - self.low) / wanted
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * step for step in STEPS if power * step >= rough * 0.999)
        lowest, highest = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(lowest, highest + 1)]


def logarithmic(values: Iterable[float], decades: int = 5) -> Axis:
    """Whole powers of ten around what is above 0; no more than so many below the largest."""
    positive = [value for value in values if SMALLEST <= value < math.inf]
    if not positive:
        return Axis(1.0, 10.0, logarithmic=True)
    high = math.ceil(math.log10(max(positive)) - 1e-9)
    low = max(math.floor(math.log10(min(positive)) + 1e-9), high - decades)
    return Axis(10.0 ** min(low, high - 1), 10.0**high, logarithmic=True)


def linear(values: Iterable[float], *, holds: Sequence[float] = ()) -> Axis:
    """Around all that is finite, with round ends."""
    finite = [value for value in (*values, *holds) if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    if high - low < 1e-12 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    ticks = Axis(low, high).ticks(6)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else (high - low) / 2
    return Axis(step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9))


def spelled(value: float) -> str:
    """A tick as it is written."""
    if abs(value) >= 10000:
        return f"{value / 1000:,.4g}k" if abs(value) < 1e6 else f"{value:.3g}"
    return f"{round(value, 10):.6g}".replace("-0", "0") if value == 0 else f"{value:.6g}"
