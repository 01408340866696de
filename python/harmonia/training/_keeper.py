"""What is written and said while a run goes on."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harmonia.training import _checkpoint, _records, _run_folder, _sheet, _tensorboard
from harmonia.training._loop import Diverged, Pace, Trainer
from harmonia.training._settings import Settings
from harmonia.training._sheet import Sheets, Translations
from harmonia.training._validation import Validation


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


class Keeper:
    """What is written while a run goes on; only by the first process."""

    def __init__(
        self,
        folder: Path,
        trainer: Trainer,
        validation: Validation | None,
        sheets: Sheets | Translations,
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
        rate = trainer.rate_of(trainer.step - 1)
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
        if not trainer.ranks.first:
            return
        try:
            sheet = self._sheets.draw(trainer.network, trainer.recipe.method, trainer.step)
        except ValueError as error:
            if "NaN or infinity" not in str(error):
                raise
            raise Diverged(
                f"train: the output became NaN or infinite by step {trainer.step}; lower rate"
            ) from error
        _sheet.write(_run_folder.sheet(self._folder, trainer.step), sheet)
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
