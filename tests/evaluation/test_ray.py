"""The engine that runs shards by Ray Data: the numbers of the threads here, however it ends."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import elsewhere
import pytest
from elsewhere import METHODS, SOON, ended, parts, plan_of, still_running, wait_until
from harmonia import evaluation

if importlib.util.find_spec("ray") is None or importlib.util.find_spec("pandas") is None:
    pytest.skip("ray[data] is not installed", allow_module_level=True)


def started(root, results, mode="plain"):
    """Not in a file: processes of Ray find nothing to import."""
    program = elsewhere.PROGRAM.format(module="_ray", run="run_on_ray")
    return elsewhere.started(["-c", program], root, results, mode, 0.5)


def test_part_files_are_those_of_threads(root, here, tmp_path):
    *steps, last = ended(started(root, tmp_path / "ray"))
    assert (len(steps), steps[0], steps[-1], last) == (6, "step 0", "step 9", "done")
    assert parts(tmp_path / "ray") == here


def test_a_shard_whose_worker_is_killed_is_measured_once_elsewhere(root, here, tmp_path):
    lines = ended(started(root, tmp_path / "ray", "killed"))
    assert (tmp_path / "ray.killed").exists()
    steps = [line for line in lines if line.startswith("step")]  # Ray tells of the process too
    assert (len(steps), steps[0], steps[-1]) == (6, "step 0", "step 9")
    assert parts(tmp_path / "ray") == here


def test_a_shard_that_kills_its_workers_fails_and_the_others_do_not(root, here, tmp_path):
    lines = ended(started(root, tmp_path / "ray", "deadly"))
    assert "step 9" in lines
    told = {name: said for _, name, _, said in (line.split("|") for line in lines if "|" in line)}
    assert sorted(told) == ["a0002_1_4", "f2508_1_2"]  # the two of a shard
    assert all("died 3 times" in said for said in told.values())
    written = parts(tmp_path / "ray")
    assert set(here) - set(written) == {f"{name}/00002.csv" for name in METHODS}
    assert written == {name: data for name, data in here.items() if name in written}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals of POSIX")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_what_was_written_stays_when_the_driver_ends(root, here, tmp_path, how):
    results = tmp_path / "ray"
    process = started(root, results, "slow")
    wait_until(lambda: len(list(results.rglob("*.csv"))) >= 2 * len(METHODS))
    os.kill(process.pid, getattr(signal, how))
    _, said = process.communicate(timeout=SOON)
    assert process.returncode != 0
    if how == "SIGINT":
        assert said.splitlines()[-1] == "interrupted"
        wait_until(lambda: not still_running(process.pid))

    there = {path: path.stat().st_mtime_ns for path in results.rglob("*.csv")}
    assert 0 < len(there) < 5 * len(METHODS)
    whole = min(len(list((results / "rows" / name).glob("*.csv"))) for name in METHODS)
    assert ended(started(root, results))[0] == f"step {2 * whole}"
    assert {path: path.stat().st_mtime_ns for path in there} == there
    assert parts(results) == here


def test_what_fails_is_told_by_sample_as_threads_tell_it(root, tmp_path):
    broken = shutil.copytree(root, tmp_path / "broken")
    (broken / "HFlickr" / "real_images" / "f2508.jpg").unlink()
    (broken / "HCOCO" / "masks" / "c581929_2210.png").write_bytes(b"no picture")
    results = evaluation.evaluate_dataset(plan_of(broken), tmp_path / "here")
    expected = {(label, name, str(error)) for name, error, label in results.failures}
    lines = ended(started(broken, tmp_path / "ray"))
    assert "step 9" in lines
    told = (line.split("|") for line in lines if "|" in line)
    assert {(label, name, said) for label, name, _, said in told} == expected
    assert len(expected) == 2
    assert parts(tmp_path / "ray") == parts(tmp_path / "here")


# What can be asked of a Ray that is there, by code that runs in another process.
ASK = """
import os, sys, time
os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
from pathlib import Path
import ray, ray.data
from harmonia import datasets, evaluation
from harmonia.evaluation._candidates import Candidate
from harmonia.evaluation._ray import run_on_ray

def attempt(methods, folder, **options):
    plan = evaluation.plan(datasets.load("iharmony4", sys.argv[1], split="test"), methods)
    try:
        print("failures", run_on_ray(plan, Path(sys.argv[2], folder), **options))
    except RuntimeError as error:
        print(error)

ray.init(address="local", num_cpus=1, include_dashboard=False, log_to_driver=False)
attempt([Candidate("mine", "issam", {"device": "cuda"})], "gpu")
attempt(["composite"], "alone", workers=5)

@ray.remote(num_cpus=1)
def hold():
    time.sleep(600)

held = hold.remote()
time.sleep(1)
attempt(["composite"], "busy", patience=1)
print("begun by the caller:", ray.is_initialized())
"""


def test_a_ray_of_the_callers_says_what_it_lacks(root, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(root), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=SOON,
    )
    assert done.stdout.splitlines() == [
        "evaluation: the plan wants a GPU for 'mine', and this Ray has none (1 cores, 0 GPUs); "
        "begin it with num_cpus and num_gpus",
        "failures []",
        "evaluation: no process of Ray began within 1 s; it waits for 0.5 CPU (0 of 1 free); free "
        "some, or ask for fewer",
        "begun by the caller: True",
    ], done.stderr


LISTENING = """
import subprocess, sys
from harmonia.evaluation._ray import _connected
with _connected(None) as ray:
    print(ray.util.get_node_ip_address())
    for line in open("/proc/net/tcp").readlines()[1:] + open("/proc/net/tcp6").readlines()[1:]:
        local, state, inode = (line.split()[n] for n in (1, 3, 9))
        if state == "0A":
            print(inode, local)
    print("mine")
    sys.stdout.flush()
    subprocess.run(["sh", "-c", "for p in $(ps -o pid= -s $(ps -o sid= -p $PPID)); do "
                    "readlink /proc/$p/fd/*; done"])
"""


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc")
def test_a_ray_of_this_machine_listens_on_loopback_alone():
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENING], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    out, _ = process.communicate(timeout=SOON)
    first, *lines = out.splitlines()
    assert first == "127.0.0.1"
    cut = lines.index("mine")
    mine = {line.removeprefix("socket:[").rstrip("]") for line in lines[cut + 1 :]}
    local = [line.split()[1].rpartition(":")[0] for line in lines[:cut] if line.split()[0] in mine]
    assert len(local) >= 3  # those of the raylet, the store of the cluster, and workers
    loopback = {"0100007F", "0000000000000000FFFF00000100007F", "0" * 24 + "01000000"}
    assert set(local) <= loopback


def test_its_absence_is_an_error_with_the_cure(root, tmp_path, monkeypatch):
    from harmonia.evaluation._ray import run_on_ray

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'harmonia\[ray\]'"):
        run_on_ray(plan_of(root), tmp_path / "none")
