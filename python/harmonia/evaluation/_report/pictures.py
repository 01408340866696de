"""Pictures of the chosen samples, computed anew from a plan, as addresses that hold them.

A budget is kept in two ways: all pictures of a report get the same longest side, by how many there
are, and the last cases are left out where that was not enough.
"""

import contextlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harmonia import _cores, _window
from harmonia._build import get_num_threads
from harmonia.comparison.contour import contour
from harmonia.comparison.display import Bytes, painted, scaled, to_bytes
from harmonia.comparison.encoding import jpeg_address
from harmonia.datasets import Sample
from harmonia.evaluation._plan import Plan, at_size

Array = np.ndarray[Any, Any]
Compute = Callable[[Sample], Any]

SIDES = (640, 512, 384, 320, 256, 192)  # longest sides of a picture
BYTES_A_PIXEL = 0.4  # of a picture and its difference together, in base64; some need more
QUALITY = 85
RED = (230, 25, 35)
LINES_A_PICTURE = 140  # a contour's width: one pixel for so many of the shorter side
MOST = 128  # codes of difference, of 255, at which the map of it is white
RAMP = ((0, 0, 0), (60, 15, 110), (190, 40, 90), (250, 140, 30), (255, 255, 255))


@dataclass(frozen=True)
class Case:
    """A sample in pictures: addresses, of which a candidate that failed has a reason instead.

    Attributes
    ----------
    number, name
        Of the sample.
    size
        Height and width at which it was measured.
    composite, apart, real
        The composite has the contour of its mask in red, `apart` is its difference to the real.
    methods
        By label the output and its difference to the real. The composite itself is none of them.
    reasons
        By label why there is none.
    """

    number: int
    name: str
    size: tuple[int, int]
    composite: str
    apart: str
    real: str
    methods: dict[str, tuple[str, str]]
    reasons: dict[str, str]

    @property
    def bytes(self) -> int:
        outputs = sum(len(address) for pair in self.methods.values() for address in pair)
        return sum(map(len, (self.composite, self.apart, self.real))) + outputs


@dataclass(frozen=True)
class Drawn:
    """What came of the wish for cases."""

    cases: dict[int, Case]
    failed: dict[int, str]  # samples that could not be read, and why
    left_out: int  # for want of room
    longest: int  # side of a picture


def draw(
    plan: Plan,
    labels: Sequence[str],
    numbers: Sequence[int],
    budget: int,
    step: Callable[[], object] = lambda: None,
) -> Drawn:
    """The pictures of samples by their numbers, the first with the first right to the room.

    `budget` is of bytes of the page; `step` is called after each sample.
    """
    longest = _side(budget, len(numbers) * (len(labels) + 2))
    chosen = [candidate for candidate in plan.candidates if candidate.label in labels]
    computes = {candidate.label: candidate.open() for candidate in chosen}
    order = sorted(computes, key=labels.index)

    def work(number: int) -> Case:
        return _case(plan, number, {label: computes[label] for label in order}, longest)

    drawn, failed = dict[int, Case](), dict[int, str]()
    taken = 0
    threads = get_num_threads()
    with _cores.shared(threads), contextlib.closing(_in_order(work, numbers, threads)) as outcomes:
        for outcome in outcomes:
            step()
            if outcome.result is None:
                failed[outcome.item] = _sentence(outcome.error)
                continue
            if taken + outcome.result.bytes > budget:
                break
            taken += outcome.result.bytes
            drawn[outcome.item] = outcome.result
    left_out = len(numbers) - len(drawn) - len(failed)
    return Drawn(drawn, failed, left_out, longest)


def difference(output: Bytes, real: Bytes) -> Bytes:
    """Where and how much two pictures differ, the mean over channels: black to white."""
    apart = np.abs(output.astype(np.int16) - real).mean(axis=2)
    places = np.linspace(0, MOST, len(RAMP))
    colours = [np.interp(apart, places, channel) for channel in zip(*RAMP, strict=True)]
    found: Bytes = np.rint(np.stack(colours, axis=2)).astype(np.uint8)
    return found


def _in_order(
    work: Callable[[int], Case], numbers: Sequence[int], threads: int
) -> Generator[_window.Outcome[int, Case], None, None]:
    """Outcomes in the order of their numbers, so that the same ones find room every time."""
    waiting: dict[int, _window.Outcome[int, Case]] = {}
    turn = 0
    with contextlib.closing(_window.outcomes(work, numbers, threads=threads)) as outcomes:
        for outcome in outcomes:
            waiting[outcome.item] = outcome
            while turn < len(numbers) and numbers[turn] in waiting:
                yield waiting.pop(numbers[turn])
                turn += 1


def _side(budget: int, pictures: int) -> int:
    each = budget / max(1, pictures)
    fitting = (side for side in SIDES if BYTES_A_PIXEL * 0.75 * side * side <= each)
    return next(fitting, SIDES[-1])


def _case(plan: Plan, number: int, computes: dict[str, Compute], longest: int) -> Case:
    sample = at_size(plan.dataset[number], plan.size, plan.protocol)
    if sample.real is None:
        raise ValueError("there is no real picture to compare with")
    whole = (int(sample.mask.shape[0]), int(sample.mask.shape[1]))
    scale = min(1.0, longest / max(whole))
    small = (max(1, round(whole[0] * scale)), max(1, round(whole[1] * scale)))
    real = to_bytes(sample.real)
    methods, reasons = dict[str, tuple[str, str]](), dict[str, str]()
    for label, compute in computes.items():
        try:
            output = to_bytes(compute(sample))
        except Exception as error:
            reasons[label] = _sentence(error)
            continue
        apart = difference(scaled(output, whole), real)
        methods[label] = _address(scaled(output, small)), _address(scaled(apart, small))
    line = contour(sample.mask, small, max(1.0, min(small) / LINES_A_PICTURE))
    codes = to_bytes(sample.composite)
    composite = painted(scaled(codes, small), line, RED)
    return Case(
        number,
        sample.name,
        whole,
        _address(composite),
        _address(scaled(difference(codes, real), small)),
        _address(scaled(real, small)),
        methods,
        reasons,
    )


def _address(pixels: Bytes) -> str:
    return jpeg_address(pixels, QUALITY)


def _sentence(error: Exception | None) -> str:
    return " ".join(str(error).split()) or type(error).__name__
