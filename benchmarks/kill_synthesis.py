"""Kill `harmonia synthesize` at random moments, go on, and compare with an undisturbed run.

    python benchmarks/kill_synthesis.py [--kills 20] [--photos 200] [--seed 0] [--save-results]

A run is killed by SIGKILL, and so is every second run that goes on after it; then one goes on to
the end. After each kill what is there must be whole, and at the end the set must be that of the
undisturbed run to the byte: pictures, lists, manifest and journal. Composites that a killed run
finished must not be made again.
"""

from __future__ import annotations

import argparse
import json
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

RESULTS = Path(__file__).parent / "results" / "kill_synthesis.json"
UNFINISHED = re.compile(r"\..*\.[0-9a-f]{16}")
JOURNAL = ".harmonia-synthesis.jsonl"
SIZE = (180, 240)
NUMBER = 2  # composites a photograph
# A command that is killed as soon as it runs has only begun to load.
SECONDS_TO_START = 0.6


def fill(folder: Path, photos: int) -> Path:
    folder.mkdir()
    one = scene(*SIZE, "ellipse")
    mask = np.stack([one.mask] * 3, axis=-1)
    for n in range(photos):
        picture = np.roll(one.image, 11 * n, axis=1)
        harmonia.io.write(folder / f"{n:04}.jpg", picture)
        harmonia.io.write(folder / f"{n:04}_mask.png", mask)
    return folder


def command(source: Path, out: Path) -> list[str]:
    words = ["synthesize", "random", str(source), "-o", str(out), "--option", f"number={NUMBER}"]
    return [sys.executable, "-m", "harmonia", *words, "--json"]


def whole_run(source: Path, out: Path) -> dict[str, Any]:
    """Goes on to the end; what --json says."""
    done = subprocess.run(command(source, out), check=True, stdout=subprocess.PIPE, text=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def killed_run(source: Path, out: Path, total: int, rng: random.Random) -> bool:
    """Whether there was still something to kill.

    The moment is drawn by what is done, since time passes unevenly on a busy machine, and then a
    little later, so that it may lie anywhere within the work on a file, and after the last within
    the lists. One in ten comes at once.
    """
    done = rng.randint(len(composites(out)), total) if rng.random() < 0.9 else 0
    process = subprocess.Popen(command(source, out), stdout=subprocess.DEVNULL)
    while done and process.poll() is None and len(composites(out)) < done:
        time.sleep(0.002)
    time.sleep(rng.uniform(0, 0.05 if done else SECONDS_TO_START))
    process.kill()
    return process.wait() == -signal.SIGKILL


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def composites(folder: Path) -> dict[str, int]:
    """Finished composites and when they were written."""
    found = folder.glob("*/composite_images/[!.]*")
    return {path.name: path.stat().st_mtime_ns for path in found}


def journaled(folder: Path) -> int:
    """Composites whose lines are whole."""
    path = folder / JOURNAL
    return path.read_bytes().count(b'"digests": [') if path.exists() else 0


def check(good: bool, said: str) -> None:
    if not good:
        raise SystemExit(f"kill_synthesis: {said}")


def story(
    source: Path, room: Path, whole: dict[str, bytes], total: int, rng: random.Random
) -> dict[str, int]:
    """Kills, and a run to the end."""
    out = room / "out"
    kills = litter = 0
    while True:
        kills += killed_run(source, out, total, rng)
        there = contents(out)
        names = [name for name in there if not Path(name).name.startswith(".")]
        wrong = [name for name in names if there[name] != whole.get(name)]
        check(not wrong, f"{wrong} differ after a kill")
        litter += sum(bool(UNFINISHED.fullmatch(Path(name).name)) for name in there)
        if rng.random() < 0.5:
            break
    before, lines = composites(out), journaled(out)
    said = whole_run(source, out)
    check(contents(out) == whole, "the set differs from that of an undisturbed run")
    # What was written and not yet journaled is made again: one composite a worker at most.
    check(said["written"] == said["composites"] - lines, f"{said['written']} written of {lines}")
    check(0 <= len(before) - lines <= 2 * harmonia.get_num_threads(), "lines are missing")
    shutil.rmtree(out)
    return {"kills": kills, "resumed after": len(before), "left by kills": litter}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    arguments = parser.parse_args()
    before, rng = environment(("numpy", "pillow")), random.Random(arguments.seed)
    stories: list[dict[str, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        source = fill(room / "in", arguments.photos)
        total = whole_run(source, room / "whole")["composites"]
        whole = contents(room / "whole")
        while sum(one["kills"] for one in stories) < arguments.kills:
            stories.append(story(source, room, whole, total, rng))
            print(json.dumps(stories[-1]), flush=True)
    row = {
        "kills": sum(one["kills"] for one in stories),
        "photographs": arguments.photos,
        "composites": total,
        "files": len(whole),
        "runs to the end": len(stories),
        "equal to an undisturbed run": len(stories),  # or it would have stopped
        "resumed with some but not all done": sum(
            0 < one["resumed after"] < total for one in stories
        ),
        "unfinished files that were swept": sum(one["left by kills"] for one in stories),
    }
    print(json.dumps(row))
    if arguments.save_results:
        write_results(RESULTS, before, [row])


if __name__ == "__main__":
    main()
