"""A run from its beginning, or from where an earlier one ended, to its last step."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader

from harmonia import _folder_lock
from harmonia.nets._export import check_exportable
from harmonia.training import _ranks, _run_folder, _sources, _start, _tensorboard
from harmonia.training._asked import (
    WHERE,
    by_source,
    check_seed,
    check_shared,
    crops_of,
    device_of,
    items_of,
    steps_of,
    with_validation,
    workers_of,
)
from harmonia.training._batch import Batch
from harmonia.training._keeper import Keeper, Progress
from harmonia.training._loop import Every, Trainer, run
from harmonia.training._recipe import Recipe
from harmonia.training._recipes import name_of, open_recipe
from harmonia.training._settings import Precision, Settings
from harmonia.training._sheet import Sheets, Translations
from harmonia.training._sources import Samples
from harmonia.training._stream import Places, Stream, loader, together
from harmonia.training._validation import Validation


@dataclass(frozen=True)
class Run:
    """What a run left.

    Attributes
    ----------
    folder
        Its files; `_run_folder` lists them.
    method
        What its weights are of, for `harmonia.load`.
    steps
        How many were done, in all.
    best
        The best validation: {"step": ..., "fmse": ...}; empty without validation samples.
    """

    folder: Path
    method: str
    steps: int
    best: Mapping[str, float]


def train(
    recipe: str | type[Recipe],
    data: Samples | Mapping[str, Samples],
    out: str | PathLike[str],
    *,
    validation: Samples | float | None = None,
    steps: int | None = None,
    epochs: float | None = None,
    size: int | None = None,
    batch: int | None = None,
    accumulate: int = 1,
    rate: float | None = None,
    seed: int = 0,
    precision: Precision = "float32",
    average: float = 0.0,
    start: str | PathLike[str] | None = None,
    device: str | torch.device | None = None,
    workers: int | None = None,
    compile: bool = False,
    log_every: int = 50,
    save_every: int | None = None,
    validate_every: int | None = None,
    sample_every: int | None = None,
    protocol: str | None = None,
    tensorboard: bool = False,
    onnx: bool = False,
    overwrite: bool = False,
    progress: Callable[[Progress], object] | None = None,
    **options: Any,
) -> Run:
    """Train a system as its authors did, or by other settings; go on where an earlier run ended.

    The same call again goes on from the last checkpoint, however the run ended, and on a CPU the
    numbers are those of a run that nothing ended. What is left out is the authors': size, batch,
    rate, epochs. A shorter or longer run than theirs has their schedule drawn out over its steps.

    Parameters
    ----------
    recipe
        One of `list_recipes()`; the docstring of `harmonia.training.recipes.<name>` has its
        options. Or a class of your own, derived from `Recipe`.
    data
        A dataset of `harmonia.datasets.load`, `harmonia.synthesis.random_composites`, or any
        sequence of samples; for a recipe of several sources a dataset for each, by name. One with
        `again(epoch)`, as random composites have it, is asked for other samples in each epoch.
    out
        The folder of the run.
    validation
        Samples to try the network on, or the share of the first source's that is held back for it;
        the best network by fMSE is kept apart. Samples, `protocol` and the intervals may be others
        when a run goes on; the best is then that of the new ones.
    steps, epochs
        How long: steps of the optimizers, or how often the first source's samples are seen.
    size, batch, rate
        The side of training samples, samples at a time, learning rate.
    accumulate
        Batches a step of the optimizers.
    seed
        What all chance comes from.
    precision
        "bfloat16" runs convolutions and products in it.
    average
        The share that an average of the weights keeps at each step, such as 0.999; 0 for none.
    start
        Weights that the network begins from, or the run that left them: the second stage of two.
        The networks beside it, such as critics, begin by chance.
    device
        Where the networks are: the first GPU, or the CPU where there is none.
    workers
        Processes that prepare samples; 0 does so between steps.
    compile
        Whether the network goes through `torch.compile`.
    log_every, save_every, validate_every, sample_every
        Steps between rows of the log, checkpoints, validations, and sheets of samples; 0 for only
        after the last. The latter three are a twentieth of the run where they are left out.
    protocol
        Of the validation; iDIH's at the size of training by default.
    tensorboard
        Whether losses, scores and sheets are logged for TensorBoard too.
    onnx
        Whether the best network, or without validation the last, is written as ONNX in the end.
    overwrite
        Whether a run that is in the folder is removed, to start anew.
    progress
        Called after each step.
    options
        The recipe's own.

    >>> from harmonia.training import train
    >>> data = harmonia.synthesis.random_composites(photos, size=64, least_area=1.0)
    >>> size = {"size": 64, "width": 4, "base": 64}  # as small as can be
    >>> train("issam", data, folder / "run", steps=2, batch=2, workers=0, **size).steps
    2
    """
    folder = Path(out)
    ranks, chosen = _ranks.join(device_of(device))
    with _own_chance(chosen):
        torch.manual_seed(check_seed(seed))
        system = open_recipe(recipe, options, where=WHERE)
    if tensorboard:
        _tensorboard.check()
    if onnx:
        _check_onnx(system)
    sources = by_source(system, data, where=WHERE)
    data_told = {name: _sources.told(samples) for name, samples in sources.items()}
    sources, tried, tried_told = with_validation(sources, validation, seed)
    if tried_told is not None and "share" in tried_told:  # another one leaves others to learn from
        next(iter(data_told.values()))["held_back"] = tried_told["share"]
    first = next(iter(sources.values()))
    plan = system.plan
    size = plan.size if size is None else size
    settings = Settings(
        recipe=name_of(recipe),
        options=options,
        data=data_told,
        size=size,
        batch=plan.batch_at(size) if batch is None else batch,
        steps=1 if steps is None else steps,
        rate=plan.rate if rate is None else rate,
        accumulate=accumulate,
        seed=seed,
        precision=precision,
        average=average,
        validation=tried_told,
        protocol=protocol,
        log_every=log_every,
        start={} if start is None else _start.begin(system, Path(start), where=WHERE),
    )
    count = steps_of(system, len(first), steps, epochs, settings.batch_of_step)
    often = max(1, count // 20)
    settings = replace(
        settings,
        steps=count,
        protocol=None if tried is None else protocol or f"idih-{settings.size}",
        save_every=often if save_every is None else save_every,
        validate_every=often if validate_every is None else validate_every,
    )
    check_shared(settings.batch, ranks.count)
    workers = workers_of(workers, chosen)
    with contextlib.ExitStack() as stack:
        if ranks.first:
            stack.enter_context(_claimed(folder, settings, overwrite=overwrite))
        ranks.wait()
        stack.enter_context(_own_chance(chosen))
        trainer = Trainer(system, settings, chosen, ranks)
        keeper = Keeper(
            folder,
            trainer,
            None if tried is None else Validation(tried, str(settings.protocol)),
            _sheets(system, sources, tried),
            progress or (lambda progress: None),
        )
        keeper.resume(tensorboard=tensorboard)
        stack.callback(keeper.close)
        if compile:
            system.network.compile()
        run(
            trainer,
            together(_loaders(trainer, sources, workers)),
            [
                Every(settings.log_every, keeper.log),
                Every(settings.validate_every, keeper.validate),
                Every(settings.save_every, keeper.save),
                Every(often if sample_every is None else sample_every, keeper.show),
                Every(1, keeper.tell, waits=False),
            ],
        )
        if onnx and ranks.first:
            _run_folder.export(folder, system, best=bool(keeper.best))
    return Run(folder, system.method, trainer.step, keeper.best)


def _own_chance(device: torch.device) -> contextlib.AbstractContextManager[None]:
    """Where random numbers are drawn that nobody misses outside."""
    return torch.random.fork_rng([device] if device.type == "cuda" else [])


def _check_onnx(system: Recipe) -> None:
    if not system.harmonizes:
        raise ValueError(f"{WHERE}: onnx is for networks that harmonize; leave it out")
    check_exportable(system.network, system.method, where=WHERE)


@contextlib.contextmanager
def _claimed(folder: Path, settings: Settings, *, overwrite: bool) -> Iterator[None]:
    """The folder as that of this run, which no other process writes to meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    with _folder_lock.locked(folder / _run_folder.LOCK):
        anew = overwrite and not _ranks.relaunched()
        cleared = anew and _run_folder.clear(folder)
        _run_folder.open_folder(folder, settings, cleared=cleared)
        _run_folder.sweep(folder)
        yield


def _loaders(
    trainer: Trainer, sources: Mapping[str, Samples], workers: int
) -> dict[str, DataLoader[Batch]]:
    """The batches of each source that are left to this process."""
    system, settings, ranks = trainer.recipe, trainer.settings, trainer.ranks
    first, last = (step * settings.accumulate for step in (trainer.step, settings.steps))
    places = Places(first, last, settings.batch, ranks.rank, ranks.count)
    return {
        name: loader(
            Stream(
                samples,
                items_of(system, name, samples, settings),
                crops_of(system, samples),
                settings.seed,
                number,
            ),
            places,
            tuple(system.extras.get(name, ())),
            workers=workers,
            pinned=trainer.device.type == "cuda",
        )
        for number, (name, samples) in enumerate(sources.items())
    }


def _sheets(
    system: Recipe, sources: Mapping[str, Samples], tried: Samples | None
) -> Sheets | Translations:
    if not system.harmonizes:
        return Translations(sources[system.sources[-1]])
    if tried is None:
        return Sheets(sources[system.sources[0]], "the samples that are learnt")
    return Sheets(tried, "the validation samples")
