"""Evaluations that die at every step of writing, or at any moment; each in a process of its own.

    python dying_runs.py steps ROOM
    python dying_runs.py moments ROOM [KILLS]
    python dying_runs.py together ROOM

Prints how many died, as JSON, or the first results that differ from those of an undisturbed run.
`together` is two shares at the same time, both killed now and then.
"""

import itertools
import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from dying import DEAD, die_at, forked, status
from harmonia import datasets
from harmonia.evaluation import Results, Share, evaluate_dataset, plan
from miniatures import make_iharmony4

METHODS = ["composite", "mean_shift", "white_balance"]
SLOWER = ["composite", "mean_shift", "lalonde_efros"]
SMALL = 32  # pixels a side, where steps are counted and not moments


def evaluated(source, out, methods=METHODS, *, size=None, **options):
    dataset = datasets.load("iharmony4", source)
    asked = plan(dataset, methods, protocol="dovenet", size=size, shard_size=4)
    results = evaluate_dataset(asked, out, workers=2, **options)
    if results.failures:
        raise RuntimeError(f"{results.failures}")


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def whole(source, out, methods, *, size=None):
    """Run to the end; what is there then."""
    if status(forked(lambda: evaluated(source, out, methods, size=size))):
        raise SystemExit(f"a run with {methods} failed")
    found = contents(out)
    check_once(out)
    return found


def check_once(out):
    """No sample twice or missing."""
    results = Results(out)
    for label in results.labels:
        numbers = [row.number for row in results.rows(label)]
        if numbers != list(range(results.samples)):
            raise SystemExit(f"{label} has the samples {numbers}")


def check_nothing_half(out, wanted):
    """After a death, what has its name is whole: it has the bytes of an undisturbed run."""
    there = contents(out) if out.is_dir() else {}
    names = [name for name in there if not Path(name).name.startswith(".")]
    wrong = [name for name in names if there[name] != wanted.get(name)]
    if wrong:
        raise SystemExit(f"{wrong} differ after a death")


def steps(room):
    """How many died of a fresh run, and of one that adds a method to a finished one."""
    source = room / "in"
    make_iharmony4(source)
    died = []
    for number, before in enumerate([None, METHODS[:2]]):
        wanted_in, begun = room / f"whole{number}", room / f"begun{number}"
        if before is not None:
            whole(source, begun, before, size=SMALL)
            shutil.copytree(begun, wanted_in)
        wanted = whole(source, wanted_in, METHODS, size=SMALL)
        died.append(0)
        for step in itertools.count(1):
            out = room / "out"
            if before is not None:
                shutil.copytree(begun, out)

            def run(out=out, step=step):
                die_at(step)
                evaluated(source, out, size=SMALL)

            end = status(forked(run))
            check_nothing_half(out, wanted)
            if whole(source, out, METHODS, size=SMALL) != wanted:
                raise SystemExit(f"step {step} of {before}: the results differ")
            shutil.rmtree(out)
            if end != DEAD:
                break
            died[-1] += 1
    return died


def moments(room, kills=6):
    source = room / "in"
    make_iharmony4(source)
    started = time.monotonic()
    wanted = whole(source, room / "whole", SLOWER)
    seconds = time.monotonic() - started
    rng, died, out = random.Random(1), 0, room / "out"
    for _ in range(kills):
        child = forked(lambda: evaluated(source, out, SLOWER))
        time.sleep(rng.uniform(0, 1) * seconds)
        os.kill(child, signal.SIGKILL)
        died += status(child) == -signal.SIGKILL
        check_nothing_half(out, wanted)
        if rng.random() < 0.3:
            if whole(source, out, SLOWER) != wanted:
                raise SystemExit("the results differ from those of an undisturbed run")
            shutil.rmtree(out)
    if whole(source, out, SLOWER) != wanted:
        raise SystemExit("the results differ from those of an undisturbed run")
    return died


def together(room):
    source = room / "in"
    make_iharmony4(source)
    started = time.monotonic()
    wanted = whole(source, room / "whole", SLOWER)
    seconds = time.monotonic() - started
    rng, died, out = random.Random(2), 0, room / "out"
    for last in (False, False, False, True):
        children = [
            forked(lambda number=number: evaluated(source, out, SLOWER, share=Share(number, 2)))
            for number in (1, 2)
        ]
        if not last:
            time.sleep(rng.uniform(0.1, 0.6) * seconds)
            for child in children:
                os.kill(child, signal.SIGKILL)
        ends = [status(child) for child in children]
        died += ends.count(-signal.SIGKILL)
        if last and any(ends):
            raise SystemExit(f"two shares at a time end with {ends}")
        check_nothing_half(out, wanted)
    check_once(out)
    if contents(out) != wanted:
        raise SystemExit("two shares differ from one run")
    return died


if __name__ == "__main__":
    what, room, *more = sys.argv[1:]
    done = {"steps": steps, "moments": moments, "together": together}[what]
    print(json.dumps(done(Path(room), *map(int, more))))
