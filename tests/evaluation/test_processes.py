"""The engine of processes: the numbers of the threads here, whatever dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from harmonia import datasets, evaluation
from harmonia.evaluation._processes import run_in_processes
from miniatures import make_iharmony4

METHODS = ["composite", "reinhard", "mkl"]
SOON = 120  # seconds: what takes longer hangs

# In a file, since processes that are begun anew import it.
PROGRAM = """
import os, signal, sys, time
from pathlib import Path
from harmonia import datasets, evaluation
from harmonia.evaluation._processes import run_in_processes

root, results, mode = sys.argv[1:]
flag = Path(results + ".killed")

def read(entry):
    if mode == "slow":
        time.sleep(0.3)
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
        failures = run_in_processes(plan, Path(results), workers=2, step=step)
    except KeyboardInterrupt:
        sys.exit("interrupted")
    for name, error, label in failures:
        print(label, name, type(error).__name__, error, sep="|")
    print("done")
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("iharmony4")
    make_iharmony4(folder)
    return folder


@pytest.fixture(scope="module")
def here(root, tmp_path_factory):
    """The part files of threads in this process."""
    folder = tmp_path_factory.mktemp("results") / "here"
    evaluation.evaluate_dataset(plan_of(root), folder)
    return parts(folder)


def plan_of(root):
    return evaluation.plan(datasets.load("iharmony4", root, split="test"), METHODS, shard_size=2)


def parts(folder):
    rows = folder / "rows"
    found = (path for path in sorted(rows.rglob("*")) if path.is_file())
    return {path.relative_to(rows).as_posix(): path.read_bytes() for path in found}


def started(root, folder, mode):
    program = folder / "program.py"
    program.write_text(PROGRAM)
    return subprocess.Popen(
        [sys.executable, program, root, folder / "out", mode],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(process):
    out, error = process.communicate(timeout=SOON)
    assert process.returncode == 0, error
    return out.splitlines()


def still_running(session):
    """What a process that began a session has left running."""
    found = subprocess.run(
        ["ps", "-o", "stat=", "-s", str(session)], capture_output=True, text=True
    )
    return [line for line in found.stdout.splitlines() if not line.startswith("Z")]


def wait_until(holds):
    until = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("workers", [1, 3])
def test_part_files_are_those_of_threads(root, here, tmp_path, workers):
    steps = []
    plan = plan_of(root)
    failures = run_in_processes(plan, tmp_path / "out", workers=workers, step=steps.append)
    assert failures == []
    assert parts(tmp_path / "out") == here
    assert (steps[0].done, steps[-1].done, steps[-1].total) == (0, len(plan.dataset), 9)


def test_what_is_there_is_not_measured_again(root, here, tmp_path):
    run_in_processes(plan_of(root), tmp_path, workers=1)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.csv")}
    next(iter(before)).unlink()
    run_in_processes(plan_of(root), tmp_path, workers=1)
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.csv")}
    assert sum(before[path] != after[path] for path in before) == 1
    assert parts(tmp_path) == here


def test_what_a_process_had_that_dies_is_measured_by_another(root, here, tmp_path):
    assert ended(started(root, tmp_path, "killed"))[-1] == "done"
    assert (tmp_path / "out.killed").exists()
    assert parts(tmp_path / "out") == here


def test_samples_that_kill_every_process_are_failures(root, here, tmp_path):
    *_, first, last = ended(started(root, tmp_path, "deadly"))
    assert last == "done"
    assert "the process died 3 times" in first
    there = parts(tmp_path / "out")
    assert {name for name in here if name not in there}
    assert all(there[name] == here[name] for name in there)


def test_a_failure_is_that_of_threads(root, here, tmp_path):
    *_, failed, last = ended(started(root, tmp_path, "failing"))
    assert failed == "|f2508_1_2|OSError|[Errno 5] the disk is broken: 'some.jpg'"
    assert last == "done"
    there = parts(tmp_path / "out")
    assert len(there) == len(here) - len(METHODS)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_running_where_the_one_that_began_it_ends(root, here, tmp_path, sign):
    process = started(root, tmp_path, "slow")
    assert process.stdout is not None
    while process.stdout.readline() != "step 2\n":
        assert process.poll() is None
    os.kill(process.pid, sign)
    process.communicate(timeout=SOON)
    wait_until(lambda: not still_running(process.pid))
    assert process.returncode != 0
    assert ended(started(root, tmp_path, "plain"))[-1] == "done"
    assert parts(tmp_path / "out") == here


def test_a_folder_of_results_is_not_that_of_another_plan(root, tmp_path):
    run_in_processes(plan_of(root), tmp_path, workers=1)
    other = evaluation.plan(plan_of(root).dataset, METHODS, protocol="idih")
    with pytest.raises(ValueError, match="another"):
        run_in_processes(other, Path(tmp_path), workers=1)
