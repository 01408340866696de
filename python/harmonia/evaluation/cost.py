"""What methods cost: time and memory for a picture, parameters and multiply-adds of networks.

>>> import tempfile
>>> from harmonia import datasets, evaluation
>>> from harmonia.evaluation import cost
>>> pictures = {"a": image, "a_real": image, "a_mask": np.dstack([mask] * 3)}
>>> with tempfile.TemporaryDirectory() as folder:
...     for name, picture in pictures.items():
...         harmonia.io.write(f"{folder}/{name}.png", picture)
...     plan = evaluation.plan(datasets.load("folder", folder), ["composite", "mkl"], size=64)
...     costs = cost.measure_costs(plan, rounds=2)
...     cost.write_costs(folder, costs)  # in cost.json, where `figures` and `report` look for it
...     assert cost.read_costs(folder) == costs
>>> first = costs["mkl"][0]
>>> first.size, first.threads, 0 < first.ms_low <= first.ms
(64, 1, True)
"""

import contextlib
import json
import math
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from harmonia import _atomic, _core, _cores, _json
from harmonia._packages import ONNX, TORCH, package
from harmonia.evaluation._memory import MIB, peak_of
from harmonia.evaluation._plan import Plan, at_size
from harmonia.evaluation._running import Call, Running, bytes_of, has_cost, running

__all__ = ["Cost", "markdown", "measure_costs", "read_costs", "write_costs"]

FILE = "cost.json"
USUAL_SIZES = (256, 1024)  # of plans that leave pictures at their own
SAMPLES = 3
ROUNDS = 5
SLOW_ROUNDS = 3
SLOW = 5.0  # seconds a round: whoever takes longer has fewer

Scene = tuple[Any, Any]


@dataclass(frozen=True)
class Cost:
    """What a method costs at a size, on so many threads.

    Attributes
    ----------
    size
        Pictures are size x size, of 8 bits.
    ms, ms_low, ms_high
        Milliseconds a picture: the median of the rounds, the fastest and the slowest. A round is
        the mean over the samples. Files are neither read nor written in that time.
    peak_mib
        What the first picture needs more than the loaded method and the picture itself.
    parameters, macs
        Of a network; multiply-adds for a picture of all foreground, those of convolutions, linear
        layers and attention. None of a method without.
    weights_mib
        The weights as they are loaded; of ONNX, their file.
    device
        "cpu", or the name of the GPU; then pictures lie on it, and memory is that of the GPU.
    """

    size: int
    threads: int
    ms: float
    ms_low: float
    ms_high: float
    rounds: int
    peak_mib: float | None
    parameters: int | None
    macs: int | None
    weights_mib: float | None
    device: str
    hardware: str
    cores: int
    versions: Mapping[str, str]


Costs = dict[str, list[Cost]]


def measure_costs(
    plan: Plan,
    *,
    sizes: Sequence[int] | None = None,
    samples: int = SAMPLES,
    rounds: int = ROUNDS,
    step: Callable[[str], object] | None = None,
) -> Costs:
    """Run every method of a plan that computes, in turns, on one thread and on all cores.

    Parameters
    ----------
    plan
        From `harmonia.evaluation.plan`. Composites and finished pictures are left out.
    sizes
        Sides of pictures; by default the plan's own, and 256 and 1024 where that is "native".
    samples, rounds
        So many samples, spread over the dataset, are harmonized so many times each, after one
        round that is not counted. Methods that take more than some seconds have fewer rounds.
    step
        Told what is being done.

    >>> from harmonia.evaluation.cost import measure_costs
    >>> costs = measure_costs(plan, sizes=[64], samples=1, rounds=1)  # doctest: +SKIP
    """
    step = step or (lambda doing: None)
    sizes = tuple(sizes or ((plan.size,) if plan.size != "native" else USUAL_SIZES))
    for size in sizes:
        if size < 1:
            raise ValueError(f"measure_costs: sizes must be at least 1, got {size}")
    for name, value in (("samples", samples), ("rounds", rounds)):
        if value < 1:
            raise ValueError(f"measure_costs: {name} must be at least 1, got {value}")
    costs: Costs = {one.label: [] for one in plan.candidates if has_cost(one)}
    candidates = {one.label: one for one in plan.candidates if has_cost(one)}
    for threads in sorted({1, _core.num_threads()}):
        opened = {label: running(one, threads) for label, one in candidates.items()}
        for size in sizes:
            step(f"{size} x {size}, {_threads(threads)}")
            scenes = _scenes(plan, size, samples)
            with _at(threads):
                seconds = _in_turns(
                    {
                        label: [one.call(*scene) for scene in scenes]
                        for label, one in opened.items()
                    },
                    rounds,
                )
            for label, one in opened.items():
                step(f"{size} x {size}, {_threads(threads)}: memory of {label}")
                peak = peak_of(candidates[label], *scenes[0], threads)
                counted = next((of for of in costs[label] if of.size == size), None)
                costs[label].append(_cost(one, size, threads, seconds[label], peak, counted))
    return {label: sorted(found, key=_place) for label, found in costs.items()}


def write_costs(folder: str | PathLike[str], costs: Costs) -> None:
    """Put them beside the rows of an evaluation, over what was measured there of the same.

    >>> from harmonia.evaluation.cost import read_costs, write_costs
    >>> write_costs(folder, {})
    >>> read_costs(folder)
    {}
    """
    merged = _read(Path(folder))
    for label, found in costs.items():
        new = {_place(one): one for one in found}
        old = [one for one in merged.get(label, ()) if _place(one) not in new]
        merged[label] = sorted([*old, *found], key=_place)
    told = {label: [asdict(one) for one in found] for label, found in merged.items()}
    _atomic.write(Path(folder) / FILE, (json.dumps(told, indent=1) + "\n").encode())


def read_costs(folder: str | PathLike[str]) -> Costs:
    """Those of a folder of results; none where none were measured.

    >>> harmonia.evaluation.cost.read_costs(results.folder)
    {}
    """
    return _read(Path(folder))


def markdown(costs: Costs) -> str:
    """A table, and under it what it was measured on.

    >>> harmonia.evaluation.cost.markdown({}).startswith("| method |")
    True
    """
    head, *rows = cells(costs)
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return "\n\n".join([table, *_notes(costs)]) + "\n"


def cells(costs: Costs) -> list[list[str]]:
    """The head of the table and its lines, as text."""
    head = ["method", "size", "threads", "ms", "from", "to", "MiB", "parameters", "multiply-adds"]
    return [head] + [
        [
            label,
            str(one.size),
            str(one.threads) if one.device == "cpu" else "GPU",
            *(_three(value) for value in (one.ms, one.ms_low, one.ms_high)),
            "" if one.peak_mib is None else _three(one.peak_mib),
            _large(one.parameters),
            _large(one.macs),
        ]
        for label, found in costs.items()
        for one in found
    ]


def _notes(costs: Costs) -> Iterable[str]:
    yield (
        "ms: median of several rounds in turns, the fastest and the slowest; reading files is not "
        "in it. MiB: the most that a picture needs besides the loaded method. Multiply-adds: of "
        "convolutions, linear layers and attention, for a picture that is all foreground."
    )
    every = [one for found in costs.values() for one in found]
    for said in sorted({_measured_on(one) for one in every}):
        yield f"Measured on {said}."


def _measured_on(one: Cost) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in one.versions.items())
    gpu = "" if one.device == "cpu" else f", {one.device}"
    return f"{one.hardware}, {one.cores} cores{gpu}; {versions}"


def _scenes(plan: Plan, size: int, samples: int) -> list[Scene]:
    """Samples spread over the dataset, at the size."""
    protocol = replace(plan.protocol, size=size)
    count = min(samples, len(plan.dataset))
    found = []
    for number in range(count):
        sample = plan.dataset[number * len(plan.dataset) // count]
        sample = at_size(replace(sample, real=None), size, protocol)
        found.append((bytes_of(sample.composite), sample.mask))
    return found


def _at(threads: int) -> contextlib.AbstractContextManager[None]:
    return _cores.shared(_core.num_threads() // threads)


def _in_turns(calls: Mapping[str, Sequence[Call]], rounds: int) -> dict[str, list[float]]:
    """Seconds a picture, of each round. Each begins with another method, so that a slow moment of
    the machine hits all.
    """
    warm = {label: _round(pictures) for label, pictures in calls.items()}
    most = {
        label: min(rounds, SLOW_ROUNDS) if warm[label] * len(calls[label]) > SLOW else rounds
        for label in calls
    }
    seconds: dict[str, list[float]] = {label: [] for label in calls}
    labels = list(calls)
    for turn in range(rounds):
        first = turn % max(1, len(labels))
        for label in labels[first:] + labels[:first]:
            if len(seconds[label]) < most[label]:
                seconds[label].append(_round(calls[label]))
    return seconds


def _round(pictures: Sequence[Call]) -> float:
    total = 0.0
    for call in pictures:
        started = time.perf_counter()
        output = call()
        total += time.perf_counter() - started
        del output  # freed between times
    return total / len(pictures)


def _cost(
    one: Running,
    size: int,
    threads: int,
    seconds: Sequence[float],
    peak: float | None,
    counted: Cost | None,
) -> Cost:
    parameters = macs = weights = None
    if counted is not None:
        parameters, macs, weights = counted.parameters, counted.macs, counted.weights_mib
    elif one.nets is not None:
        parameters, loaded, macs = one.nets.count(one.harmonizer, size)
        weights = _rounded(loaded / MIB)
    elif one.model is not None:
        weights = _rounded(one.model.stat().st_size / MIB)
    versions = {"harmonia": _core.version(), "numpy": package("numpy").version or ""}
    if one.nets is not None:
        versions[TORCH] = package(TORCH).version or ""
    if one.model is not None:
        versions[ONNX] = package(ONNX).version or ""
    return Cost(
        size=size,
        threads=threads,
        ms=_rounded(1e3 * statistics.median(seconds)),
        ms_low=_rounded(1e3 * min(seconds)),
        ms_high=_rounded(1e3 * max(seconds)),
        rounds=len(seconds),
        peak_mib=None if peak is None else _rounded(peak),
        parameters=parameters,
        macs=macs,
        weights_mib=weights,
        device="cpu" if one.gpu is None else one.gpu,
        hardware=_processor(),
        cores=_core.num_threads(),
        versions=versions,
    )


def _read(folder: Path) -> Costs:
    path = folder / FILE
    try:
        told = _json.read(path)
        return {label: [Cost(**one) for one in found] for label, found in told.items()}
    except FileNotFoundError:
        return {}
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged ({error}); remove it, and measure again") from None


def _place(one: Cost) -> tuple[int, bool, int, str]:
    return (one.size, one.device != "cpu", one.threads, one.device)


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _threads(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"


def _rounded(value: float) -> float:
    """Five digits: a clock has no more."""
    return float(f"{value:.5g}")


def _three(value: float) -> str:
    """Three digits, without an exponent."""
    if value == 0:
        return "0"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def _large(value: int | None) -> str:
    if value is None:
        return ""
    for top, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= top:
            return f"{value / top:.2f} {unit}"
    return str(value)
