"""harmonia table: tables of an evaluation."""

import csv
import io
import json
import math

import pytest
from harmonia import cli
from harmonia.evaluation import tables
from made_results import make

SUBSETS = {"HCOCO": 6, "HFlickr": 4}


@pytest.fixture
def results(tmp_path, monkeypatch):
    """The folder results/ below the current one."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "results", SUBSETS, ["composite", "mkl", "reinhard"])
    return "results"


def test_a_table_is_shown_as_text(results, capsys):
    assert cli.main(["table", results]) == 0
    out = capsys.readouterr().out
    assert out == tables.text(tables.table(results)) + "\n"
    assert "HCOCO (6)" in out


@pytest.mark.parametrize(
    ("suffix", "name"),
    [
        (".txt", "text"),
        (".md", "markdown"),
        (".tex", "latex"),
        (".csv", "csv"),
        (".html", "html"),
    ],
)
def test_a_file_is_written_as_its_suffix_says(results, capsys, tmp_path, suffix, name):
    wanted = getattr(tables, name)(tables.table(results)) + "\n"
    assert cli.main(["table", results, "-o", f"table{suffix}"]) == 0
    assert (tmp_path / f"table{suffix}").read_text(encoding="utf-8") == wanted
    assert capsys.readouterr().out == ""
    assert cli.main(["table", results, "--format", name]) == 0
    assert capsys.readouterr().out == wanted


def test_a_format_outdoes_the_suffix(results, tmp_path):
    assert cli.main(["table", results, "-o", "table.inc", "--format", "latex"]) == 0
    assert r"\toprule" in (tmp_path / "table.inc").read_text(encoding="utf-8")


def test_a_file_that_is_there_is_replaced_only_when_asked(results, capsys, tmp_path):
    (tmp_path / "table.md").write_text("mine")
    assert cli.main(["table", results, "-o", "table.md"]) == 1
    assert "pass --overwrite" in capsys.readouterr().err
    assert (tmp_path / "table.md").read_text() == "mine"
    assert cli.main(["table", results, "-o", "table.md", "--overwrite"]) == 0
    assert "HFlickr" in (tmp_path / "table.md").read_text(encoding="utf-8")


def test_json_has_all_that_the_table_says(results, capsys):
    assert cli.main(["table", results, "--layout", "subsets", "--published", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    table = tables.table(results, layout="subsets", published=True)
    assert said["title"] == table.title
    assert [one["group"] for one in said["columns"]] == [one.group for one in table.columns]
    assert said["remarks"] == list(table.remarks) != []
    for one, line in zip(said["methods"], table.lines, strict=True):
        assert one["label"] == line.label
        assert [each["mean"] for each in one["cells"]] == [each.value for each in line.cells]
        assert [each["rank"] for each in one["cells"]] == [each.rank for each in line.cells]


def test_json_has_null_where_there_is_no_number(tmp_path, capsys):
    make(tmp_path, SUBSETS, values=lambda label, number: [1.0, math.nan, math.inf])
    assert cli.main(["table", str(tmp_path), "--layout", "all", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["mean"] for one in said["methods"][0]["cells"]] == [1.0, None, None]
    [undefined, infinite] = said["notes"].values()
    assert "10 of 10 images are left out, as their fMSE is undefined" in (undefined, infinite)


def test_what_is_in_the_table_can_be_chosen(results, capsys):
    arguments = ["--layout", "hcoco", "--metrics", "fmse,psnr", "--methods", "reinhard,composite"]
    assert cli.main(["table", results, *arguments, "--format", "csv", "--no-intervals"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["method"], row["group"], row["metric"]) for row in rows] == [
        (method, "HCOCO", metric)
        for method in ("reinhard", "composite")
        for metric in ("fMSE", "PSNR")
    ]
    assert {row["low"] for row in rows} == {""}


def test_a_metric_can_put_methods_in_order(results, capsys):
    assert cli.main(["table", results, "--sort", "psnr", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    at = [(one["group"], one["head"]) for one in said["columns"]].index(("All", "PSNR"))
    values = [one["cells"][at]["mean"] for one in said["methods"]]
    assert values == sorted(values, reverse=True)


def test_what_is_missing_is_said_in_every_format(tmp_path, capsys):
    make(tmp_path, {"HCOCO": 300}, measured={"mkl": 100})
    for name in ("text", "markdown", "latex", "html", "csv"):
        assert cli.main(["table", str(tmp_path), "--format", name, "--no-intervals"]) == 0
        found = capsys.readouterr()
        said = found.err if name == "csv" else found.out  # whose rows have no place for it
        assert "100 of 300 measured: mkl" in said


def test_differences_to_a_method_are_image_by_image(results, capsys):
    assert cli.main(["table", results, "--against", "reinhard", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    pairs = tables.paired(results, "reinhard")
    assert [one["label"] for one in said["methods"]] == ["composite", "mkl"]
    found = [each["mean"] for one in said["methods"] for each in one["cells"]]
    wanted = [v for one in pairs for v in (one.difference.mean, 100 * one.share_better)]
    assert found == wanted


def test_novel_samples_come_from_a_list(results, capsys, tmp_path):
    (tmp_path / "novel.txt").write_text("HCOCO/composite_images/HCOCO_1.jpg\n")
    assert cli.main(["table", results, "--layout", "rdharmony", "--novel", "novel.txt"]) == 0
    assert "novel (1)" in capsys.readouterr().out


def test_several_folders_come_side_by_side(results, capsys, tmp_path):
    make(tmp_path / "more", SUBSETS, protocol="ihd_script-512")
    assert cli.main(["table", results, "more", "--layout", "all", "--no-intervals"]) == 0
    out = capsys.readouterr().out
    assert "All, 256 x 256 (10)" in out
    assert "All, 512 x 512 (10)" in out


def test_layouts_are_listed(capsys):
    assert cli.main(["table", "--list"]) == 0
    out = capsys.readouterr().out
    for name, summary in tables.list_layouts().items():
        assert f"{name} " in out
        assert summary in out
    assert cli.main(["table", "--list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["layouts"] == tables.list_layouts()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ([], 2, "needs RESULTS"),
        (["results", "-o", "table.doc"], 2, "--output must end in .txt, .md"),
        (["results", "--json", "-o", "table.md"], 2, "leave --output out"),
        (["results", "--metrics", ","], 2, "--metrics must name at least one"),
        (["results", "--against", "mkl", "--published"], 2, "--published does not go with"),
        (["results", "more", "--against", "mkl"], 2, "--against takes one folder"),
        (["results", "--against", "nope"], 1, "--against: results has no 'nope'"),
        (["results", "--metrics", "ssim"], 1, "--metrics: results has no 'ssim'"),
        (["results", "--sort", "ssim"], 1, "--sort: the table has no 'ssim'"),
        (["results", "--layout", "rdharmony"], 1, "needs --novel"),
        (["results", "--layout", "nope"], 1, "unknown layout 'nope'; choose one of all"),
        (["results", "results"], 1, "RESULTS: results is given twice"),
        (["nowhere"], 1, "nowhere holds no evaluation"),
    ],
)
def test_what_makes_no_sense_is_said_in_words_of_the_command(
    results, capsys, arguments, status, said
):
    assert cli.main(["table", *arguments]) == status
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
