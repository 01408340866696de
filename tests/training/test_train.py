"""Runs: what they leave, how they go on, and what they refuse."""

import csv
import json
import math
import os
import subprocess
import sys

import harmonia
import numpy as np
import pytest
from harmonia._folder_lock import locked

torch = pytest.importorskip("torch", reason="torch is not installed")

import coloured  # noqa: E402
from harmonia.datasets import Sample  # noqa: E402 (needs torch)
from harmonia.synthesis import random_composites  # noqa: E402
from harmonia.training import Diverged, OtherRun, _sources, train  # noqa: E402
from in_launched import TINY, samples  # noqa: E402

# From Python 3.12 on a fork of a process with threads, as torch's loader does it, warns.
forks = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
KEPT = ("log.csv", "validation.csv", "last.safetensors", "best.safetensors", "run.json")


class Stopped(Exception):
    pass


def stopping(at):
    def progress(now):
        if now.step == at:
            raise Stopped

    return progress


def tried(folder, data=None, **options):
    return train("issam", data or samples(), folder, **{**TINY, "steps": 6, **options})


def rows(folder, name="log.csv"):
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file))


def assert_equal_runs(one, other, names=KEPT):
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


EVERY = {"log_every": 2, "save_every": 3, "validate_every": 4, "accumulate": 2, "average": 0.9}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "run"
    tried(folder, validation=samples(1), **EVERY)
    return folder


@pytest.mark.parametrize("at", range(1, 7))
def test_a_run_goes_on_after_any_step_as_if_nothing_had_been(whole, tmp_path, at):
    folder = tmp_path / "run"
    with pytest.raises(Stopped):
        tried(folder, validation=samples(1), progress=stopping(at), **EVERY)
    run = tried(folder, validation=samples(1), **EVERY)
    assert_equal_runs(whole, folder)
    assert run.steps == 6
    assert run.best == {"step": run.best["step"], "fmse": run.best["fmse"]}


@forks
def test_workers_change_nothing(whole, tmp_path):
    with pytest.raises(Stopped):
        tried(tmp_path, validation=samples(1), progress=stopping(4), **EVERY, workers=2)
    tried(tmp_path, validation=samples(1), workers=2, **EVERY)
    assert_equal_runs(whole, tmp_path)


def test_a_finished_run_is_left_as_it_is(whole):
    before = {one.name: one.read_bytes() for one in whole.rglob("*") if one.is_file()}
    assert tried(whole, validation=samples(1), **EVERY).steps == 6
    assert {one.name: one.read_bytes() for one in whole.rglob("*") if one.is_file()} == before


def test_what_it_leaves(whole):
    said = json.loads((whole / "run.json").read_text())
    assert said["validation"] == {"samples": 1}
    assert said["protocol"] == "idih-16"
    assert [row["step"] for row in rows(whole)] == ["2", "4", "6"]
    assert [row["step"] for row in rows(whole, "validation.csv")] == ["4", "6"]
    assert all(math.isfinite(float(row["fn_mse"])) for row in rows(whole))
    session = harmonia.load("issam", weights=str(whole / "last.safetensors"))
    sample = samples(1)[0]
    assert session(sample.composite, sample.mask).shape == sample.composite.shape


def test_the_log_has_the_rate_that_a_step_was_taken_at(tmp_path):
    tried(tmp_path, steps=24, log_every=1, rate=1e-3)  # epochs 0, 5, 10, ... of 120
    found = [float(row["rate"]) for row in rows(tmp_path)]
    assert found == pytest.approx([1e-3] * 21 + [1e-4] * 2 + [1e-5], rel=1e-12)


def test_random_numbers_of_the_caller_are_left_alone(tmp_path):
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    tried(tmp_path, steps=1)
    assert torch.equal(torch.rand(3), wanted)


def test_other_settings_are_refused_by_name_and_overwrite_starts_anew(tmp_path):
    tried(tmp_path, steps=1)
    with pytest.raises(OtherRun, match=r"rate 0\.001 and not 0\.1; .*overwrite=True"):
        tried(tmp_path, steps=1, rate=0.1)
    (tmp_path / "notes.txt").write_text("mine")
    tried(tmp_path, steps=1, rate=0.1, overwrite=True)
    assert json.loads((tmp_path / "run.json").read_text())["rate"] == 0.1
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"")
    with pytest.raises(OtherRun, match=r"is no run and not empty, it holds photo\.jpg"):
        tried(tmp_path)
    (tmp_path / "photo.jpg").rename(tmp_path / "run.json")
    with pytest.raises(OtherRun, match="is not of a run that this version knows"):
        tried(tmp_path)


def test_two_at_once_are_refused(tmp_path):
    code = "import sys; from pathlib import Path; from harmonia._folder_lock import locked\n"
    code += "with locked(Path(sys.argv[1])): print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(tmp_path / ".lock")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as other:
        other.stdout.readline()
        with pytest.raises(BlockingIOError, match="in use by another process"):
            tried(tmp_path)
        other.stdin.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@forks
def test_a_fork_does_not_hold_the_folder(tmp_path):
    reader, writer = os.pipe()
    with locked(tmp_path / ".lock"):
        child = os.fork()
        if not child:
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
    try:
        with locked(tmp_path / ".lock"):
            pass
    finally:
        os.close(writer)
        os.close(reader)
        os.waitpid(child, 0)


def test_validation_may_be_another_and_its_best_begins_anew(tmp_path):
    with pytest.raises(Stopped):
        tried(tmp_path, save_every=1, validate_every=1, validation=samples(1), progress=stopping(3))
    tried(tmp_path, save_every=1, validate_every=1, validation=samples(2))
    assert [row["step"] for row in rows(tmp_path, "validation.csv")] == ["4", "5", "6"]
    assert json.loads((tmp_path / "run.json").read_text())["validation"] == {"samples": 2}


def test_losses_that_are_no_numbers_end_it_and_no_checkpoint_is_of_them(tmp_path):
    with pytest.raises(Diverged, match=r"became NaN or infinite by step \d+; lower rate"):
        tried(tmp_path, rate=1e30, steps=20, log_every=20, save_every=1)
    checkpoint = tmp_path / "checkpoint.pt"
    state = torch.load(checkpoint, weights_only=True)["recipe"] if checkpoint.exists() else {}
    assert all(bool(one.isfinite().all()) for one in state.values())


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"size": 0}, ValueError, "train: size must be a whole number from 1 on, got 0"),
        ({"batch": 0}, ValueError, "train: batch must be"),
        ({"rate": 0}, ValueError, "train: rate must be"),
        ({"accumulate": 0, "steps": None}, ValueError, "train: accumulate must be"),
        ({"epochs": 1}, ValueError, "train: give steps or epochs, not both"),
        ({"steps": None, "epochs": 0}, ValueError, "train: epochs must be a number above 0"),
        ({"steps": None, "epochs": "all"}, ValueError, "train: epochs must be a number above 0"),
        ({"seed": -1}, ValueError, "train: seed must be a whole number"),
        ({"workers": -1}, ValueError, "train: workers must be a whole number from 0 on"),
        ({"device": "tpu9"}, ValueError, "train: device must be one that torch knows"),
        ({"log_every": -1}, ValueError, "train: log_every must be"),
        ({"precision": "float16"}, ValueError, "train: precision must be"),
        ({"widths": 4}, TypeError, "did you mean 'width'"),
    ],
)
def test_wrong_arguments_are_named(tmp_path, options, kind, said):
    with pytest.raises(kind, match=said):
        tried(tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        ([], ValueError, "train: data 'data' must hold at least one sample"),
        ("folder", TypeError, "train: data 'data' must be a dataset"),
        ({"other": samples(1)}, ValueError, "train: data must be a dataset, got 'other'"),
    ],
)
def test_wrong_data_are_named(tmp_path, data, kind, said):
    with pytest.raises(kind, match=said):
        train("issam", data, tmp_path, **TINY)


def test_samples_without_a_real_or_of_two_sizes_are_named(tmp_path):
    good = samples(1)[0]
    with pytest.raises(ValueError, match="train: data: bare has no real"):
        tried(tmp_path / "a", [Sample(good.composite, good.mask, None, "bare")])
    cut = Sample(good.composite, good.mask, good.real[1:], "cut")
    with pytest.raises(ValueError, match="cut must have a real of its mask's size"):
        tried(tmp_path / "b", [cut])


def test_deep_pictures_soft_floats_and_empty_masks_are_learned_from(tmp_path):
    made = []
    for one in samples(4):
        deep = [pixels.astype(np.uint16) * 257 for pixels in (one.composite, one.real)]
        soft = (one.mask / 255).astype(np.float32) * (0 if one.name == "s3" else 1)
        made.append(Sample(deep[0], soft, deep[1], one.name))
    tried(tmp_path, made, log_every=1)
    assert all(math.isfinite(float(row["fn_mse"])) for row in rows(tmp_path))


@pytest.mark.parametrize("options", [{"precision": "bfloat16"}, {"average": 0.99}])
def test_other_ways_to_compute_leave_weights_by_the_same_names(tmp_path, options):
    tried(tmp_path, steps=2, **options)
    harmonia.load("issam", weights=str(tmp_path / "last.safetensors"))


@pytest.fixture
def photos(tmp_path):
    return coloured.fill(tmp_path / "photos", size=(40, 50))


def test_random_composites_are_others_in_each_epoch_and_go_on_as_well(photos, tmp_path):
    data = random_composites(photos, size=20, seed=3)
    options = {"log_every": 1, "save_every": 2, "steps": 6}  # three epochs of eight
    tried(tmp_path / "whole", data, **options)
    with pytest.raises(Stopped):
        tried(tmp_path / "run", data, progress=stopping(3), **options)
    said = json.loads((tmp_path / "run" / "run.json").read_text())["data"]["data"]
    tried(tmp_path / "run", _sources.opened(said), **options)
    assert_equal_runs(tmp_path / "whole", tmp_path / "run", ("log.csv", "last.safetensors"))


def test_random_composites_are_opened_again_by_what_they_told(photos):
    made = random_composites(
        photos, size=(16, 20), seed=3, rounds=3, strength=(9.0, 0.4), kinds={"rgb": 1}, mirror=False
    )[4:20:3]
    again = _sources.opened(json.loads(json.dumps(_sources.told(made))))
    assert len(again) == len(made) == 6
    for one, other in zip(made, again, strict=True):
        assert one.composite.tobytes() == other.composite.tobytes()


def test_data_that_cannot_be_opened_again_say_so():
    with pytest.raises(ValueError, match=r"came neither from datasets\.load nor"):
        _sources.opened(_sources.told(samples(2)))


def test_other_files_than_those_of_the_run_are_refused(photos):
    said = _sources.told(random_composites(photos, size=16))
    with pytest.raises(ValueError, match="files came or went"):
        _sources.opened({**said, "list": "0" * 64})
