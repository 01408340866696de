"""The masks of a video's frames: a video, a folder of pictures in order, or one for all."""

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import harmonia
from harmonia._image_files import SUFFIXES, pillow
from harmonia.cli import _task
from harmonia.cli._arguments import MaskWays

# Codecs that give back what was put in. What others make of black and white is near it only.
LOSSLESS = {"ffv1", "huffyuv", "ffvhuff", "utvideo", "png", "qtrle", "rawvideo", "magicyuv"}
RIPPLE = 8  # of 255: what is nearer to black or white than this, is it
COLOUR = 32  # of 255, between channels: more is no grey


class VideoMasks:
    """Iterates over masks (H, W), uint8 of 0..255 or float32 of 0..1, each time from the start.

    `endless` tells that one serves for all.
    """

    def __init__(self, name: str, size: tuple[int, int], ways: MaskWays) -> None:
        self.name, self._size, self._ways = name, size, ways
        self._video: harmonia.io.VideoReader | None = None
        self._files: list[Path] = []
        self.notes: tuple[str, ...] = ()
        self.endless = not Path(name).is_dir() and not is_video(name)
        if Path(name).is_dir():
            self._files = sorted(
                (path for path in Path(name).iterdir() if path.suffix.lower() in SUFFIXES),
                key=_in_order,
            )
            if not self._files:
                raise FileNotFoundError(f"{name} holds no pictures ({', '.join(SUFFIXES)})")
        elif is_video(name):
            self._video = harmonia.io.open_video(name)
            if self._video.size != size and not ways.resize:
                (height, width), (rows, columns) = size, self._video.size
                raise harmonia.io.VideoFileError(
                    name,
                    f"must be {width} x {height} pixels as the video, is {columns} x {rows}; pass "
                    "resize=True to bring it to that size",
                )
            if self._video.codec not in LOSSLESS:
                self.notes = (
                    f"{self._video.codec} is lossy: nearly black or white is taken as such",
                )

    def __iter__(self) -> Iterator["np.ndarray[Any, Any]"]:
        if self._video is not None:
            white = 0
            for frame in self._video:
                white = white or self._white(frame)
                yield self._of_frame(frame, white)
        elif self._files:
            for path in self._files:
                with warnings.catch_warnings():  # the object may leave the picture for a while
                    warnings.simplefilter("ignore", harmonia.io.MaskWarning)
                    yield self._of_file(path)
        else:
            mask = self._of_file(Path(self.name))
            while True:
                yield mask

    def _of_file(self, path: Path) -> "np.ndarray[Any, Any]":
        return _task.mask_of(path, self._size, self._ways).mask

    def _white(self, frame: "np.ndarray[Any, Any]") -> int:
        """What stands for white, by the first frame that is not black; 0 for one that is."""
        most, top = int(frame.max()), int(np.iinfo(frame.dtype).max)
        if self._ways.ones and most > 1:
            raise harmonia.io.VideoFileError(
                self.name, f"must hold only 0 and 1 where 1 is to be white, holds {most}"
            )
        if most == 1 and not self._ways.ones:
            raise harmonia.io.VideoFileError(
                self.name, f"white must be {top}, the mask holds only 0 and 1; multiply it by {top}"
            )
        return top if most > 1 else most

    def _of_frame(self, frame: "np.ndarray[Any, Any]", white: int) -> "np.ndarray[Any, Any]":
        scale = 255 / (white or 255)
        grey = frame[..., 1].astype(np.float32) * np.float32(scale)
        spread = np.ptp(frame[::4, ::4].astype(np.int32), axis=2).max() * scale
        if spread > COLOUR:
            raise harmonia.io.VideoFileError(self.name, "masks must be grey, this is in colour")
        if self.notes:
            grey = np.where(grey < RIPPLE, 0, np.where(grey > 255 - RIPPLE, 255, grey))
        if self._ways.invert:
            grey = 255 - grey
        mask = np.rint(grey).astype(np.uint8)
        if mask.shape != self._size:
            mask = pillow.resized(mask, self._size)
        return np.ascontiguousarray(mask)


def is_video(name: str) -> bool:
    """By its suffix."""
    from harmonia import _video_files

    return Path(name).suffix.lower() in _video_files.READABLE


def _in_order(path: Path) -> list[tuple[int, str]]:
    """frame2 before frame10."""
    parts = re.split(r"(\d+)", path.name)
    return [(int(part) if part.isdigit() else -1, part) for part in parts]
