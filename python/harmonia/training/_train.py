"""A run from its beginning, or from where an earlier one ended, to its last step."""

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from os import PathLike
from pathlib import Path
from typing import Any

import torch

from harmonia import _folder_lock
from harmonia.nets._export import check_exportable
from harmonia.synthesis import RandomComposites
from harmonia.training import (
    _checkpoint,
    _ranks,
    _records,
    _run_folder,
    _sources,
    _start,
    _tensorboard,
)
from harmonia.training._crops import WHOLE, Crops
from harmonia.training._held_back import held_back
from harmonia.training._loop import Diverged, Every, Pace, Trainer, run
from harmonia.training._recipe import DATA, Recipe
from harmonia.training._recipes import name_of, open_recipe
from harmonia.training._settings import Precision, Settings
from harmonia.training._sheet import Sheets
from harmonia.training._sources import Samples
from harmonia.training._stream import Places, Stream, default_workers, loader, together
from harmonia.training._tensors import tensors
from harmonia.training._validation import Validation

WHERE = "train"


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    step, steps
        Done, and in all.
    losses
        Their means since the last row of the log; empty between rows.
    validation
        Scores, right after they were measured; empty else.
    pace
        Where the time went since the run began or went on.
    """

    step: int
    steps: int
    losses: Mapping[str, float] = field(default_factory=dict)
    validation: Mapping[str, float] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)


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
        after the last. A twentieth of the run where they are left out.
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
    """
    where, folder = WHERE, Path(out)
    ranks, chosen = _ranks.join(_device(device))
    with torch.random.fork_rng([chosen] if chosen.type == "cuda" else []):
        torch.manual_seed(_seed(seed))
        system = open_recipe(recipe, options, where=where)
    if tensorboard:
        _tensorboard.check()
    if onnx and not system.harmonizes:
        raise ValueError(f"{where}: onnx is for networks that harmonize; leave it out")
    if onnx:
        check_exportable(system.network, system.method, where=where)
    sources = _by_source(system, data, where=where)
    data_told = {name: _sources.told(samples) for name, samples in sources.items()}
    sources, tried, tried_told = _with_validation(sources, validation, _seed(seed))
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
        start={} if start is None else _start.begin(system, Path(start), where=where),
    )
    count = _steps(system, len(first), steps, epochs, settings.batch_of_step)
    often = max(1, count // 20)
    settings = replace(
        settings,
        steps=count,
        protocol=None if tried is None else protocol or f"idih-{settings.size}",
        save_every=often if save_every is None else save_every,
        validate_every=often if validate_every is None else validate_every,
    )
    if settings.batch % ranks.count:
        raise ValueError(
            f"{where}: batch must be shared evenly among {ranks.count} processes, got "
            f"{settings.batch}"
        )
    if workers is None:
        workers = default_workers(chosen.type)
    elif isinstance(workers, bool) or not isinstance(workers, int) or workers < 0:
        raise ValueError(f"{where}: workers must be a whole number from 0 on, got {workers!r}")
    with contextlib.ExitStack() as stack:
        if ranks.first:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_folder_lock.locked(folder / _run_folder.LOCK))
            anew = overwrite and not _ranks.relaunched()
            cleared = anew and _run_folder.clear(folder)
            _run_folder.open_folder(folder, settings, cleared=cleared)
            _run_folder.sweep(folder)
        ranks.wait()
        stack.enter_context(torch.random.fork_rng([chosen] if chosen.type == "cuda" else []))
        trainer = Trainer(system, settings, chosen, ranks)
        keeper = _Keeper(
            folder,
            trainer,
            None
            if tried is None or settings.protocol is None
            else Validation(tried, settings.protocol),
            Sheets(first, "the samples that are learnt")
            if tried is None
            else Sheets(tried, "the validation samples"),
            progress or (lambda progress: None),
        )
        keeper.resume(tensorboard=tensorboard)
        stack.callback(keeper.close)
        if compile:
            system.network.compile()
        loaders = {
            name: loader(
                Stream(
                    samples,
                    _items(system, name, samples, settings),
                    _crops(system, samples),
                    seed,
                    number,
                ),
                Places(
                    trainer.step * accumulate,
                    settings.steps * accumulate,
                    settings.batch,
                    ranks.rank,
                    ranks.count,
                ),
                tuple(system.extras.get(name, ())),
                workers=workers,
                pinned=chosen.type == "cuda",
            )
            for number, (name, samples) in enumerate(sources.items())
        }
        run(
            trainer,
            together(loaders),
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


class _Keeper:
    """What is written while a run goes on; only by the first process."""

    def __init__(
        self,
        folder: Path,
        trainer: Trainer,
        validation: Validation | None,
        sheets: Sheets,
        progress: Callable[[Progress], object],
    ) -> None:
        self._folder = folder
        self._trainer = trainer
        self._validation = validation
        self._sheets = sheets
        self._board: _tensorboard.TensorBoard | None = None
        self._progress = progress
        self._news: dict[str, Mapping[str, float]] = {}
        self.best: dict[str, float] = {}

    def resume(self, *, tensorboard: bool) -> None:
        path = self._folder / _run_folder.CHECKPOINT
        scored = False
        if path.is_file():
            checkpoint = _checkpoint.load(path)
            self._trainer.restore(checkpoint)
            then = Settings.read(checkpoint.settings)
            scored = self._trainer.settings.scores_as(then)
            if scored:
                self.best = dict(checkpoint.best)
        step = self._trainer.step
        self._trainer.ranks.wait()
        if self._trainer.ranks.first:
            self._log, self._speed = (
                _records.Table(self._folder / name, since=step)
                for name in (_run_folder.LOG, _run_folder.SPEED)
            )
            self._scores = _records.Table(
                self._folder / _run_folder.VALIDATION, since=step if scored else 0
            )
            if tensorboard:
                board = self._folder / _run_folder.TENSORBOARD
                self._board = _tensorboard.TensorBoard(board, since=self._trainer.step)

    def close(self) -> None:
        if self._board is not None:
            self._board.close()

    def log(self) -> None:
        trainer = self._trainer
        rate = trainer.rate
        means = trainer.means()
        self._news["losses"] = means
        if trainer.ranks.first:
            self._log.add({"step": trainer.step, "rate": rate, **means})
            pace = trainer.pace
            self._speed.add(
                {"step": trainer.step, "samples_a_second": pace.rate, "waiting": pace.starved}
            )
            if self._board is not None:
                self._board.add("loss", trainer.step, means)
                self._board.add("run", trainer.step, {"rate": rate, "waiting": pace.starved})

    def validate(self) -> None:
        trainer = self._trainer
        if self._validation is None or not trainer.ranks.first or not trainer.recipe.harmonizes:
            return
        scores = self._validation.scores(trainer.network, trainer.recipe.method)
        self._news["validation"] = scores
        self._scores.add({"step": trainer.step, **scores})
        if self._board is not None:
            self._board.add("validation", trainer.step, scores)
        if scores["fmse"] < self.best.get("fmse", math.inf):
            self.best = {"step": trainer.step, "fmse": scores["fmse"]}
            self._keep(_run_folder.BEST)

    def show(self) -> None:
        trainer = self._trainer
        if not trainer.ranks.first or not trainer.recipe.harmonizes:
            return
        try:
            sheet = self._sheets.draw(trainer.network, trainer.recipe.method, trainer.step)
        except ValueError as error:
            if "NaN or infinity" not in str(error):
                raise
            raise Diverged(
                f"train: the output became NaN or infinite by step {trainer.step}; lower rate"
            ) from error
        self._sheets.write(_run_folder.sheet(self._folder, trainer.step), sheet)
        if self._board is not None:
            self._board.show(trainer.step, sheet)

    def save(self) -> None:
        checkpoint = self._trainer.checkpoint(self.best)
        if not self._trainer.ranks.first:
            return
        # The checkpoint comes last: of a run that it says is over, all is there.
        self._keep(_run_folder.LAST)
        _checkpoint.save(self._folder / _run_folder.CHECKPOINT, checkpoint)

    def tell(self) -> None:
        trainer = self._trainer
        news, self._news = self._news, {}
        self._progress(Progress(trainer.step, trainer.settings.steps, pace=trainer.pace, **news))

    def _keep(self, name: str) -> None:
        trainer = self._trainer
        _run_folder.keep(self._folder / name, trainer.recipe, trainer.network, trainer.step)


def _by_source(system: Recipe, data: Any, *, where: str) -> dict[str, Samples]:
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


def _with_validation(
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


def _crops(system: Recipe, samples: Samples) -> Crops:
    """Composites that are made by chance are pieces of photographs already."""
    return WHOLE if isinstance(samples, RandomComposites) else system.plan.crops


def _items(system: Recipe, source: str, samples: Sequence[Any], settings: Settings) -> Any:
    extras = tuple(system.extras.get(source, ()))
    return tensors(samples, size=settings.size, extras=extras, resize=system.plan.resize)


def _steps(
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


def _device(device: str | torch.device | None) -> torch.device:
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


def _seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise ValueError(f"{WHERE}: seed must be a whole number from 0 to 2**63 - 1, got {seed!r}")
    return seed
