"""harmonia report: the page of a folder of results."""

import json
import re
import shlex
import shutil

import pytest
from harmonia import cli
from miniatures import make_iharmony4
from report_pages import Page


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluation")
    make_iharmony4(folder / "data")
    words = ["--dataset", "iharmony4", "--root", str(folder / "data"), "--limit", "5", "-q"]
    words += ["--methods", "composite,mkl,soft=reinhard:space='lab'", "--size", "32"]
    assert cli.main(["evaluate", *words, "-o", str(folder / "results")]) == 0
    return folder


@pytest.fixture
def folder(made, tmp_path, monkeypatch, capsys):
    """Results of a dataset that lies beside them."""
    shutil.copytree(made / "results", tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    return tmp_path


def page(path):
    return Page(path.read_text(encoding="utf-8"))


def test_it_writes_the_page_into_the_results(folder, capsys):
    assert cli.main(["report", "results"]) == 0
    assert capsys.readouterr() == ("", "")
    found = page(folder / "results" / "report.html")
    assert found.data["labels"] == ["composite", "mkl", "soft"]
    assert len(found.data["names"]) == 5
    assert found.pictures()


def test_it_says_in_json_what_it_wrote(folder, capsys):
    words = ["report", "results", "-o", "mine.html", "--no-pictures", "--json"]
    assert cli.main(words) == 0
    assert json.loads(capsys.readouterr().out) == {
        "output": "mine.html",
        "bytes": (folder / "mine.html").stat().st_size,
        "methods": ["composite", "mkl", "soft"],
        "samples": 5,
        "is_whole": True,
        "warnings": [],
    }
    assert page(folder / "mine.html").pictures() == {}


def test_a_dataset_that_was_moved_is_named_anew(folder, made, capsys):
    origin = folder / "results" / "origin" / "dataset.json"
    said = json.loads(origin.read_text())
    origin.write_text(json.dumps(said | {"root": str(folder / "gone")}))
    assert cli.main(["report", "results"]) == 1
    error = capsys.readouterr().err
    assert "--root: there is no folder" in error
    assert "or pass --no-pictures" in error
    assert not (folder / "results" / "report.html").exists()
    assert cli.main(["report", "results", "--root", str(made / "data")]) == 0
    assert page(folder / "results" / "report.html").pictures()


def test_the_commands_on_the_page_measure_the_same_again(folder, capsys):
    assert cli.main(["report", "results", "-o", "page.html"]) == 0
    [said] = re.findall(r"<pre>(.*?)</pre>", (folder / "page.html").read_text(), re.DOTALL)
    evaluate, report = (
        Page(f'<script type="application/json">1</script>{said}').texts[0].split("\n")
    )
    words = shlex.split(evaluate)
    assert words[0] == "harmonia"
    words[words.index("-o") + 1] = "again"
    assert cli.main([*words[1:], "-q"]) == 0
    files = sorted(path.relative_to(folder / "results") for path in folder.glob("results/rows/*/*"))
    assert len(files) == 3 * 5
    for name in files:
        assert (folder / "again" / name).read_bytes() == (folder / "results" / name).read_bytes()
    assert shlex.split(report) == ["harmonia", "report", "results", "-o", "page.html"]


def test_a_file_that_is_there_is_kept(folder, capsys):
    (folder / "page.html").write_text("mine")
    words = ["report", "results", "-o", "page.html", "--no-pictures"]
    assert cli.main(words) == 1
    assert "pass --overwrite" in capsys.readouterr().err
    assert (folder / "page.html").read_text() == "mine"
    assert cli.main([*words, "--overwrite"]) == 0


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ([], 2, "RESULTS is missing"),
        (["nowhere"], 1, "nowhere holds no evaluation"),
        (["results", "--no-pictures", "--root", "data"], 2, "--root is about pictures"),
        (["results", "--no-pictures", "--cases", "3"], 2, "--cases is about pictures"),
        (["results", "--cases", "0"], 2, "--cases must be a whole number from 1 to 50"),
        (["results", "-o", "page.pdf"], 1, "--output must end in .html"),
        (["results", "--metric", "lpips"], 1, "--metric must be one that was measured"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(folder, capsys, words, status, said):
    assert cli.main(["report", *words]) == status
    assert said in capsys.readouterr().err
