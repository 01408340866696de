"""A video of composites, frame by frame, to a video: what `batch` does with one."""

import argparse
import contextlib
import itertools
import os
import time
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonia.cli import _arguments, _console
from harmonia.cli._video_masks import VideoMasks, is_video

if TYPE_CHECKING:
    import harmonia

__all__ = ["is_video", "run"]

EACH = "each"  # --fit each: a transform for every frame
SMOOTHED_NODES = 33  # an axis, of tables that are averaged
PICTURES_ONLY = ("suffix", "report", "workers", "to_srgb")

Frame = tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]


def run(arguments: argparse.Namespace) -> int:
    import harmonia
    from harmonia.cli._progress import Progress

    started = time.perf_counter()
    for name in PICTURES_ONLY:
        if getattr(arguments, name, None):
            raise _arguments.Misused(f"--{name} is for pictures; leave it out for a video")
    named = arguments.masks or arguments.mask
    if not named:
        raise _arguments.Misused(
            "--masks is missing: a video of masks, a folder of them in order, or one for all frames"
        )
    clip = harmonia.io.open_video(arguments.source)
    masks = VideoMasks(named, clip.size, _arguments.MaskWays.of(arguments))
    work = _Work(arguments, clip, masks)
    target = Path(arguments.output)
    if target.is_dir():
        target /= Path(arguments.source).name
    _say_notes(arguments.source, (*clip.notes, *masks.notes))
    writer = harmonia.io.video_writer(
        target, clip, quality=arguments.quality, overwrite=arguments.overwrite
    )
    with writer, Progress(clip.expected or 0) as progress:
        for _ in _written(work, writer):
            progress.total = max(progress.total, progress.done + 1)
            progress.step()
    seconds = time.perf_counter() - started
    notes = [*clip.notes, *masks.notes, *writer.notes]
    if getattr(arguments, "json", False):
        _console.show_json(
            {
                "output": os.fspath(target),
                "frames": writer.frames,
                "fit": work.fitted,
                "notes": notes,
                "seconds": round(seconds, 3),
            }
        )
    _say_notes(os.fspath(target), writer.notes)
    _console.say(
        f"{target}: {writer.frames} frames, {work.said()}, {seconds:.1f} s, "
        f"{writer.frames / seconds:.1f} frames a second"
    )
    return 0


class _Work:
    """Harmonizes frame after frame, by one transform unless each has its own.

    `fitted` is the number of the frame that the transform is fitted to, "each", or None before it.
    """

    def __init__(
        self, arguments: argparse.Namespace, clip: "harmonia.io.VideoReader", masks: VideoMasks
    ) -> None:
        import harmonia
        from harmonia.transform import check_strength

        check_strength(arguments.strength, where="--strength")
        self._method, self._strength = arguments.method, arguments.strength
        self._options = dict(arguments.options)
        self._harmonizer = harmonia.load(self._method, **self._options)
        self._target = _reference(arguments)
        if self._target and not isinstance(self._harmonizer, harmonia.Harmonizer):
            raise _arguments.Misused(f"--reference is not for networks such as {self._method}")
        self._clip, self._masks = clip, masks
        self._look: harmonia.Transform | None = None
        self._smooth: float | None = getattr(arguments, "smooth", None)
        self.fitted: int | str | None = None
        if self._smooth is not None and arguments.fit != EACH:
            raise _arguments.Misused("--smooth is for --fit each; add it, or leave --smooth out")
        if arguments.fit == EACH:
            self.fitted = EACH
        elif arguments.fit is not None:
            self._fit_to(_number(arguments.fit))

    def frames(self) -> Generator[Frame, None, None]:
        """Frames with their masks; fewer masks than frames are an error."""
        for number, (frame, mask) in enumerate(itertools.zip_longest(self._clip, self._masks)):
            if mask is None:
                raise ValueError(
                    f"{self._masks.name}: the masks end before frame {number}, and "
                    f"{self._clip.name} goes on"
                )
            if frame is None:
                if not self._masks.endless:
                    _console.caution(
                        f"{self._masks.name} has masks beyond the "
                        f"{number} frames of {self._clip.name}"
                    )
                return
            yield frame, mask

    def __call__(self, number: int, frame: Any, mask: Any) -> Any:
        if self.fitted == EACH and self._smooth is None:
            return self._harmonizer(frame, mask, strength=self._strength, **self._target)
        if self.fitted == EACH and mask.any():
            self._follow(frame, mask)
        if self._look is None and mask.any():
            self._fit(number, frame, mask)
        if self._look is None:  # no foreground so far
            return frame
        return self._look.apply(frame, mask, strength=self._strength)

    def said(self) -> str:
        if self.fitted == EACH:
            over = "" if self._smooth is None else f", smoothed over {self._smooth:g}"
            return f"{self._method} fitted to each frame{over}"
        if self.fitted is None:
            return "no foreground in any"
        return f"{self._method} fitted to frame {self.fitted}"

    def _follow(self, frame: Any, mask: Any) -> None:
        """The transform of a frame goes into a running mean of those before it."""
        from harmonia.lut import combine

        new = self._transform(frame, mask).to_lut(SMOOTHED_NODES)
        if self._look is None or self._smooth is None:
            self._look = new
        else:
            share = 1 / self._smooth
            self._look = combine([self._look.to_lut(SMOOTHED_NODES), new], [1 - share, share])

    def _fit_to(self, number: int) -> None:
        with contextlib.closing(self.frames()) as frames:
            chosen = next(itertools.islice(frames, number, None), None)
        if chosen is None:
            raise ValueError(
                f"--fit {number}: {self._clip.name} has {len(self._clip.times)} frames, from 0"
            )
        if not chosen[1].any():
            raise ValueError(f"--fit {number}: there is no foreground in the mask of this frame")
        self._fit(number, *chosen)

    def _fit(self, number: int, frame: Any, mask: Any) -> None:
        self._look = self._transform(frame, mask)
        self.fitted = number

    def _transform(self, frame: Any, mask: Any) -> "harmonia.Transform":
        from harmonia.transform import NoTransformError

        cure = "pass --fit each" if self.fitted != EACH else "leave out --smooth"
        try:
            return self._harmonizer.fit(frame, mask, **self._target)
        except NoTransformError as error:
            raise NoTransformError(
                f"what {self._method} does depends on the place of each pixel, so that there is no "
                f"one transform for a video; {cure}"
            ) from error


def _written(work: _Work, writer: "harmonia.io.VideoWriter") -> Iterator[int]:
    """Numbers of frames as they are done: one is decoded, one is worked on, one is encoded."""
    with (
        contextlib.closing(work.frames()) as frames,
        ThreadPoolExecutor(1) as decoding,
        ThreadPoolExecutor(1) as encoding,
    ):
        coming: Future[Frame | None] = decoding.submit(next, frames, None)
        going: Future[None] | None = None
        for number in itertools.count():
            pair = coming.result()
            if pair is None:
                break
            coming = decoding.submit(next, frames, None)
            out = work(number, *pair)
            if going is not None:
                going.result()
            going = encoding.submit(writer.write, out)
            yield number
        if going is not None:
            going.result()


def _reference(arguments: argparse.Namespace) -> dict[str, Any]:
    import harmonia

    if not getattr(arguments, "reference", None):
        if getattr(arguments, "reference_mask", None):
            raise _arguments.Misused("--reference-mask needs --reference")
        return {}
    pixels = harmonia.io.read(arguments.reference).pixels
    if not arguments.reference_mask:
        return {"reference": pixels}
    height, width = pixels.shape[:2]
    mask = harmonia.io.read_mask(arguments.reference_mask, image_size=(height, width))
    return {"reference": pixels, "reference_mask": mask.mask}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise _arguments.Misused(
            f"--fit must be the number of a frame, from 0, or each, got {text!r}"
        )
    return int(text)


def _say_notes(name: str, notes: tuple[str, ...]) -> None:
    for note in notes:
        _console.say(f"{name}: {note}")
