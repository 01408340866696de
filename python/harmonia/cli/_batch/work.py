"""What is done with one picture of a batch, from its files to its output."""

import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import harmonia
from harmonia._window import Budget
from harmonia.cli import _task
from harmonia.cli._arguments import AS_IT_IS, MaskWays
from harmonia.cli._batch.jobs import Job
from harmonia.io.headers import pixels_of

PIXELS_EACH = 1 << 25  # under way for each worker: 13 bytes a pixel are alive at the worst


class Stopped(Exception):
    """The run ends, and nothing more is begun."""


class Methods:
    """Methods with their options, each loaded once, by whichever thread comes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: dict[str, Any] = {}

    def __call__(self, method: str, options: Mapping[str, Any]) -> Any:
        key = repr((method, sorted(options.items())))
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = harmonia.load(method, **options)
            return self._loaded[key]


class Made(NamedTuple):
    foreground: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Work:
    """What holds for every picture of a run; called with a job from several threads."""

    folder: Path
    method: str = "auto"
    strength: float = 1.0
    options: Mapping[str, Any] = field(default_factory=dict)
    reference: str | None = None
    reference_mask: str | None = None
    masks: MaskWays = AS_IT_IS
    to_srgb: bool = False
    quality: int = 95
    target: Mapping[str, Any] = field(default_factory=dict)  # the reference, as keywords
    look: harmonia.Transform | None = None  # one for all instead of one fitted to each
    methods: Methods = field(default_factory=Methods)
    stop: threading.Event = field(default_factory=threading.Event)
    budget: Budget = field(default_factory=lambda: Budget(PIXELS_EACH))

    def __call__(self, job: Job) -> Made:
        if job.problem:
            raise FileNotFoundError(job.problem)
        with self.budget.share(pixels_of(Path(job.image))):
            self._go_on()
            picture, mask = self.read(job)
            self._go_on()
            out = self._harmonized(job, picture.pixels, mask.mask)
            self._go_on()
            target = self.folder / job.output
            target.parent.mkdir(parents=True, exist_ok=True)
            harmonia.io.write(target, out, like=picture, quality=self.quality, overwrite=True)
        return Made(mask.foreground, (*picture.notes, *(f"mask: {note}" for note in mask.notes)))

    def read(self, job: Job) -> tuple[harmonia.io.Picture, harmonia.io.MaskFile]:
        picture = _task.read(job.image, to_srgb=self.to_srgb)
        return picture, _task.mask_of(job.mask, picture.pixels.shape[:2], self.masks)

    @property
    def shared_files(self) -> list[str]:
        return [name for name in (self.reference, self.reference_mask) if name]

    def prepared(self, frame: Job | None) -> "Work":
        """With what all pictures share read once: the reference, and the transform of one frame."""
        target = self._target(None)
        if frame is None:
            return replace(self, target=target)
        if frame.problem:
            raise FileNotFoundError(f"{frame.image}: {frame.problem}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", harmonia.io.MaskWarning)  # it comes again in its turn
            picture, mask = self.read(frame)
        try:
            look = harmonia.fit(picture.pixels, mask.mask, self.method, **target, **self.options)
        except ValueError as error:
            raise ValueError(f"{frame.image}: {error}") from error
        return replace(self, target=target, look=look)

    def _harmonized(self, job: Job, pixels: Any, mask: Any) -> Any:
        strength = self.strength if job.strength is None else job.strength
        if self.look is not None:
            return self.look.apply(pixels, mask, strength=strength)
        method = self.method if job.method is None else job.method
        options = self.options_of(job)
        target = self.target if job.reference is None else self._target(job)
        return self.methods(method, options)(pixels, mask, strength=strength, **target)

    def options_of(self, job: Job) -> Mapping[str, Any]:
        """Those of the run are for its method; another method has its own."""
        if job.options is not None:
            return job.options
        return self.options if job.method in (None, self.method) else {}

    def _target(self, job: Job | None) -> dict[str, Any]:
        named = self if job is None else job
        if named.reference is None:
            return {}
        pixels = _task.read(named.reference, to_srgb=self.to_srgb).pixels
        if named.reference_mask is None:
            return {"reference": pixels}
        ways = self.masks._replace(invert=False)
        mask = _task.mask_of(named.reference_mask, pixels.shape[:2], ways)
        return {"reference": pixels, "reference_mask": mask.mask}

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise Stopped
