"""The loop: batches, phases, steps of the optimizers, and what is done between them."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.optim import Optimizer

from harmonia.nets._network import Network
from harmonia.training._average import Average
from harmonia.training._batch import Batch
from harmonia.training._checkpoint import Checkpoint
from harmonia.training._ranks import Ranks
from harmonia.training._recipe import Recipe
from harmonia.training._settings import Settings
from harmonia.training._synced_norm import synced

_PRECISION = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class Diverged(ArithmeticError):
    """A loss that is no longer a number."""


@dataclass
class Pace:
    """Where the time of some steps went, in seconds."""

    waiting: float = 0.0
    working: float = 0.0
    samples: int = 0

    @property
    def starved(self) -> float:
        """The share of time in which a step waited for its data."""
        whole = self.waiting + self.working
        return self.waiting / whole if whole else 0.0

    @property
    def rate(self) -> float:
        """Samples a second."""
        whole = self.waiting + self.working
        return self.samples / whole if whole else 0.0


class Trainer:
    """A recipe with its optimizers after some steps.

    Processes average their gradients themselves, instead of `DistributedDataParallel`: that hooks
    into one forward and one backward of one module, and a step here has phases, each with gradients
    for its own parameters only, and penalties that are gradients of gradients.
    """

    def __init__(
        self, recipe: Recipe, settings: Settings, device: torch.device, ranks: Ranks
    ) -> None:
        self.recipe = recipe.to(device)
        self.settings = settings
        self.device = device
        self.ranks = ranks
        self.step = 0
        self.pace = Pace()
        ranks.spread(recipe)
        if ranks.count > 1:
            synced(recipe, device)
        self.optimizers = recipe.optimizers(settings.rate)
        for optimizer in self.optimizers.values():
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", group["lr"])
        self.average = Average(recipe.network, settings.average) if settings.average else None
        self._sums: dict[str, Tensor] = {}
        self._summed = 0

    @property
    def network(self) -> Network:
        """The one to validate and to keep."""
        if self.average is None:
            return self.recipe.network
        return self.average.network

    def rate_of(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        plan, settings = self.recipe.plan, self.settings
        return settings.rate * plan.schedule(step * plan.epochs // settings.steps)

    def take(self, micros: Sequence[Mapping[str, Batch]]) -> None:
        """One step of every optimizer."""
        seed = np.random.SeedSequence([self.settings.seed, self.step, self.ranks.rank, 2])
        torch.manual_seed(int(seed.generate_state(1, np.uint64)[0] >> 1))
        share = self.rate_of(self.step) / self.settings.rate
        for phase in self.recipe.phases:
            optimizer = self.optimizers[phase]
            for group in optimizer.param_groups:
                group["lr"] = group["initial_lr"] * share
            parameters = _parameters(optimizer)
            optimizer.zero_grad(set_to_none=True)
            for batches in micros:
                self._backward(phase, batches, len(micros), parameters)
            self.ranks.average_gradients(parameters)
            optimizer.step()
        if self.average is not None:
            self.average.follow(self.recipe.network)
        self.step += 1
        self._summed += 1

    def _backward(
        self, phase: str, batches: Mapping[str, Batch], micros: int, parameters: list[Tensor]
    ) -> None:
        dtype = _PRECISION[self.settings.precision]
        wanted = dtype != torch.float32
        kept = dtype if wanted else None
        with torch.autocast(self.device.type, dtype=kept, enabled=wanted):
            terms = self.recipe.losses(phase, batches)
        total = torch.stack([term.float() for term in terms.values()]).sum() / micros
        total.backward(inputs=parameters)  # type: ignore[no-untyped-call]
        for name, term in terms.items():
            value = term.detach().double() / micros
            self._sums[name] = self._sums[name] + value if name in self._sums else value

    def means(self) -> dict[str, float]:
        """Of the losses over the steps since they were last asked for, in all processes."""
        self._settle()
        means = {name: float(total) / self._summed for name, total in self._sums.items()}
        self._sums, self._summed = {}, 0
        return means

    def checkpoint(self, best: Mapping[str, float]) -> Checkpoint:
        """All processes take it together; what the first has serves all of them."""
        self._settle()
        state = self.recipe.state_dict()
        for name, value in state.items():
            if value.is_floating_point() and not bool(value.isfinite().all()):
                raise self._diverged(name)
        sums = {name: float(value) for name, value in self._sums.items()}
        return Checkpoint(
            self.step,
            self.settings.text(),
            state,
            {phase: one.state_dict() for phase, one in self.optimizers.items()},
            None if self.average is None else self.average.network.state_dict(),
            {**sums, "": self._summed},
            dict(best),
        )

    def _settle(self) -> None:
        """Bring the sums to what they are over all processes."""
        if not self._sums:
            return
        found = self.ranks.mean(torch.stack(list(self._sums.values())))
        for name, value in zip(self._sums, found.tolist(), strict=True):
            if not math.isfinite(value):
                raise self._diverged(name)
        self._sums = dict(zip(self._sums, found, strict=True))

    def _diverged(self, what: str) -> Diverged:
        return Diverged(
            f"train: {what} became NaN or infinite by step {self.step}; lower rate"
            + ("" if self.settings.precision == "float32" else ", or choose float32")
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        self.step = checkpoint.step
        self.recipe.load_state_dict(checkpoint.recipe)
        for phase, optimizer in self.optimizers.items():
            optimizer.load_state_dict(checkpoint.optimizers[phase])
        if self.average is not None and checkpoint.average is not None:
            self.average.network.load_state_dict(checkpoint.average)
        sums = dict(checkpoint.sums)
        self._summed = int(sums.pop(""))
        self._sums = {
            name: torch.tensor(value, dtype=torch.float64, device=self.device)
            for name, value in sums.items()
        }


@dataclass(frozen=True)
class Every:
    """What is done after a step whose number this divides, and after the last; 0 is only then.

    `waits` is whether a GPU must have finished the step.
    """

    steps: int
    do: Callable[[], None] = field(repr=False)
    waits: bool = True

    def due(self, step: int, last: int) -> bool:
        return step == last or (self.steps > 0 and step % self.steps == 0)


def run(
    trainer: Trainer, batches: Iterator[dict[str, Batch]], between: Sequence[Every] = ()
) -> None:
    """All steps that are left, with what is due after each."""
    settings, pace = trainer.settings, trainer.pace
    trainer.recipe.train()
    while trainer.step < settings.steps:
        started = time.perf_counter()
        micros = [next(batches) for _ in range(settings.accumulate)]
        came = time.perf_counter()
        moved = [_moved(one, trainer.device) for one in micros]
        trainer.take(moved)
        if trainer.device.type == "cuda" and any(
            one.waits and one.due(trainer.step, settings.steps) for one in between
        ):
            torch.cuda.synchronize(trainer.device)
        pace.waiting += came - started
        pace.working += time.perf_counter() - came
        pace.samples += settings.batch_of_step
        for one in between:
            if one.due(trainer.step, settings.steps):
                one.do()


def _moved(batches: Mapping[str, Batch], device: torch.device) -> dict[str, Batch]:
    return {name: batch.to(device, non_blocking=True) for name, batch in batches.items()}


def _parameters(optimizer: Optimizer) -> list[Tensor]:
    return [one for group in optimizer.param_groups for one in group["params"]]
