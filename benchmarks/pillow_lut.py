"""Tables by Pillow, and by builds of it that cannot live beside it in one environment.

Pillow-SIMD installs the same package as Pillow. So `python pillow_lut.py`, run by the interpreter
of another environment, answers the lines that `OtherPillow` writes: frames go through files in
shared memory, calls are timed in there, on command. It needs Pillow and NumPy, and nothing of
harmonia.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

Call = Callable[[], Any]
# "cpu" is that of the calling thread: what others run on the machine at the same time counts less.
CLOCKS = {"wall": time.perf_counter, "cpu": time.thread_time}
POOL = ThreadPoolExecutor(2)
# Pillow's own setting, and glibc's: freed memory is kept for the next picture. Without them Pillow
# spends up to half of its time on fresh pages; with them its figures compare with those of `out=`.
KEEPS_MEMORY = {
    "PILLOW_BLOCKS_MAX": "64",
    "MALLOC_MMAP_THRESHOLD_": "400000000",
    "MALLOC_TRIM_THRESHOLD_": "4000000000",
}


def table(nodes: Any) -> Any:
    """`Color3DLUT` has red fastest."""
    from PIL import ImageFilter

    return ImageFilter.Color3DLUT(nodes.shape[:3], nodes.transpose(2, 1, 0, 3).ravel())


def rows(height: int, threads: int) -> list[slice]:
    cuts = [height * i // threads for i in range(threads + 1)]
    return [slice(a, b) for a, b in itertools.pairwise(cuts)]


def each(work: Callable[[Any], Any], parts: list[Any]) -> list[Any]:
    return [work(parts[0])] if len(parts) == 1 else list(POOL.map(work, parts))


def objects(image: Any, mask: Any, lut: Any, threads: int) -> Call:
    """Image objects in and out; on several threads the picture is cut beforehand."""
    from PIL import Image

    parts = [Image.fromarray(image[part]) for part in rows(len(image), threads)]
    return lambda: each(lambda part: part.filter(lut), parts)


def arrays(image: Any, mask: Any, lut: Any, threads: int) -> Call:
    """NumPy in and out."""
    from PIL import Image

    def mapped(part: slice) -> Any:
        return np.asarray(Image.fromarray(image[part]).filter(lut))

    parts = rows(len(image), threads)
    if threads == 1:
        return lambda: mapped(parts[0])

    def call() -> Any:
        out = np.empty_like(image)

        def fill(part: slice) -> None:
            out[part] = mapped(part)

        each(fill, parts)
        return out

    return call


def box_and_paste(image: Any, mask: Any, lut: Any, threads: int) -> Call:
    """Only the box that holds the mask, pasted through it; objects in and out."""
    from PIL import Image

    whole, weights = Image.fromarray(image), Image.fromarray(mask)

    def call() -> Any:
        left, top, right, bottom = weights.getbbox()
        boxes = [
            (left, top + part.start, right, top + part.stop) for part in rows(bottom - top, threads)
        ]
        out = whole.copy()
        new = each(lambda box: whole.crop(box).filter(lut), boxes)
        for box, part in zip(boxes, new, strict=True):
            out.paste(part, box, weights.crop(box))
        return out

    return call


def whole_and_composite(image: Any, mask: Any, lut: Any, threads: int) -> Call:
    """Every pixel, then `Image.composite`; objects in and out, one thread."""
    from PIL import Image

    whole, weights = Image.fromarray(image), Image.fromarray(mask)
    return lambda: Image.composite(whole.filter(lut), whole, weights)


VARIANTS = {one.__name__: one for one in (objects, arrays, box_and_paste, whole_and_composite)}


def pixels(output: Any) -> Any:
    parts = output if isinstance(output, list) else [output]
    return np.concatenate([np.asarray(part) for part in parts])


def repeated(call: Call, times: int, clock: str) -> float:
    """Seconds a call; the output is dropped after the clock has stopped."""
    now = CLOCKS[clock]
    start = now()
    for _ in range(times):
        output = call()
    seconds = now() - start
    del output
    return seconds / times


class OtherPillow:
    """The Pillow of another interpreter, in a process of its own."""

    def __init__(self, python: str) -> None:
        shared = Path("/dev/shm")
        self.folder = tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None)
        self.process = subprocess.Popen(
            [python, __file__, self.folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **KEEPS_MEMORY},
        )
        self.version = self.ask(do="version")
        self.prepared = 0

    def ask(self, **request: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the other Pillow ended at {request}")
        return json.loads(line)

    def forget(self) -> None:
        self.ask(do="forget")

    def prepare(self, variant: str, scene: Any, threads: int) -> int:
        """A number for `seconds` and `output`."""
        self.prepared += 1
        for name in ("image", "mask", "nodes"):
            array = getattr(scene, name)
            if array is not None:
                np.save(Path(self.folder.name) / f"{name}.npy", array)
        masked = scene.mask is not None
        self.ask(do="prepare", key=self.prepared, variant=variant, masked=masked, threads=threads)
        return self.prepared

    def seconds(self, key: int, times: int, clock: str) -> float:
        return float(self.ask(do="run", key=key, times=times, clock=clock))

    def output(self, key: int) -> Any:
        self.ask(do="output", key=key)
        return np.load(Path(self.folder.name) / "output.npy")

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)
        self.folder.cleanup()


@contextlib.contextmanager
def other_pillow(python: str | None) -> Iterator[OtherPillow | None]:
    if python is None:
        yield None
        return
    with contextlib.closing(OtherPillow(python)) as other:
        yield other


def answers(folder: Path) -> Iterator[Any]:
    """The other side of `OtherPillow`: one answer for each line of the standard input."""
    import PIL

    calls: dict[int, Call] = {}
    for line in sys.stdin:
        request = json.loads(line)
        key = request.get("key")
        match request["do"]:
            case "version":
                yield PIL.__version__
            case "prepare":
                image, nodes = (np.load(folder / f"{name}.npy") for name in ("image", "nodes"))
                mask = np.load(folder / "mask.npy") if request["masked"] else None
                variant = VARIANTS[request["variant"]]
                calls[key] = variant(image, mask, table(nodes), request["threads"])
                yield key
            case "run":
                yield repeated(calls[key], request["times"], request["clock"])
            case "output":
                np.save(folder / "output.npy", pixels(calls[key]()))
                yield key
            case "forget":
                calls.clear()
                yield None


if __name__ == "__main__":
    for answer in answers(Path(sys.argv[1])):
        print(json.dumps(answer), flush=True)
