"""What the tests of engines share whose samples are measured in other processes."""

import os
import subprocess
import sys
import time

from harmonia import datasets, evaluation
from isas import plain_environment

METHODS = ["composite", "reinhard", "mkl"]
SOON = 120  # seconds: what takes longer hangs

# What a user would run, in a process of its own, so that it may be killed: `run` evaluates root
# into results. Run as a file where processes that are begun anew import it.
PROGRAM = """
import os, signal, sys, time
from pathlib import Path
from harmonia import datasets, evaluation
from harmonia.evaluation.{module} import {run} as run

root, results, mode, pause, *workers = sys.argv[1:]
flag = Path(results + ".killed")

def read(entry):
    if mode == "slow":
        time.sleep(float(pause))
    if entry.name == "f2508_1_2":
        if mode == "deadly" or (mode == "killed" and not flag.exists()):
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if mode == "failing":
            raise OSError(5, "the disk is broken", "some.jpg")
    return whole.read(entry)

whole = datasets.load("iharmony4", root, split="test")
chosen = datasets.Dataset(whole.name, whole.lines, whole._entry_of, read)
if __name__ == "__main__":
    plan = evaluation.plan(chosen, ["composite", "reinhard", "mkl"], shard_size=2)
    try:
        step = lambda step: print("step", step.done, flush=True)
        failures = run(plan, Path(results), workers=int(workers[0]) if workers else None, step=step)
    except KeyboardInterrupt:
        sys.exit("interrupted")
    for name, error, label in failures:
        print(label, name, type(error).__name__, error, sep="|")
    print("done")
"""


def plan_of(root):
    return evaluation.plan(datasets.load("iharmony4", root, split="test"), METHODS, shard_size=2)


def parts(folder):
    """All files of rows, by their names."""
    rows = folder / "rows"
    found = (path for path in sorted(rows.rglob("*")) if path.is_file())
    return {path.relative_to(rows).as_posix(): path.read_bytes() for path in found}


def started(program, *words):
    """A process of Python that leads a session, without what may be set for Ray."""
    return subprocess.Popen(
        [sys.executable, *program, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("RAY_")},
    )


def ended(process):
    """The lines of what it said."""
    out, error = process.communicate(timeout=SOON)
    assert process.returncode == 0, error
    return out.splitlines()


def still_running(session):
    """What a process that began a session has left running."""
    found = subprocess.run(
        ["ps", "-o", "stat=", "-s", str(session)],
        capture_output=True,
        text=True,
        timeout=SOON,
        env=plain_environment(),
    )
    return [line for line in found.stdout.splitlines() if not line.startswith("Z")]


def wait_until(holds):
    until = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)
