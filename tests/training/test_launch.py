"""Processes that die are started anew, and what comes again is raised."""

import multiprocessing

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

import in_launched  # noqa: E402 (needs torch)
from harmonia.training._launch import ProcessDied, launch  # noqa: E402


@pytest.fixture
def forked(monkeypatch):
    """Processes are forked off one that has imported torch already, where a system can do so.

    `test_processes_know_each_other` has them spawned, as they are outside of tests.
    """
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["harmonia.training._launch"])
        monkeypatch.setattr(multiprocessing, "get_context", lambda method: context)


def test_processes_know_each_other():
    assert launch(2, in_launched.sum_of_ranks, 10) == 21
    assert launch(1, in_launched.sum_of_ranks, 10) == 10


@pytest.mark.usefixtures("forked")
def test_all_are_started_anew_when_one_is_killed(tmp_path):
    said = []
    assert launch(2, in_launched.die_until, tmp_path, 2, tell=said.append) == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        f"{rank} {attempt}" for rank in range(2) for attempt in range(3)
    ]
    assert said == [
        "process 2 of 2 was killed by SIGKILL, perhaps because memory ran out; going on from the "
        f"last checkpoint ({n} of 3)"
        for n in (1, 2)
    ]


@pytest.mark.usefixtures("forked")
def test_it_gives_up_after_so_many(tmp_path):
    with pytest.raises(ProcessDied, match=r"2 of 2 was killed by SIGKILL.* after 1 relaunches"):
        launch(2, in_launched.die_until, tmp_path, 9, restarts=1)
    with pytest.raises(ProcessDied, match=r"1 of 1 ended with exit code 3.* after 0 relaunches"):
        launch(1, in_launched.leave, 3, restarts=0)


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize(
    ("kind", "error", "said"),
    [("plain", KeyError, "key"), ("odd", RuntimeError, "Odd: one and two")],
)
def test_an_exception_is_raised_at_once_with_its_lines(kind, error, said):
    with pytest.raises(error, match=said) as caught:
        launch(2, in_launched.fail, kind)
    assert "in fail" in caught.value.__notes__[0]


@pytest.mark.usefixtures("forked")
def test_a_killed_rank_is_survived_and_the_result_is_that_of_an_undisturbed_run(tmp_path):
    options = {"steps": 8, "log_every": 1, "save_every": 3, "average": 0.9}
    whole = {**options, "validation": in_launched.samples(1)}
    assert launch(2, in_launched.trained_with, tmp_path / "whole", whole) == 8
    said = []
    disturbed = {**whole, "kill": (1, 5), "overwrite": True}
    assert launch(2, in_launched.trained_with, tmp_path / "run", disturbed, tell=said.append) == 8
    assert len(said) == 1
    for name in ("log.csv", "validation.csv", "last.safetensors", "best.safetensors", "run.json"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


@pytest.mark.parametrize(
    ("processes", "restarts", "said"),
    [
        (0, 1, "processes must be a whole number from 1"),
        (1, -1, "restarts must be"),
        (1.5, 1, "1.5"),
    ],
)
def test_wrong_numbers_are_refused(processes, restarts, said):
    with pytest.raises(ValueError, match=said):
        launch(processes, in_launched.sum_of_ranks, 0, restarts=restarts)


@pytest.mark.usefixtures("forked")
def test_two_processes_compute_what_one_does_with_the_whole_batch():
    (losses, state), (of_two, state_of_two) = (
        launch(count, in_launched.in_double, 50) for count in (1, 2)
    )
    assert len(losses) == 50
    assert losses[-1] < losses[0] / 3
    np.testing.assert_allclose(of_two, losses, rtol=1e-5)
    assert list(state_of_two) == list(state)
    for name, value in state.items():
        np.testing.assert_allclose(state_of_two[name], value, rtol=1e-5, atol=1e-5, err_msg=name)
