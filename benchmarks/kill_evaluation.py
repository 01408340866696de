"""Kill `harmonia evaluate` at random moments, go on, and compare with a run that nobody disturbed.

    python benchmarks/kill_evaluation.py [--kills 50] [--samples 400] [--seed 0] [--save-results]

A run is killed by SIGKILL, and so is every second run that goes on after it; then one goes on to
the end. One in three runs is two shares at the same time, in two processes that are both killed.
After each kill what is there must be whole, and at the end every part file must be there once, with
the bytes of the undisturbed run, and nothing else; every sample of every method once. Part files
that a killed run finished must not be made again.
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

from environment import environment, write_results
from evaluation_scene import command, fill
from harmonia.evaluation import Results

RESULTS = Path(__file__).parent / "results" / "kill_evaluation.json"
UNFINISHED = re.compile(r"\..*\.[0-9a-f]{16}")
METHODS = "composite,mkl,lalonde_efros"
SHARD = 16


def start(source: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    words = command(source, out, METHODS, "--shard-size", str(SHARD), "--json", *more)
    return subprocess.Popen(
        [sys.executable, "-m", "harmonia", *words], stdout=subprocess.PIPE, text=True
    )


def whole_run(source: Path, out: Path) -> dict[str, Any]:
    """Goes on to the end; what --json says."""
    process = start(source, out)
    shown, _ = process.communicate()
    check(process.returncode == 0, f"a run ended with {process.returncode}")
    said: dict[str, Any] = json.loads(shown)
    return said


def killed_run(source: Path, out: Path, parts: int, rng: random.Random) -> int:
    """How many processes there were still to kill.

    The moment is drawn by what is done, since time passes unevenly on a busy machine, and then a
    little later, so that it may lie anywhere within the work. One in ten comes at once.
    """
    done = rng.randint(len(finished(out)), parts) if rng.random() < 0.9 else 0
    shares = [["--shard", f"{n}/2"] for n in (1, 2)] if rng.random() < 1 / 3 else [[]]
    processes = [start(source, out, *share) for share in shares]
    while done and len(finished(out)) < done and any(one.poll() is None for one in processes):
        time.sleep(0.002)
    time.sleep(rng.uniform(0, 0.05 if done else 0.6))
    for one in processes:
        one.kill()
    for one in processes:
        one.communicate()
    return [one.returncode for one in processes].count(-signal.SIGKILL)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def finished(out: Path) -> dict[str, int]:
    """The part files that are there, and when each came."""
    return {
        path.relative_to(out).as_posix(): path.stat().st_mtime_ns for path in out.rglob("*.csv")
    }


def check(holds: bool, said: str) -> None:
    if not holds:
        raise RuntimeError(said)


def story(source: Path, room: Path, whole: dict[str, bytes], rng: random.Random) -> dict[str, int]:
    """A run that is killed until one is let through; what was seen."""
    out = room / "out"
    parts = sum(name.endswith(".csv") for name in whole)
    kills = litter = 0
    while True:
        before = finished(out)
        kills += killed_run(source, out, parts, rng)
        there = contents(out) if out.is_dir() else {}
        hidden = [name for name in there if Path(name).name.startswith(".")]
        wrong = [name for name in there if name not in hidden and there[name] != whole.get(name)]
        check(not wrong, f"{wrong} differ after a kill")
        check(before.items() <= finished(out).items(), "a finished part file was made again")
        litter += sum(UNFINISHED.fullmatch(Path(name).name) is not None for name in hidden)
        if rng.random() < 0.5:
            break
    before = finished(out)
    whole_run(source, out)
    check(contents(out) == whole, "the results differ from those of an undisturbed run")
    check(before.items() <= finished(out).items(), "a finished part file was made again")
    results = Results(out)
    for label in results.labels:
        numbers = [row.number for row in results.rows(label)]
        check(numbers == list(range(results.samples)), f"{label} has {len(numbers)} rows")
    shutil.rmtree(out)
    return {"kills": kills, "resumed after": len(before), "left by kills": litter}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--samples", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    arguments = parser.parse_args()
    before, rng = environment(("numpy", "pillow")), random.Random(arguments.seed)
    stories: list[dict[str, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        source = fill(room / "in", arguments.samples)
        whole_run(source, room / "whole")
        whole = contents(room / "whole")
        parts = sum(name.endswith(".csv") for name in whole)
        while sum(one["kills"] for one in stories) < arguments.kills:
            stories.append(story(source, room, whole, rng))
            print(json.dumps(stories[-1]), flush=True)
    row = {
        "kills": sum(one["kills"] for one in stories),
        "samples": arguments.samples,
        "part files": parts,
        "runs to the end": len(stories),
        "equal to an undisturbed run": len(stories),  # or it would have stopped
        "resumed with some but not all done": sum(
            0 < one["resumed after"] < parts for one in stories
        ),
        "unfinished files that were left": sum(one["left by kills"] for one in stories),
    }
    print(json.dumps(row))
    if arguments.save_results:
        write_results(RESULTS, before, [row])


if __name__ == "__main__":
    main()
