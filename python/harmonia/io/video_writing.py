"""Videos to files, frame by frame, with the times and the sound of another."""

import contextlib
import dataclasses
import math
import re
from fractions import Fraction
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from harmonia import _atomic, _video_files
from harmonia._video_files import VideoFileError, encoding, matroska, program
from harmonia.io.video_reading import Pixels, VideoReader


class VideoWriter:
    """Takes the frames of a video in order; `close`, or the end of its `with`, makes the file.

    Until then nothing has its name, and an exception in the `with` leaves nothing.

    Attributes
    ----------
    name
        The path.
    frames
        How many were written.
    notes
        What the file does to them: "libx264, lossy: the background changes too".
    """

    def __init__(
        self,
        path: str | PathLike[str],
        like: VideoReader | None,
        rate: Fraction,
        quality: int,
        overwrite: bool,
        audio: bool,
    ) -> None:
        self.name = str(Path(path))
        self.frames = 0
        self.notes: tuple[str, ...] = ()
        self._like = like
        self._rate = rate
        self._quality = quality
        self._audio = audio and like is not None and like.audio > 0
        self._shape: tuple[int, ...] = ()
        self._dtype = np.dtype(np.uint8)
        self._shift = 0  # whole seconds, as the stream to the encoder begins at 0 or later
        self._running: program.Running | None = None
        self._ended = False
        self._overwrite = overwrite
        self._stack = contextlib.ExitStack()
        self._fresh = self._stack.enter_context(_atomic.fresh_file(Path(path), overwrite=overwrite))

    def write(self, frame: Pixels) -> None:
        """The next frame, (H, W, 3) of uint8 or uint16, all alike. It is shown when `like`'s is."""
        self._check(frame)
        time = self._time()
        if self._running is None:
            self._running = self._start(frame, time)
        data = np.ascontiguousarray(frame, frame.dtype.newbyteorder("<"))
        try:
            _put(self._running, matroska.before_frame(time + self._shift, data.nbytes))
            _put(self._running, data.data.cast("B"))
        except OSError:  # it has ended, and said why
            self._running.wait()
            raise self._failure(self._running) from None
        self.frames += 1

    def close(self) -> None:
        """Finish the file and give it its name."""
        self._end(keep=True)

    def __enter__(self) -> "VideoWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end(keep=error is None)

    def _end(self, *, keep: bool) -> None:
        if self._ended:
            return
        self._ended = True
        try:
            with self._stack:
                if not keep:
                    raise _Abandoned
                self._finish()
        except _Abandoned:
            return
        except FileExistsError:
            raise _exists(self.name) from None

    def _finish(self) -> None:
        if self._running is None:
            raise VideoFileError(self.name, "no frame was written to it")
        with contextlib.suppress(OSError):
            self._running.pipe.close()
        if self._running.wait() != 0 or self._running.complaints:
            raise self._failure(self._running)

    def _failure(self, running: program.Running) -> VideoFileError:
        said = "cannot be written"
        if self._audio and re.search("codec|tag|audio|header", " ".join(running.complaints), re.I):
            said += ", maybe since it does not take the sound that comes along; a .mkv takes any"
        return running.error(said)

    def _check(self, frame: object) -> None:
        if self._ended:
            raise ValueError("write: the writer is closed; open another one")
        if not isinstance(frame, np.ndarray):
            raise TypeError(f"write: frame must be a NumPy array, got {type(frame).__name__}")
        if frame.ndim != 3 or frame.shape[2] != 3 or frame.size == 0:
            raise ValueError(f"write: frame must have shape (H, W, 3), got {frame.shape}")
        if frame.dtype not in (np.uint8, np.uint16):
            raise TypeError(f"write: frame must be uint8 or uint16, got {frame.dtype}")
        if self._running is not None and (frame.shape, frame.dtype) != (self._shape, self._dtype):
            raise ValueError(
                f"write: frame must be {self._shape} of {self._dtype} as those before, "
                f"got {frame.shape} of {frame.dtype}"
            )

    def _time(self) -> Fraction:
        if self._like is None:
            return self.frames / self._rate
        if self.frames >= len(self._like.times):
            raise ValueError(
                f"write: like has given {len(self._like.times)} frames so far, and this is one "
                "more; write a frame after it was read"
            )
        return self._like.times[self.frames] * self._like.time_base

    def _start(self, frame: Pixels, time: Fraction) -> program.Running:
        self._shape, self._dtype = frame.shape, frame.dtype
        self._shift = max(0, math.ceil(-time))
        container = _video_files.WRITABLE[Path(self.name).suffix.lower()]
        bits = 8 if frame.dtype == np.uint8 else 16
        height, width = frame.shape[:2]
        pixels, tags = encoding.Pixels(width, height, bits), {}
        ticks = 1 / self._rate if self._like is None else self._like.time_base
        if self._like is not None:
            held = self._like.facts
            pixels, tags = encoding.Pixels.like(held), dict(held.tags)
            pixels = dataclasses.replace(pixels, width=width, height=height)
            if bits != (8 if held.bits == 8 else 16):
                pixels = dataclasses.replace(pixels, bits=bits)
        if self._quality == 100:
            codec, self.notes = encoding.lossless(pixels, tags)
        else:
            codec, self.notes = encoding.lossy(
                self.name,
                container,
                program.encoders(program.find(self.name)),
                pixels,
                tags,
                self._quality,
                self._rate,
            )
        if container in ("matroska", "webm") and (1000 * ticks).denominator != 1:
            self.notes = (*self.notes, "times rounded to milliseconds")
        arguments = ["-copyts", "-itsoffset", str(-self._shift), "-f", "matroska", "-i", "pipe:0"]
        if self._like is not None:
            arguments += self._like.source
        arguments += ["-map", "0:v:0", *codec, "-fps_mode", "passthrough"]
        arguments += ["-enc_time_base", f"{ticks.numerator}:{ticks.denominator}"]
        if container in ("mp4", "mov"):
            arguments += ["-video_track_timescale", str(ticks.denominator)]
        if self._audio:
            arguments += ["-map", "1:a", "-c:a", "copy"]
        if self._like is not None:
            arguments += ["-map_metadata", "1", "-map_chapters", "1"]
        arguments += ["-f", container, "-y", program.local(str(self._fresh))]
        running = program.Running(self.name, arguments, writes=True)
        self._stack.callback(running.stop)
        rate = self._rate
        _put(running, matroska.head(width, height, bits=bits, rate=rate))
        return running


def video_writer(
    path: str | PathLike[str],
    like: VideoReader | None = None,
    *,
    rate: float | Fraction | None = None,
    quality: int = 95,
    overwrite: bool = False,
    audio: bool = True,
) -> VideoWriter:
    """A writer of a video file, .mp4, .mov, .m4v, .mkv or .webm, there whole or not at all.

    Parameters
    ----------
    path
        The suffix says the format.
    like
        A video whose times, colour tags, shape of pixels, metadata and sound the file gets too;
        the sound is copied as it is. Frame n is shown when its frame n is, so read it before.
    rate
        Frames a second, where there is no `like`.
    quality
        1..99 is lossy: H.264, in .webm VP9, and each pixel changes a little, also where nothing was
        harmonized. 100 is FFV1 in RGB, for .mkv alone, and keeps every bit.
    overwrite
        Whether a file that is there may be replaced; else it is a `FileExistsError`.
    audio
        False leaves the sound of `like` out.

    Subtitles and data streams are left out, HDR light levels too. ffmpeg is found as by
    `open_video`.

    >>> import tempfile
    >>> look = harmonia.fit(image, mask)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with harmonia.io.video_writer(f"{folder}/clip.mkv", rate=25, quality=100) as writer:
    ...         writer.write(image)
    ...     clip = harmonia.io.open_video(f"{folder}/clip.mkv")
    ...     with harmonia.io.video_writer(f"{folder}/out.mkv", clip, quality=100) as writer:
    ...         for frame in clip:
    ...             writer.write(look.apply(frame, mask))
    >>> writer.frames, writer.notes
    (1, ('FFV1, lossless',))
    """
    if not isinstance(path, (str, PathLike)):
        raise TypeError(f"video_writer: path must be a path, got {type(path).__name__}")
    if like is not None and not isinstance(like, VideoReader):
        raise TypeError(
            f"video_writer: like must be a VideoReader, got {type(like).__name__}; "
            "harmonia.io.open_video(path) gives one"
        )
    whole = isinstance(quality, (int, np.integer)) and not isinstance(quality, bool)
    if not whole or not 1 <= quality <= 100:
        raise ValueError(f"video_writer: quality must be an integer of 1..100, got {quality!r}")
    if (rate is None) == (like is None):
        raise ValueError("video_writer: pass like, or else rate, such as rate=25")
    if like is not None:
        speed = like.rate
    elif isinstance(rate, (int, float, Fraction)) and 0 < rate < 1e5:
        speed = Fraction(rate).limit_denominator(100_000)
    else:
        raise ValueError(f"video_writer: rate must be frames a second, got {rate!r}")
    where, name = Path(path), str(Path(path))
    suffix = where.suffix.lower()
    if suffix not in _video_files.WRITABLE:
        known = ", ".join(_video_files.WRITABLE)
        raise VideoFileError(name, f"the name must end in one of {known}, got {suffix!r}")
    if quality == 100 and suffix != ".mkv":
        raise VideoFileError(
            name, "only a .mkv takes quality=100, which is lossless; pass 99 or less"
        )
    if not where.parent.is_dir():
        raise FileNotFoundError(
            f"there is no folder {where.parent} to write {where.name} to; make it first"
        )
    if like is not None and where.exists() and where.samefile(like.name):
        raise VideoFileError(name, "is the video that is read; write to another name")
    if where.exists() and not overwrite:
        raise _exists(name)
    program.find(name)
    return VideoWriter(path, like, speed, int(quality), overwrite, audio)


class _Abandoned(Exception):
    """Lets what is half written be removed."""


def _exists(name: str) -> FileExistsError:
    return FileExistsError(f"{name} is there already; pass overwrite=True to replace it")


def _put(running: program.Running, data: Any) -> None:
    left = memoryview(data)
    while left:
        left = left[running.pipe.write(left) :]
