"""What a run was asked for, checked, and what follows from it."""

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import torch

from harmonia._build import get_num_threads
from harmonia.synthesis import RandomComposites
from harmonia.training import _sources
from harmonia.training._crops import WHOLE, Crops
from harmonia.training._held_back import held_back
from harmonia.training._recipe import DATA, Recipe
from harmonia.training._settings import Settings
from harmonia.training._sources import Samples
from harmonia.training._tensors import Tensors, tensors
from harmonia.training._whole import check_whole

WHERE = "train"


def by_source(system: Recipe, data: Any, *, where: str) -> dict[str, Samples]:
    given = dict(data) if isinstance(data, Mapping) else {DATA: data}
    if set(given) != set(system.sources):
        wanted = " and ".join(map(repr, system.sources))
        raise ValueError(
            f"{where}: data must be {'a dataset' if system.sources == (DATA,) else wanted}, "
            f"got {' and '.join(map(repr, given))}"
        )
    return {
        name: _sources.check(given[name], where=f"{where}: data {name!r}")
        for name in system.sources
    }


def with_validation(
    sources: dict[str, Samples], validation: Samples | float | None, seed: int
) -> tuple[dict[str, Samples], Samples | None, dict[str, Any] | None]:
    """What is left to learn from, what the network is tried on, and how that is told."""
    if validation is None:
        return sources, None, None
    if not isinstance(validation, Real):
        tried = _sources.check(validation, where=f"{WHERE}: validation")
        return sources, tried, _sources.told(tried)
    share = float(validation)
    if not 0 < share < 1:
        raise ValueError(
            f"{WHERE}: validation must be a share above 0 and below 1, or samples, got {share:g}"
        )
    name, samples = next(iter(sources.items()))
    rest, tried = held_back(samples, share, seed)
    return {**sources, name: rest}, tried, {"share": share}


def crops_of(system: Recipe, samples: Samples) -> Crops:
    """Composites that are made by chance are pieces of photographs already."""
    return WHOLE if isinstance(samples, RandomComposites) else system.plan.crops


def items_of(system: Recipe, source: str, samples: Sequence[Any], settings: Settings) -> Tensors:
    extras = tuple(system.extras.get(source, ()))
    return tensors(samples, size=settings.size, extras=extras, resize=system.plan.resize)


def steps_of(
    system: Recipe, samples: int, steps: int | None, epochs: float | None, batch: int
) -> int:
    if steps is not None and epochs is not None:
        raise ValueError(f"{WHERE}: give steps or epochs, not both")
    if steps is not None:
        return steps
    wanted = system.plan.epochs if epochs is None else epochs
    number = isinstance(wanted, (int, float)) and not isinstance(wanted, bool)
    if not number or not 0 < wanted < math.inf:
        raise ValueError(f"{WHERE}: epochs must be a number above 0, got {wanted!r}")
    return max(1, math.ceil(wanted * samples / batch))


def device_of(device: str | torch.device | None) -> torch.device:
    if device is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"{WHERE}: device must be one that torch knows, such as 'cpu' or 'cuda:0', got "
            f"{device!r}"
        ) from error
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"{WHERE}: device {device!r} is not there, torch finds no GPU; leave it out, or pass "
            "'cpu'"
        )
    return chosen


def workers_of(workers: int | None, device: torch.device) -> int:
    """Those that were asked for; else a CPU, whose other cores the step takes, has one."""
    if workers is None:
        return 1 if device.type == "cpu" else max(1, get_num_threads() - 1)
    check_whole("workers", workers, 0)
    return workers


def check_shared(batch: int, processes: int) -> None:
    if batch % processes:
        raise ValueError(
            f"{WHERE}: batch must be shared evenly among {processes} processes, got {batch}"
        )


def check_seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise ValueError(f"{WHERE}: seed must be a whole number from 0 to 2**63 - 1, got {seed!r}")
    return seed
