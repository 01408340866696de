"""Videos from files, frame by frame."""

import contextlib
import queue
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from harmonia import _video_files
from harmonia._image_files import sniff
from harmonia._video_files import VideoFileError, facts, program, riff

Pixels = np.ndarray[Any, Any]
Said = queue.SimpleQueue[facts.Frame]

PATIENCE = 100  # tenths of a second for what the program says of a frame to be heard


class VideoReader:
    """The frames of a video, by iterating: (H, W, 3), upright RGB, uint8, or uint16 of deep ones.

    Every iteration decodes from the start; few frames are in memory at a time. A file that is
    damaged or ends too early is a `VideoFileError` when the decoder meets the place.

    Attributes
    ----------
    name
        The path.
    size
        (height, width), upright.
    dtype
        uint8, or uint16 for more than 8 bits, spread over 0..65535.
    rate
        Frames a second; of a variable rate what the file says.
    time_base, times
        A tick in seconds; and when frames are shown in ticks, of those decoded so far.
    duration
        In seconds, or None where the file does not say.
    codec
        Of the pictures: "h264".
    rotation
        Degrees clockwise by which frames were turned upright.
    audio
        How many streams of sound there are.
    notes
        Every conversion that is made: "YCbCr bt709, limited range, to RGB".
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.name = str(Path(path))
        demuxer = _demuxer(self.name)
        with Path(path).open("rb"):
            pass  # what the system has against it, it says itself
        self.source = facts.source(self.name, demuxer)  # it, as an input of ffmpeg
        self.facts = facts.probe(self.name, demuxer)
        self.size = (self.facts.height, self.facts.width)
        pixels, limit = self.size[0] * self.size[1], sniff.pixel_limit()
        if pixels > limit:
            raise VideoFileError(
                self.name,
                f"frames of {pixels} pixels are beyond the limit of {limit}; "
                "set HARMONIA_MAX_PIXELS to raise it",
            )
        self.dtype = np.dtype(np.uint16 if self.facts.bits > 8 else np.uint8)
        self.rate = self.facts.rate
        self.time_base = self.facts.time_base
        self.duration = self.facts.duration
        self.codec = self.facts.codec
        self.rotation = self.facts.rotation
        self.audio = self.facts.audio
        self.notes = self.facts.notes
        self.times: list[int] = []

    @property
    def expected(self) -> int | None:
        """About how many frames there are, by duration and rate; None where that is not said."""
        return None if self.duration is None else round(self.duration * self.rate)

    def __iter__(self) -> Iterator[Pixels]:
        height, width = self.size
        said: Said = queue.SimpleQueue()

        def heard(line: str) -> None:
            frame = facts.frame(line)
            if frame is not None:
                said.put(frame)

        running = program.Running(self.name, self._arguments(), heard=heard)
        count = 0
        try:
            while True:
                frame = np.empty((height, width, 3), self.dtype)
                got = _fill(running, frame)
                if got == 0:
                    break
                if got < frame.nbytes:
                    raise running.error(f"ends within frame {count}")
                self._note_time(count, said, running)
                yield frame
                count += 1
            cut = _demuxer(self.name) == "avi" and not riff.whole(self.name)
            if running.wait() != 0 or running.complaints or cut:
                raise running.error(f"is damaged or incomplete, after frame {count - 1}")
        finally:
            running.stop()

    def _arguments(self) -> list[str]:
        deep = self.dtype == np.uint16
        held = self.facts
        convert = ["out_range=pc"]
        if held.matrix != "rgb":
            spread = "pc" if held.full_range else "tv"
            convert += [f"in_range={spread}", f"in_color_matrix={held.matrix}"]
        convert.append("flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact")
        form = "rgb48le" if deep else "rgb24"
        filters = f"showinfo=checksum=0,scale={':'.join(convert)},format={form}"
        ticks = f"{self.time_base.numerator}:{self.time_base.denominator}"
        shape = ["-map", "0:V:0", "-vf", filters, "-fps_mode", "passthrough"]
        shape += ["-enc_time_base", ticks]  # with others times may fall together, a complaint
        return ["-copyts", *self.source, *shape, "-f", "rawvideo", "pipe:1"]

    def _note_time(self, number: int, said: "Said", running: program.Running) -> None:
        frame = _about(number, said, running)
        if frame.size is not None and frame.size != self.size:
            raise VideoFileError(
                self.name,
                f"frame {number} is {frame.size[1]} x {frame.size[0]}, those before "
                f"{self.size[1]} x {self.size[0]}; a video must keep its size",
            )
        if number < len(self.times):
            return
        time = frame.time
        if time is None:
            usual = max(1, round(1 / (self.rate * self.time_base)))
            time = self.times[-1] + usual if self.times else 0
        elif self.times and time <= self.times[-1]:
            time = self.times[-1] + 1  # what shows two frames at once shows the later one
        self.times.append(time)


def open_video(path: str | PathLike[str]) -> VideoReader:
    """A video file, .mp4, .mov, .m4v, .mkv, .webm or .avi, to iterate over its frames.

    A program ffmpeg decodes it, in a process of its own: the one that HARMONIA_FFMPEG names, the
    one on PATH, or that of the extra `video`. Without one, and for what it cannot read, this is a
    `VideoFileError`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with harmonia.io.video_writer(f"{folder}/clip.mkv", rate=25, quality=100) as writer:
    ...         writer.write(image)
    ...     frames = list(harmonia.io.open_video(f"{folder}/clip.mkv"))
    >>> bool((frames[0] == image).all())
    True
    """
    if not isinstance(path, (str, PathLike)):
        raise TypeError(f"open_video: path must be a path, got {type(path).__name__}")
    return VideoReader(path)


def _demuxer(name: str) -> str:
    suffix = Path(name).suffix.lower()
    if suffix not in _video_files.READABLE:
        known = ", ".join(_video_files.READABLE)
        raise VideoFileError(name, f"the name must end in one of {known}, got {suffix!r}")
    return _video_files.READABLE[suffix]


def _about(number: int, said: Said, running: program.Running) -> facts.Frame:
    """What the program says of a frame that has come; it said so before."""
    for _ in range(PATIENCE):
        if running.complaints:
            raise running.error(f"is damaged or incomplete, at frame {number} or soon after")
        with contextlib.suppress(queue.Empty):
            frame = said.get(timeout=0.1)
            if frame.number == number:
                return frame
    raise running.error(f"ffmpeg does not tell when frame {number} is shown")


def _fill(running: program.Running, frame: Pixels) -> int:
    """The bytes that came, fewer than the frame has only at the end."""
    room = frame.data.cast("B")
    got = 0
    while got < frame.nbytes:
        count = running.pipe.readinto(room[got:])  # type: ignore[attr-defined]
        if not count:
            break
        got += count
    return got
