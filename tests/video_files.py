"""Small videos made on the fly, and what a program other than harmonia's own code says of them."""

import functools
import importlib.util
import os
import shutil
import subprocess

import numpy as np
import pytest
from harmonia._video_files import program


@functools.cache
def ffmpeg_is_there():
    named = os.environ.get("HARMONIA_FFMPEG") or shutil.which("ffmpeg")
    return bool(named or importlib.util.find_spec("imageio_ffmpeg"))


needs_ffmpeg = pytest.mark.skipif(
    not ffmpeg_is_there(), reason="no ffmpeg; the extra `video` brings one"
)


def ffmpeg(*arguments, data=None):
    """Standard output of the program, which must succeed."""
    command = [program.find("test"), "-hide_banner", "-loglevel", "error", "-y"]
    done = subprocess.run([*command, *map(str, arguments)], input=data, capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    return done.stdout


def raw(frames, form="rgb24", rate="25"):
    """Arguments that make frames, (N, H, W, C), the first input, and the bytes to hand over."""
    frames = np.ascontiguousarray(frames)
    height, width = frames.shape[1:3]
    shape = ("-f", "rawvideo", "-pix_fmt", form, "-s", f"{width}x{height}", "-framerate", rate)
    return (*shape, "-i", "pipe:0"), frames.tobytes()


def clip(path, frames, *output, rate="25", sound=False):
    """A video of RGB frames, written by nothing of harmonia."""
    inputs, data = raw(frames, rate=rate)
    if sound:
        inputs = (*inputs, "-f", "lavfi", "-i", f"sine=duration={len(frames) / 25}")
        output = ("-map", "0:v", "-map", "1:a", *output)
    ffmpeg(*inputs, *(output or ("-c:v", "ffv1", "-pix_fmt", "bgr0")), path, data=data)
    return path


def noise(count=5, height=32, width=48, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), np.uint8)


def waves(count=8, height=48, width=64):
    """Smooth pictures that move, which lossy codecs like."""
    t, y, x = np.mgrid[:count, :height, :width].astype(float)
    planes = [np.sin(x / 9 + t / 3), np.sin(y / 7 - t / 4), np.sin((x + y) / 11 + t / 5)]
    return np.rint(127.5 + 90 * np.stack(planes, axis=-1)).astype(np.uint8)


def sound_of(path):
    """The packets of the sound: a digest of their bytes, and when the first of them is due."""
    digest = ffmpeg("-i", path, "-map", "0:a", "-c", "copy", "-f", "md5", "-")
    listed = ffmpeg("-copyts", "-i", path, "-map", "0:a", "-c", "copy", "-f", "framecrc", "-")
    rows = listed.decode().splitlines()
    base = next(row for row in rows if row.startswith("#tb")).split()[-1].split("/")
    first = next(row for row in rows if not row.startswith("#")).split(",")
    return digest, int(first[2]) * int(base[0]) / int(base[1])
