"""harmonia figures: files of an evaluation's figures, and one line where something is wrong."""

import json
import shutil

import pytest
from harmonia import datasets, evaluation
from harmonia._packages import Package
from harmonia.cli import main
from miniatures import make_iharmony4
from PIL import Image

ALL = ["differences", "distribution", "gallery-01", "grid", "scatter", "systems", "triplet"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluated")
    make_iharmony4(folder / "data")
    dataset = datasets.load("iharmony4", folder / "data", split="test")[2:6]
    plan = evaluation.plan(dataset, ["composite", "mean_shift", "reinhard"], size=64)
    evaluation.evaluate_dataset(plan, folder / "results", workers=1)
    return folder


@pytest.fixture
def here(made, tmp_path, monkeypatch):
    shutil.copytree(made / "results", tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words):
    return main(["figures", "results", *words])


def drawing():
    return pytest.importorskip("matplotlib", reason="needs matplotlib: harmonia[figures]")


def test_all_that_there_is_is_drawn_as_png_and_pdf(here, capsys):
    drawing()
    assert run("-o", "out/figures", "--width", "column", "--json") == 0
    found = sorted(path.name for path in (here / "out" / "figures").iterdir())
    assert found == sorted(f"{name}.{suffix}" for name in ALL for suffix in ("png", "pdf"))
    written = json.loads(capsys.readouterr().out)["written"]
    assert sorted(written) == [f"out/figures/{name}" for name in found]
    for name in ALL:
        assert (here / "out" / "figures" / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        with Image.open(here / "out" / "figures" / f"{name}.png") as picture:
            assert picture.width / picture.info["dpi"][0] == pytest.approx(3.25, abs=0.01)


def test_time_is_drawn_where_it_was_measured(here):
    drawing()
    costs = {"mean_shift": {"ms": 1.0}, "reinhard": {"ms": 2.0, "parameters": 1e6}}
    (here / "results" / "cost.json").write_text(json.dumps(costs))
    assert run("-o", "out", "--only", "tradeoff", "--format", "png") == 0
    assert [path.name for path in (here / "out").iterdir()] == ["tradeoff.png"]


def test_samples_methods_and_boxes_are_those_that_were_asked_for(here, monkeypatch):
    drawing()
    from harmonia.evaluation import figures

    seen = {}
    draw = figures.grid

    def grid(samples, **options):
        seen.update(options, samples=samples)
        return draw(samples, **options)

    monkeypatch.setattr(figures, "grid", grid)
    words = ["--samples", "a0002_1_4,a0002_1_1", "--methods", "reinhard", "--zoom", "5,6,20,15"]
    assert run("-o", "out", "--only", "grid", "--format", "png", "--no-numbers", *words) == 0
    assert [sample.name for sample in seen["samples"]] == ["a0002_1_4", "a0002_1_1"]
    assert list(seen["samples"][0].pictures) == ["reinhard"]
    assert (seen["boxes"], seen["numbers"]) == ([(5, 6, 20, 15)], False)


def test_a_dataset_that_was_moved_is_named_by_root(here, made, capsys):
    drawing()
    moved = here / "moved"
    shutil.copytree(made / "data", moved)
    said = here / "results" / "origin" / "dataset.json"
    said.write_text(said.read_text().replace(str(made / "data"), str(here / "gone")))
    words = ["-o", "out", "--only", "triplet", "--format", "png"]
    assert run(*words) == 1
    assert "there is no folder" in capsys.readouterr().err
    assert run(*words, "--root", str(moved)) == 0


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["-o", "out", "--only", "grids"], 2, "--only must be some of grid, differences"),
        (["-o", "out", "--zoom", "1,2,3"], 2, "--zoom must be X,Y,W,H"),
        (["-o", "out", "--zoom", "1,2,3,4", "--boxes", "1"], 2, "--boxes has no say"),
        (["-o", "out", "--only", "grid", "--samples", "a0002_1_2"], 1, "did you mean a0002_1_"),
        (["-o", "out", "--only", "grid", "--methods", "mkl"], 1, "there is no 'mkl'"),
        (["-o", "out", "--only", "scatter", "--metric", "lpips"], 1, "must be one that was"),
        (["-o", "out", "--only", "tradeoff"], 1, "harmonia evaluate --timing"),
        ([], 2, "-o is missing"),
    ],
)
def test_what_goes_wrong_is_one_line_and_leaves_no_file(here, words, status, said, capsys):
    drawing()
    assert run(*words) == status
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (here / "out").exists() or not list((here / "out").iterdir())


def test_files_that_are_there_are_kept(here, capsys):
    drawing()
    words = ["-o", "out", "--only", "scatter", "--format", "png"]
    assert run(*words) == 0
    before = (here / "out" / "scatter.png").read_bytes()
    assert run(*words, "--metric", "mse") == 1
    assert "pass --overwrite to replace it" in capsys.readouterr().err
    assert (here / "out" / "scatter.png").read_bytes() == before
    assert run(*words, "--metric", "mse", "--overwrite") == 0
    assert (here / "out" / "scatter.png").read_bytes() != before


def test_without_matplotlib_it_says_what_brings_it(here, capsys, monkeypatch):
    monkeypatch.setattr(Package, "version", None)
    assert run("-o", "out") == 1
    assert "figures need matplotlib: pip install 'harmonia[figures]'" in capsys.readouterr().err
    assert not (here / "out").exists()
