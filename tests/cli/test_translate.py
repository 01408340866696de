"""The command `translate`: that it is `training.translate`, and what it says."""

import json

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia import cli, datasets  # noqa: E402 (needs torch)
from harmonia.training import _recipes, _run_folder, translate  # noqa: E402
from miniatures import make_rdharmony  # noqa: E402


@pytest.fixture
def run(tmp_path):
    torch.manual_seed(0)
    recipe = _recipes.open_recipe("cyclegan", {"width": 2, "blocks": 1}, where="test")
    (tmp_path / "run").mkdir()
    _run_folder.keep(tmp_path / "run" / "last.safetensors", recipe, recipe.network, 0)
    make_rdharmony(tmp_path / "data")
    return tmp_path / "run"


def command(*words):
    return cli.main(["translate", *map(str, words)])


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_it_writes_what_the_library_does(run, tmp_path, capsys):
    words = [run, "rdharmony", tmp_path / "data", "-o", tmp_path / "out", "--device", "cpu"]
    words += ["--split", "train", "--set", "category=cow"]
    assert command(*words) in (0, None)
    assert capsys.readouterr() == ("", "")  # nobody watches
    cows = datasets.load("rdharmony", tmp_path / "data", category="cow")
    translate(run, cows, tmp_path / "own", device="cpu")
    assert contents(tmp_path / "out") == contents(tmp_path / "own")
    assert command(*words, "--json") in (0, None)
    assert json.loads(capsys.readouterr().out) == {
        "output": str(tmp_path / "out"),
        "dataset": "rdharmony",
        "samples": 2,
        "manifest": "samples.jsonl",
    }


def test_what_is_wrong_is_a_sentence(run, tmp_path, capsys):
    words = ["rdharmony", tmp_path / "data", "-o", tmp_path / "out", "--device", "cpu"]
    assert command(tmp_path / "data", *words) != 0
    assert "is no run with weights" in capsys.readouterr().err
    assert command(run, "rdharmoni", *words[1:]) != 0
    assert "unknown dataset 'rdharmoni'" in capsys.readouterr().err
