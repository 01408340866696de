"""The memory floor of this machine: the bytes moved, nothing computed."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scene import Scene
from threads import in_parts, threads


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

    in_parts(move_part, range(0, part * threads.count, part))
    return out


def table_floor(image: np.ndarray, mask: np.ndarray | None, out: np.ndarray) -> Any:
    """The bytes of a table's call: image and mask read, an image written."""
    move = floor_library().table_floor
    pixels = image.size // 3
    part = pixels // (16 * threads.count) * 16
    weights = np.empty(0, np.uint8) if mask is None else mask.reshape(-1)

    def move_part(start: int) -> None:
        arrays = (image.reshape(-1, 3)[start:], weights[start:], out.reshape(-1, 3)[start:])
        move(
            *(ctypes.c_void_p(array.ctypes.data) for array in arrays),
            ctypes.c_int64(3 * image.itemsize * part),
            ctypes.c_int64(0 if mask is None else part),
        )

    in_parts(move_part, range(0, part * threads.count, part))
    return out


def reading_floor(case: Any) -> dict[str, float]:
    """The bytes of a score: two images and a mask, read once."""
    read = floor_library().reading_floor
    arrays = (case.output.reshape(-1), case.target.reshape(-1), case.mask.reshape(-1))
    part = case.pixels // (16 * threads.count) * 16

    def read_part(start: int) -> None:
        read(
            *(
                ctypes.c_void_p(array[start * array.size // case.pixels :].ctypes.data)
                for array in arrays
            ),
            ctypes.c_int64(part),
        )

    in_parts(read_part, range(0, part * threads.count, part))
    return {}


def plain_copy(scene: Scene) -> Any:
    out = floor_output(scene.pixels)
    np.copyto(out, scene.image.reshape(-1, 3))
    return out
