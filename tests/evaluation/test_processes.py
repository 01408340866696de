"""The engine of processes: the numbers of the threads here, whatever dies."""

import os
import signal
from pathlib import Path

import elsewhere
import pytest
from elsewhere import METHODS, SOON, ended, parts, plan_of, still_running, wait_until
from harmonia import evaluation
from harmonia.evaluation._processes import run_in_processes


def started(root, folder, mode):
    """In a file, since processes that are begun anew import it."""
    program = folder / "program.py"
    program.write_text(
        elsewhere.PROGRAM.format(module="_processes", run="run_in_processes"), encoding="utf-8"
    )
    return elsewhere.started([program], root, folder / "out", mode, 0.3, 2)


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
