"""The peak memory of one picture, in a process of its own.

That of this process would hold everything else that has run in it, and what the system tells of a
child's peak holds its parent's.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from harmonia import _core, _cores
from harmonia.evaluation._candidates import Candidate
from harmonia.evaluation._running import running

STATUS = Path("/proc/self/status")
RESET = Path("/proc/self/clear_refs")
MIB = 1 << 20
SAID = re.compile(r"^(VmHWM|VmRSS):\s+(\d+) kB$", re.MULTILINE)


def peak_of(candidate: Candidate, image: Any, mask: Any, threads: int) -> float | None:
    """MiB more than before the first picture, with the package, its weights and the picture loaded.

    On a GPU those of its memory that torch has given away. None where the system does not tell.
    """
    if not STATUS.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        scene = Path(folder, "scene.npz")
        answer = Path(folder, "answer.json")
        np.savez(scene, image=image, mask=mask)
        asked = {
            "label": candidate.label,
            "method": candidate.method,
            "options": {name: _plain(value) for name, value in candidate.options.items()},
            "threads": threads,
            "scene": str(scene),
            "answer": str(answer),
        }
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            input=json.dumps(asked),
            env=os.environ | {"PYTHONPATH": _path()},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            said = (done.stderr.strip() or f"it ended with {done.returncode}").splitlines()[-1]
            raise RuntimeError(
                f"evaluation: the memory of {candidate.label} could not be measured at "
                f"{image.shape[1]} x {image.shape[0]}: {said}"
            )
        return float(json.loads(answer.read_text(encoding="utf-8")))


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _path() -> str:
    """Where this package is found in the child as well, however it was found here."""
    return os.pathsep.join([str(Path(__file__).parents[2]), *_said("PYTHONPATH")])


def _said(name: str) -> list[str]:
    return [os.environ[name]] if os.environ.get(name) else []


def _measured(asked: dict[str, Any]) -> float:
    threads = asked["threads"]
    with np.load(asked["scene"]) as scene:
        image, mask = scene["image"], scene["mask"]
    one = running(Candidate(asked["label"], asked["method"], asked["options"]), threads)
    with _cores.shared(_core.num_threads() // threads):
        call = one.call(image, mask)
        if one.gpu is not None:
            before = one.nets.begin_peak(one.harmonizer)
            call()
            return float(one.nets.peak(one.harmonizer) - before) / MIB
        RESET.write_text("5")  # the peak begins anew
        before = _kilobytes("VmRSS")
        call()
        return max(0, _kilobytes("VmHWM") - before) / 1024


def _kilobytes(name: str) -> int:
    return int(dict(SAID.findall(STATUS.read_text()))[name])


if __name__ == "__main__":
    _asked = json.load(sys.stdin)
    Path(_asked["answer"]).write_text(json.dumps(_measured(_asked)), encoding="utf-8")
