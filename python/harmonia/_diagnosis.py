"""Whether harmonia works here, and with what: what `harmonia doctor` shows."""

import io
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import harmonia
from harmonia import _image_files, _registry, models

# Environment variables that are read at run time; a test holds the list to the sources.
VARIABLES = {
    "HARMONIA_ISA": "instruction set: baseline, avx2 or avx512",
    "HARMONIA_NUM_THREADS": "threads of a call",
    "HARMONIA_WEIGHTS": "folder of the weights of networks",
    "HARMONIA_FFMPEG": "the program that reads and writes video",
    "HARMONIA_MAX_PIXELS": "pixels of the largest picture that is read",
}
DEPTHS = {"8 bit": "uint8", "16 bit": "uint16", "float": "float32"}
RUNS = 3  # of the self-check; the first one starts the threads


@dataclass(frozen=True)
class Format:
    """What can be done with a format of images here, by trying: depths by their names."""

    name: str
    read: tuple[str, ...]
    write: tuple[str, ...]
    cure: str = ""  # where more is possible, what brings it


@dataclass(frozen=True)
class SelfCheck:
    """What became of the example that ships."""

    milliseconds: float
    method: str
    background_changed: int  # bytes; 0 is right
    foreground_changed: int  # bytes; 0 is wrong

    @property
    def problem(self) -> str:
        if self.background_changed:
            return f"harmonize changed {self.background_changed} bytes outside the mask"
        return "" if self.foreground_changed else "harmonize changed nothing inside the mask"


def self_check() -> SelfCheck:
    """Harmonize the example in memory, look at every byte outside its mask, and take the time."""
    image, mask = harmonia.example()
    least = float("inf")
    for _ in range(RUNS):
        started = time.perf_counter()
        out = harmonia.harmonize(image, mask)
        least = min(least, time.perf_counter() - started)
    changed = out != image
    return SelfCheck(
        1000 * least,
        _registry.usual_method(),
        int(changed[mask == 0].sum()),
        int(changed[mask > 0].sum()),
    )


def threads() -> tuple[int, str]:
    """How many threads a call uses, and why."""
    count = harmonia.get_num_threads()
    if os.environ.get("HARMONIA_NUM_THREADS"):
        return count, f"HARMONIA_NUM_THREADS is {os.environ['HARMONIA_NUM_THREADS']}"
    cores = os.cpu_count() or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    granted = cgroup_cores()
    if granted is not None and granted < usable:
        return count, f"the control group grants the time of {granted:.3g} of {cores} cores"
    if usable < cores:
        return count, f"this process may run on {usable} of {cores} cores (its affinity)"
    return count, f"there are {cores} cores" if cores > 1 else "there is one core"


def cgroup_cores(path: Path = Path("/sys/fs/cgroup/cpu.max")) -> float | None:
    """The share of time that Linux's control group v2 grants, in cores; None where unlimited."""
    try:
        quota, period = path.read_text(encoding="ascii").split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None


def formats() -> list[Format]:
    return [_try_format(name) for name in _image_files.MODULES]


def _try_format(name: str) -> Format:
    readable, writable, cures = [], [], set()
    for depth, dtype in DEPTHS.items():
        pixels = np.zeros((16, 16, 3), dtype)
        file = io.BytesIO()
        try:
            harmonia.io.write(file, pixels, format=name)
            writable.append(depth)
            harmonia.io.read(file.getvalue())
            readable.append(depth)
        except harmonia.io.ImageFileError as error:
            _, there, cure = str(error).rpartition("pip install ")
            cures |= {f"pip install {cure}"} if there else set()
    return Format(name, tuple(readable), tuple(writable), ", ".join(sorted(cures)))


def video() -> str:
    """The program that reads and writes video, or why there is none."""
    from harmonia._video_files import program

    try:
        return program.find("video")
    except harmonia.io.VideoFileError as error:
        return f"no {error}".replace("no video: ", "no: ")


def learned() -> dict[str, str]:
    """What was learned from data, by what it is for, and whether it is here."""
    shipped = [name for name in _registry.list_networks() if models.is_bundled(name)]
    others = ", ".join(name for name in _registry.list_networks() if name not in shipped)
    said = "not bundled, not downloaded unasked; `harmonia weights list` shows what is here"
    runs = {name: models.engine() or "nothing: pip install onnxruntime" for name in shipped}
    forests = Path(__file__).with_name("_xue_zones") / "forests.npz"
    return {
        "networks that ship": ", ".join(f"{name}, run by {by}" for name, by in runs.items()),
        "weights of networks": f"{others}: {said}",
        "forests of xue": f"bundled, {forests.stat().st_size / 1024:.0f} KiB, for zones=learned",
    }


def variables() -> dict[str, tuple[str, str]]:
    """Variables of the environment named HARMONIA_...: their values, and what each is for."""
    return {
        name: (value, VARIABLES.get(name, ""))
        for name, value in sorted(os.environ.items())
        if name.startswith("HARMONIA_")
    }


def attempt(problems: list[str], what: str, find: Callable[[], Any]) -> Any:
    """What `find` finds; None where it fails, which becomes a line of `problems`."""
    try:
        return find()
    except Exception as error:  # a diagnosis goes on over whatever is broken
        said = " ".join(str(error).split()) or type(error).__name__
        if not any(said in problem for problem in problems):  # one cause breaks several things
            problems.append(f"{what}: {said}")
        return None
