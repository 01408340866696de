"""Runs that die at every step of writing, or at any moment; each in a process of its own.

    python dying.py steps ROOM [EVERY]
    python dying.py moments ROOM

Prints how many died, as JSON, or the first set that differs from that of an undisturbed run. Of
steps only every so many are taken: all of them take a minute or two.
"""

import itertools
import json
import os
import random
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import coloured
from harmonia.synthesis import synthesize
from sets import contents

DEAD = 70
OPTIONS = {"each": 2, "refused": 0.6, "workers": 2, "filters": [], "sheet": 2}


def die_at(step):
    """Ends the process without a word: before or after a file takes its name or goes, or when half
    of a line of the journal is written.
    """
    lock, counted = threading.Lock(), [0]

    def reached():
        with lock:
            counted[0] += 1
            return counted[0] == step

    def around(function):
        def dying(*arguments, **options):
            if reached():
                os._exit(DEAD)
            done = function(*arguments, **options)
            if reached():
                os._exit(DEAD)
            return done

        return dying

    write = os.write

    def write_half(descriptor, data):
        if reached():
            write(descriptor, bytes(data)[: len(data) // 2])
            os._exit(DEAD)
        return write(descriptor, data)

    os.replace, os.unlink, os.write = around(os.replace), around(os.unlink), write_half


def forked(work):
    """Runs in a child; its process id."""
    child = os.fork()
    if child:
        return child
    os.fsync = os.sync = lambda *_: None  # they are for power cuts, and take most of the time
    try:
        work()
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        os._exit(1)
    os._exit(0)


def status(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def whole(source, out, **options):
    if status(forked(lambda: synthesize(coloured.prepare, source, out, **OPTIONS | options))):
        raise SystemExit(f"no set was made with {options}")
    return contents(out)


# What is there before, and what a run that dies is asked for: a fresh set, fewer, more, another.
STORIES = [
    (None, {}),
    ({}, {"count": 2}),
    ({"count": 1}, {"count": 4}),
    ({"count": 2}, {"seed": 1, "each": 1, "overwrite": True}),
]


def steps(room, every=1):
    """How many died in each story."""
    died = []
    source = coloured.fill(room / "in", 3, (16, 20))
    for number, (before, after) in enumerate(STORIES):
        wanted = whole(source, room / f"whole{number}", **after)
        begun = room / f"begun{number}"
        if before is not None:
            whole(source, begun, **before)
        died.append(0)
        for step in itertools.count(1 + number % every, every):
            out = room / "out"
            if before is not None:
                shutil.copytree(begun, out)

            def run(out=out, after=after, step=step):
                die_at(step)
                synthesize(coloured.prepare, source, out, **OPTIONS | after)

            end = status(forked(run))
            if whole(source, out, **after) != wanted:
                raise SystemExit(f"step {step} of {before} to {after}: the set differs")
            shutil.rmtree(out)
            if end != DEAD:
                break
            died[-1] += 1
    return died


def moments(room):
    source = coloured.fill(room / "in", 40, (120, 160))
    started = time.monotonic()
    wanted = whole(source, room / "whole")
    seconds = time.monotonic() - started
    rng, died, out = random.Random(1), 0, room / "out"
    for _ in range(6):
        child = forked(lambda: synthesize(coloured.prepare, source, out, **OPTIONS))
        time.sleep(rng.uniform(0.05, 0.4) * seconds)
        os.kill(child, signal.SIGKILL)
        died += status(child) == -signal.SIGKILL
        there = contents(out) if out.is_dir() else {}
        wrong = [name for name in there if not Path(name).name.startswith(".")]
        wrong = [name for name in wrong if there[name] != wanted.get(name)]
        if wrong:
            raise SystemExit(f"{wrong} differ after a kill")
    if whole(source, out) != wanted:
        raise SystemExit("the set differs from that of an undisturbed run")
    return died


if __name__ == "__main__":
    what, room, *every = sys.argv[1:]
    print(json.dumps({"steps": steps, "moments": moments}[what](Path(room), *map(int, every))))
