"""The memory floor of this machine: the bytes moved, nothing computed."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scene import Scene
from threads import threads


@cache
def floor_library() -> ctypes.CDLL:
    folder = Path(tempfile.mkdtemp(prefix="harmonia-floor-"))
    library = folder / "floor.so"
    source = Path(__file__).with_name("floor.c")
    command = ["cc", "-O3", "-shared", "-fPIC", "-o", str(library), str(source)]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(library))


@cache
def floor_output(pixels: int) -> np.ndarray:
    return np.zeros((pixels, 3), np.uint8)


def streaming_floor(scene: Scene) -> Any:
    """floor.c over equal parts, one a thread; always into the same output."""
    move = floor_library().masked_transfer_floor
    image, mask = scene.image.reshape(-1, 3), scene.mask.reshape(-1)
    out = floor_output(scene.pixels)
    part = scene.pixels // (16 * threads.count) * 16

    def move_part(start: int) -> None:
        arrays = (image[start:], mask[start:], out[start:])
        move(*(ctypes.c_void_p(array.ctypes.data) for array in arrays), ctypes.c_int64(part))

    if threads.count == 1:
        move_part(0)
    else:
        list(floor_pool().map(move_part, range(0, part * threads.count, part)))
    return out


@cache
def floor_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor()


def plain_copy(scene: Scene) -> Any:
    out = floor_output(scene.pixels)
    np.copyto(out, scene.image.reshape(-1, 3))
    return out
