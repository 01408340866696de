"""What is seen of a run while it goes on: a line that is drawn again, and a line a validation."""

import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from harmonia.cli import _console
from harmonia.cli._progress import SECONDS, duration

if TYPE_CHECKING:
    from harmonia.training import Progress


class Watch:
    """Called after each step."""

    def __init__(self) -> None:
        self.step = self.steps = 0
        self.began: int | None = None  # the step that this call went on from
        self.losses: Mapping[str, float] = {}
        self.validation: Mapping[str, float] = {}
        self.waiting = 0.0
        self._best = math.inf
        self._started = time.monotonic()
        self._drawn = 0.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def __call__(self, progress: "Progress") -> None:
        if self.began is None:
            self.began = progress.step - 1
            if self.began:
                _console.say(f"going on from step {self.began:,} of {progress.steps:,}")
        self.step, self.steps = progress.step, progress.steps
        self.waiting = progress.pace.starved
        self.losses = progress.losses or self.losses
        if progress.validation:
            self.validation = progress.validation
            self._tell(progress.validation)
        now = time.monotonic()
        if now - self._drawn >= SECONDS:
            self._drawn = now
            _console.live(self.line(progress.pace.working + progress.pace.waiting))

    def line(self, seconds: float) -> str:
        """120/2000  3.1 steps/s  10:02 left  fn_mse 0.0123  waiting 1 %"""
        parts = [f"{self.step}/{self.steps}"]
        here = self.step - (self.began or 0)
        if here and self.seconds > 0:
            each = self.seconds / here
            parts.append(f"{1 / each:.3g} steps/s" if each <= 1 else f"{each:.3g} s a step")
            parts.append(f"{duration((self.steps - self.step) * each)} left")
        parts += [f"{name} {value:.4g}" for name, value in self.losses.items()]
        if seconds:
            parts.append(f"waiting {self.waiting:.0%}")
        return "  ".join(parts)

    def _tell(self, scores: Mapping[str, float]) -> None:
        fmse = scores["fmse"]
        best = ", the best so far" if fmse < self._best else ""
        self._best = min(self._best, fmse)
        _console.say(f"step {self.step:,}: {in_words(scores)}{best}")


def in_words(scores: Mapping[str, float]) -> str:
    return (
        f"fMSE {scores['fmse']:.5g} (composite {scores['composite_fmse']:.5g}), "
        f"PSNR {scores['psnr']:.4g} ({scores['composite_psnr']:.4g})"
    )
