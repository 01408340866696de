"""Runs that are killed at random moments and go on, compared with one that nobody disturbed.

What the programs kill_*.py share. A run is killed by SIGKILL, and so is every second one that goes
on after it; then one goes on to the end.
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
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNFINISHED = re.compile(r"\..*\.[0-9a-f]{16}")
DELAY = 0.05  # seconds: a kill comes within so many after what was waited for
AT_ONCE = 0.1  # of the kills come while the command still loads

Finished = dict[str, int]  # when each was written
Said = dict[str, Any]  # by --json


@dataclass(frozen=True)
class Undisturbed:
    """A command, and what it leaves where nobody kills it.

    Attributes
    ----------
    last
        The words of the run into a folder that goes on to the end, and prints JSON.
    killed
        Those of the processes of a run that are killed together.
    finished
        Of the folder it writes: what need not be done again.
    whole
        The files of a run to the end, by their names.
    total
        How many are finished then.
    loads
        Seconds within which a command has only begun.
    """

    last: Callable[[Path], list[str]]
    killed: Callable[[Path, random.Random], list[list[str]]]
    finished: Callable[[Path], Finished]
    whole: dict[str, bytes]
    total: int
    loads: float = 0.6


def started(words: Sequence[str]) -> subprocess.Popen[str]:
    """`harmonia` with such words."""
    return subprocess.Popen(
        [sys.executable, "-m", "harmonia", *words], stdout=subprocess.PIPE, text=True
    )


def to_the_end(words: Sequence[str]) -> Said:
    """What a run says with --json."""
    process = started(words)
    shown, _ = process.communicate()
    check(process.returncode == 0, f"a run ended with {process.returncode}")
    said: Said = json.loads(shown)
    return said


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def times(paths: Iterator[Path], folder: Path) -> Finished:
    """When files were written."""
    return {path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in paths}


def check(holds: bool, said: str) -> None:
    if not holds:
        raise SystemExit(f"{Path(sys.argv[0]).stem}: {said}")


def story(
    run: Undisturbed, out: Path, rng: random.Random, look: Callable[[], Callable[[Said], None]]
) -> dict[str, int]:
    """Kills, and a run to the end; what was seen.

    `look` looks at what is there before the last run. What it gives is called after that, with what
    the run said, and checks what is particular to the command.
    """
    kills = litter = 0
    while True:
        kills += _killed(run, out, rng)
        there = contents(out)
        names = [name for name in there if not Path(name).name.startswith(".")]
        wrong = [name for name in names if there[name] != run.whole.get(name)]
        check(not wrong, f"{wrong} differ after a kill")
        litter += sum(UNFINISHED.fullmatch(Path(name).name) is not None for name in there)
        if rng.random() < 0.5:
            break
    before, at_the_end = run.finished(out), look()
    said = to_the_end(run.last(out))
    check(contents(out) == run.whole, "what is there differs from an undisturbed run's")
    at_the_end(said)
    shutil.rmtree(out)
    return {"kills": kills, "resumed after": len(before), "left by kills": litter}


def _killed(run: Undisturbed, out: Path, rng: random.Random) -> int:
    """How many processes there were still to kill.

    The moment is drawn by what is done, since time passes unevenly on a busy machine, and then a
    little later, so that it may lie anywhere within the work.
    """
    done = 0 if rng.random() < AT_ONCE else rng.randint(len(run.finished(out)), run.total)
    processes = [started(words) for words in run.killed(out, rng)]
    while any(one.poll() is None for one in processes) and len(run.finished(out)) < done:
        time.sleep(0.002)
    time.sleep(rng.uniform(0, DELAY if done else run.loads))
    for one in processes:
        one.kill()
    for one in processes:
        one.communicate()
    return [one.returncode for one in processes].count(-signal.SIGKILL)


def stories(kills: int, next_story: Callable[[], dict[str, int]]) -> list[dict[str, int]]:
    """As many as it takes for so many kills, each printed."""
    told: list[dict[str, int]] = []
    while sum(one["kills"] for one in told) < kills:
        told.append(next_story())
        print(json.dumps(told[-1]), flush=True)
    return told


def summary(told: Sequence[dict[str, int]], total: int, **facts: Any) -> dict[str, Any]:
    """A row of results; `facts` stand behind the number of kills."""
    return {
        "kills": sum(one["kills"] for one in told),
        **{name.replace("_", " "): value for name, value in facts.items()},
        "runs to the end": len(told),
        "equal to an undisturbed run": len(told),  # or it would have stopped
        "resumed with some but not all done": sum(0 < one["resumed after"] < total for one in told),
        "unfinished files that were swept": sum(one["left by kills"] for one in told),
    }


def arguments_of(doc: str | None, results: Path, *, kills: int) -> argparse.ArgumentParser:
    """With what all of them take."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=kills)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-results", action="store_true", help=f"write {results.name}")
    return parser
