"""The command `train`: what it takes, what it says, and that it is `training.train`."""

import argparse
import csv
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import coloured
import harmonia
import numpy as np
import pytest
from harmonia import cli
from harmonia.cli import _recipes
from harmonia.cli._train.watch import Watch
from images import as_dtype, scene
from kinds import torch

needs_torch = pytest.mark.skipif(torch is None, reason="torch is not installed")

TINY = ["--size", 64, "--batch", 2, "--option", "width=2", "--option", "base=64", "--workers", 0]
RARELY = ["--validate-every", 0, "--save-every", 1, "--sample-every", 0, "--log-every", 1]


@pytest.fixture
def photos(tmp_path):
    return coloured.fill(tmp_path / "photos", 6, (70, 90))


@pytest.fixture
def made(photos, tmp_path):
    """A dataset in the layout of iHarmony4."""
    words = ["synthesize", "random", photos, "-o", tmp_path / "made", "--test-share", "0.4"]
    assert cli.main([*map(str, words), "--filters", "none", "--sheet", "0"]) == 0
    return tmp_path / "made"


def train(*words):
    return cli.main(["train", *map(str, words)])


def shown(capsys, *words):
    with pytest.raises(SystemExit) as stopped:
        train(*words)
    assert stopped.value.code == 0
    return capsys.readouterr().out


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def weights(run, which):
    """Bytes by name: the header's order is that of chance."""
    from harmonia.nets import _checkpoints

    state = _checkpoints.read(run / f"{which}.safetensors").state
    return {name: tensor.numpy().tobytes() for name, tensor in state.items()}


def check_equal(run, other):
    for name in ("log.csv", "validation.csv"):
        assert (run / name).read_bytes() == (other / name).read_bytes()
    assert weights(run, "last") == weights(other, "last")


@needs_torch
def test_the_run_is_that_of_the_library(made, tmp_path, capsys):
    out = tmp_path / "run"
    words = ["--validation", "test", "--steps", 3, "--rate", 0.01, "--seed", 5, "--average", 0.5]
    assert train("issam", "--data", made, "-o", out, *TINY, *RARELY, *words) == 0
    assert capsys.readouterr() == ("", "")  # nobody watches
    data, tests = (harmonia.datasets.load("iharmony4", made, split=s) for s in ("train", "test"))
    harmonia.training.train(
        "issam",
        data,
        tmp_path / "own",
        validation=tests,
        steps=3,
        rate=0.01,
        seed=5,
        average=0.5,
        size=64,
        batch=2,
        workers=0,
        log_every=1,
        validate_every=0,
        width=2,
        base=64,
    )
    check_equal(out, tmp_path / "own")
    assert weights(out, "best") == weights(tmp_path / "own", "best")
    assert (out / "samples" / "step-000003.png").is_file()


@needs_torch
def test_photographs_serve_and_json_tells_the_run(photos, tmp_path, capsys):
    out = tmp_path / "run"
    words = ["issam", "--photos", photos, "--validation", 0.3, "-o", out, *TINY, *RARELY, "--json"]
    assert train(*words, "--steps", 2) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["steps"], said["went_on_from"]) == (2, 0)
    assert said["best"]["step"] == 2
    assert said["best"]["fmse"] == said["validation"]["fmse"]
    assert set(said["losses"]) == {"fn_mse"}
    assert said["weights"] == str(out / "best.safetensors")
    assert train(*words, "--steps", 2) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["steps"], said["went_on_from"]) == (2, 2)


@needs_torch
def test_several_folders_are_learnt_as_one(made, tmp_path, capsys):
    other = shutil.copytree(made, tmp_path / "other")
    out, own = tmp_path / "run", tmp_path / "own"
    words = ["--data", made, "--data", other, "--validation", "test", "--steps", 3, *TINY, *RARELY]
    assert train("issam", *words, "-o", out) == 0
    assert capsys.readouterr() == ("", "")
    parts = [harmonia.datasets.load("iharmony4", root, split="train") for root in (made, other)]
    harmonia.training.train(
        "issam",
        harmonia.datasets.join(*parts),
        own,
        validation=harmonia.datasets.load("iharmony4", made, split="test"),
        steps=3,
        size=64,
        batch=2,
        workers=0,
        log_every=1,
        validate_every=0,
        width=2,
        base=64,
    )
    check_equal(out, own)
    said = [json.loads((run / "run.json").read_text())["data"] for run in (out, own)]
    assert said[0] == said[1]
    assert [part["root"] for part in said[0]["data"]["parts"]] == [str(made), str(other)]


@needs_torch
@pytest.mark.parametrize(
    ("words", "read_as"),
    [
        (["data=A", "rendered=B", "data=C"], {"data": "AC", "rendered": "B"}),
        (["rendered=B", "rendered=A", "data=C"], {"data": "C", "rendered": "BA"}),
    ],
)
def test_a_source_may_have_several_folders_too(made, tmp_path, words, read_as):
    from harmonia.cli._train.asked import Data
    from harmonia.training import _recipes as recipes

    for name in "ABC":
        shutil.copytree(made, tmp_path / name)
    given = [word.replace("=", f"={tmp_path}/") for word in words]
    nothing = dict.fromkeys(("photos", "split", "subset"))
    told = argparse.Namespace(data=given, dataset=[], set=[], **nothing)
    learnt = Data(told, recipes.planned("charmnet", {}, where="test"), 64).learnt()
    assert {
        source: "".join(Path(part.origin.root).name for part in getattr(one, "parts", [one]))
        for source, one in learnt.items()
    } == read_as


@needs_torch
def test_what_was_trained_harmonizes_and_is_evaluated(made, tmp_path, capsys):
    out = tmp_path / "run"
    assert train("issam", "--data", made, "-o", out, *TINY, *RARELY, "--steps", 1) == 0
    last = out / "last.safetensors"
    image, mask = scene(50, 60)
    picture, its_mask = tmp_path / "a.png", tmp_path / "m.png"
    harmonia.io.write(picture, as_dtype(image, np.uint8))
    harmonia.io.write(its_mask, np.stack([as_dtype(mask, np.uint8)] * 3, axis=-1))
    words = [picture, its_mask, "-o", tmp_path / "b.png", "--method", "issam", "--weights", last]
    assert cli.main(list(map(str, words))) == 0
    assert (tmp_path / "b.png").is_file()
    words = ["evaluate", "--dataset", "iharmony4", "--root", made, "-o", tmp_path / "results"]
    assert cli.main([*map(str, words), "--methods", f"composite,ours=issam:{last}"]) == 0
    assert "ours" in capsys.readouterr().out


@needs_torch
def test_a_run_is_trained_again_from_its_folder(made, tmp_path, capsys):
    first, again, other = (tmp_path / name for name in ("run", "again", "other"))
    words = ["--validation", 0.5, "--steps", 2, *TINY, *RARELY]
    assert train("issam", "--data", made, "-o", first, *words) == 0
    assert train("--from", first, "-o", again, "--workers", 0, *RARELY) == 0
    check_equal(first, again)
    changed = ["--rate", 0.5, "--option", "minimum_area=10", "--workers", 0]
    assert train("--from", first, "-o", other, *changed, *RARELY) == 0
    before, after = (json.loads((run / "run.json").read_text()) for run in (first, other))
    assert after["rate"] == 0.5
    assert after["options"] == before["options"] | {"minimum_area": 10}
    for name in ("data", "steps", "size", "batch", "seed"):
        assert after[name] == before[name]
    assert capsys.readouterr() == ("", "")


@needs_torch
def test_after_ctrl_c_the_same_command_goes_on(made, tmp_path):
    out = tmp_path / "run"
    words = ["issam", "--data", made, "-o", out, *TINY, *RARELY, "--steps", 400]
    command = [sys.executable, "-m", "harmonia", "train", *map(str, words)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    while not (out / "checkpoint.pt").is_file():
        assert process.poll() is None, process.stderr.read()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "harmonia train: stopped\n")
    done = len(rows(out / "log.csv"))
    assert 1 <= done < 400
    assert torch.load(out / "checkpoint.pt", weights_only=True)["step"] >= 1


@needs_torch
@pytest.mark.parametrize("recipe", _recipes.names(_recipes.TRAINING))
def test_help_about_a_recipe_says_its_plan_and_its_options(recipe, capsys):
    from harmonia.training import _recipes as recipes

    text = shown(capsys, recipe, "--help")
    assert f"\n{recipe}: " in text
    for word in ("network", "optimizer", "learning rate", "epochs", "batch"):
        assert f"\n  {word} " in text
    for option in recipes.parameters(recipes.recipe_class(recipe, where="test")):
        assert f"\n  {option}=" in text


def test_help_lists_the_recipes_and_loads_nothing():
    code = (
        "import sys, harmonia.cli as cli\n"
        "try:\n    cli.main(['train', '--help'])\n"
        "finally:\n    print([name for name in ('numpy', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.endswith("\n[]\n")
    for name in _recipes.names(_recipes.TRAINING):
        assert f"\n  {name} " in done.stdout


def test_the_recipes_are_those_of_the_library():
    if torch is not None:
        assert _recipes.names(_recipes.TRAINING) == harmonia.training.list_recipes()
    assert "issam" in _recipes.names(_recipes.TRAINING)


@needs_torch
def test_two_processes_train_together_and_go_on_when_one_is_killed(made, tmp_path, capsys):
    out, steps = tmp_path / "run", 40
    over = threading.Event()

    def kill():
        while not (out / "checkpoint.pt").is_file() and not over.is_set():
            time.sleep(0.01)
        for child in multiprocessing.active_children()[:1]:
            child.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    words = ["--data", made, "-o", out, *TINY, *RARELY, "--steps", steps, "--processes", 2]
    try:
        assert train("issam", *words) == 0
    finally:
        over.set()
        killer.join()
    said = capsys.readouterr().err
    assert said.count("of 2 was killed by SIGKILL") == said.count("going on from the last") == 1
    assert [int(row["step"]) for row in rows(out / "log.csv")] == list(range(1, steps + 1))


WITHOUT_TORCH = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError(f"No module named {name!r}", name="torch")

sys.meta_path.insert(0, Blocked())
from harmonia import cli
sys.exit(cli.main(sys.argv[1:]))
"""


def test_without_torch_it_says_how_to_get_it(photos, tmp_path):
    def command(*words):
        code = [sys.executable, "-c", WITHOUT_TORCH, "train", "issam", *map(str, words)]
        return subprocess.run(code, capture_output=True, text=True, timeout=60)

    helped = command("--help")
    assert helped.returncode == 0
    assert "pip install 'harmonia[train]'" in helped.stdout
    refused = command("--photos", photos, "-o", tmp_path / "run")
    assert refused.returncode == 1
    assert refused.stderr == (
        "harmonia train: harmonia.training needs torch: pip install 'harmonia[torch]'\n"
    )


RUN = ["-o", "OUT"]


@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        ([], "-o is missing; say where the run is to be", 2),
        (RUN, "RECIPE is missing; choose one of ", 2),
        (["isam", *RUN], "RECIPE must be one of ", 2),
        (["issam", *RUN], "--data is missing; give the folder of a dataset, or photographs by", 2),
        (["issam", "--from", "DATA", *RUN], "--from tells the recipe; leave RECIPE out", 2),
        (["issam", "--data", "DATA", "--steps", "0", *RUN], "--steps must be a whole number", 2),
        (["issam", "--data", "DATA", "--rate", "0", *RUN], "--rate must be a number above 0", 2),
        (["issam", "--data", "DATA", "--steps", "1", "--epochs", "1", *RUN], "does not go with", 2),
        (["issam", "--data", "DATA", "--validation-count", "1", *RUN], "goes with --validation", 2),
        (["issam", "--data", "DATA", "--precision", "half", *RUN], "must be one of 'float32'", 2),
    ],
)
def test_mistakes_of_words_are_one_sentence(made, tmp_path, capsys, words, said, status):
    check_refused(made, tmp_path, capsys, words, said, status)


@needs_torch
@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        (["issam", "--data", "nowhere", *RUN], "--data: there is no folder nowhere", 1),
        (["issam", "--photos", "nowhere", *RUN], "--photos: there is no nowhere; it is a", 1),
        (["issam", "--data", "PHOTOS", *RUN], "without reals; --photos makes composites", 1),
        (["issam", "--data", "DATA", "--photos", "PHOTOS", *RUN], "does not go with --data", 2),
        (["issam", "--data", "DATA", "--data", "DATA", *RUN], "names a folder twice for data: ", 2),
        (["issam", "--data", "DATA", *2 * ["--dataset", "folder"], *RUN], "came 2 times for", 2),
        (["issam", "--data", "DATA", "--option", "wdth=3", *RUN], "did you mean 'width'?", 1),
        (["issam", "--data", "DATA", "--validation", "2", *RUN], "--validation must be a share", 1),
        (["issam", "--data", "DATA", "--validation", "no", *RUN], "there is no such folder", 2),
        (["issam", "--data", "DATA", "--subset", "HCOC", *RUN], "iharmony4: subset", 1),
        (["issam", "--data", "PHOTOS", "--split", "test", *RUN], "folder has no splits", 2),
        (["--from", "DATA", *RUN], "holds no run.json; give the folder of a run", 1),
    ],
)
def test_mistakes_about_data_are_one_sentence(made, tmp_path, capsys, words, said, status):
    check_refused(made, tmp_path, capsys, words, said, status)


def check_refused(made, tmp_path, capsys, words, said, status):
    capsys.readouterr()
    places = {"DATA": made, "OUT": tmp_path / "out", "PHOTOS": tmp_path / "photos"}
    assert train(*(places.get(word, word) for word in words)) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out" / "run.json").exists()


@needs_torch
def test_other_settings_in_a_folder_are_refused_unless_it_may_go(made, tmp_path, capsys):
    out = tmp_path / "run"
    words = ["issam", "--data", made, "-o", out, *TINY, *RARELY]
    assert train(*words, "--steps", 2) == 0
    assert train(*words, "--steps", 1) == 1
    said = capsys.readouterr().err
    assert "holds a run with steps 2 and not 1" in said
    assert "pass --overwrite" in said
    assert train(*words, "--steps", 1, "--overwrite") == 0
    assert len(rows(out / "log.csv")) == 1


@needs_torch
def test_lists_tell_what_a_folder_is(made, photos, tmp_path):
    from harmonia.cli._arguments import Misused
    from harmonia.cli._train.asked import told_apart

    assert told_apart(made) == "iharmony4"
    assert told_apart(photos) == "folder"
    assert told_apart(made / "HFlickr") == "folder"
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "train_list.txt").touch()
    with pytest.raises(Misused, match="ccharmony or hyoutube"):
        told_apart(tmp_path / "videos")


def test_the_line_says_how_far_and_how_long(monkeypatch):
    watch = Watch()
    watch.step, watch.steps, watch.began = 120, 2000, 20
    watch.losses, watch.waiting = {"fn_mse": 0.01234}, 0.012
    monkeypatch.setattr(Watch, "seconds", 50.0)
    assert watch.line(1.0) == "120/2000  2 steps/s  15:40 left  fn_mse 0.01234  waiting 1%"
    monkeypatch.setattr(Watch, "seconds", 300.0)
    assert "3 s a step  1:34:00 left" in watch.line(1.0)
