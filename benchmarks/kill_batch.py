"""Kill `harmonia batch` at random moments, go on, and compare with a run that nobody disturbed.

    python benchmarks/kill_batch.py [--kills 100] [--files 500] [--seed 0] [--save-results]

A run is killed by SIGKILL, and so is every second run that goes on after it; then one goes on to
the end. After each kill what is there must be whole, and at the end every output must be there
once, with the bytes of the undisturbed run, and nothing else. Files that a killed run finished must
not be made again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import harmonia
import numpy as np
from environment import environment, write_results
from scene import scene

RESULTS = Path(__file__).parent / "results" / "kill_batch.json"
UNFINISHED = re.compile(r"\..*\.[0-9a-f]{16}")
SIZE = (180, 240)
DISTINCT = 20


def fill(folder: Path, files: int) -> Path:
    folder.mkdir()
    one = scene(*SIZE, "ellipse")
    mask = np.stack([one.mask] * 3, axis=-1)
    for n in range(files):
        if n >= DISTINCT:
            for end in (".png", "_mask.png"):
                os.link(folder / f"{n % DISTINCT:04}{end}", folder / f"{n:04}{end}")
            continue
        harmonia.io.write(folder / f"{n:04}.png", np.roll(one.image, 11 * n, axis=1))
        harmonia.io.write(folder / f"{n:04}_mask.png", mask)
    return folder


def command(source: Path, out: Path) -> list[str]:
    words = ["batch", str(source), "-o", str(out), "-m", "mkl", "--json"]
    return [sys.executable, "-m", "harmonia", *words]


def whole_run(source: Path, out: Path) -> dict[str, Any]:
    """Goes on to the end; what --json says."""
    done = subprocess.run(command(source, out), check=True, stdout=subprocess.PIPE, text=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def killed_run(source: Path, out: Path, files: int, rng: random.Random) -> bool:
    """Whether there was still something to kill.

    The moment is drawn by what is done, since time passes unevenly on a busy machine, and then a
    little later, so that it may lie anywhere within the work on a file. One in ten comes at once.
    """
    done = rng.randint(len(outputs(out)), files) if rng.random() < 0.9 else 0
    process = subprocess.Popen(command(source, out), stdout=subprocess.DEVNULL)
    while done and process.poll() is None and len(outputs(out)) < done:
        time.sleep(0.002)
    time.sleep(rng.uniform(0, 0.02 if done else 0.4))
    process.kill()
    return process.wait() == -signal.SIGKILL


def contents(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def outputs(folder: Path) -> dict[str, int]:
    """Finished outputs and when they were written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("[!.]*")}


def check(good: bool, said: str) -> None:
    if not good:
        raise SystemExit(f"kill_batch: {said}")


def story(
    source: Path, room: Path, whole: dict[str, bytes], files: int, rng: random.Random
) -> dict[str, int]:
    """Kills, and a run to the end."""
    out = room / "out"
    kills = litter = 0
    while True:
        kills += killed_run(source, out, files, rng)
        there = contents(out)
        names = {name for name in there if not name.startswith(".")}
        wrong = [name for name in names if there[name] != whole.get(name)]
        check(not wrong, f"{wrong} differ after a kill")
        litter += len([name for name in there if UNFINISHED.fullmatch(name)])
        if rng.random() < 0.5:
            break
    before = outputs(out)
    said = whole_run(source, out)
    after = outputs(out)
    check(contents(out) == whole, "the outputs differ from those of an undisturbed run")
    check(said["skipped"] == len(before), f"{said['skipped']} skipped of {len(before)}")
    check(said["written"] == len(after) - len(before), f"{said['written']} written")
    check(before.items() <= after.items(), "a finished output was made again")
    shutil.rmtree(out)
    return {"kills": kills, "resumed after": len(before), "left by kills": litter}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    arguments = parser.parse_args()
    before, rng = environment(("numpy", "pillow")), random.Random(arguments.seed)
    stories: list[dict[str, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        source = fill(room / "in", arguments.files)
        whole_run(source, room / "whole")
        whole = contents(room / "whole")
        while sum(one["kills"] for one in stories) < arguments.kills:
            stories.append(story(source, room, whole, arguments.files, rng))
            print(json.dumps(stories[-1]), flush=True)
    row = {
        "kills": sum(one["kills"] for one in stories),
        "files": arguments.files,
        "runs to the end": len(stories),
        "equal to an undisturbed run": len(stories),  # or it would have stopped
        "resumed with some but not all done": sum(
            0 < one["resumed after"] < arguments.files for one in stories
        ),
        "unfinished files that were swept": sum(one["left by kills"] for one in stories),
    }
    print(json.dumps(row))
    if arguments.save_results:
        write_results(RESULTS, before, [row])


if __name__ == "__main__":
    main()
