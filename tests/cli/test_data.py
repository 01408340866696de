"""`harmonia data`: what is shown, what is written, and how it ends."""

import csv
import json
import re
from pathlib import Path

import harmonia
import pytest
from harmonia import cli, datasets
from harmonia.cli._completion.interface import interface

sys_path = str(Path(__file__).parents[1] / "datasets")


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(sys_path)
    import miniatures

    miniatures.make_iharmony4(tmp_path / "set")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "set"


def run(capsys, *words):
    status = cli.main(["data", *map(str, words)])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_a_whole_dataset_ends_well(root, capsys):
    status, out, err = run(capsys, "verify", "iharmony4", root, "--any-count")
    assert (status, err) == (0, "")
    assert out.endswith("iharmony4, 19 composites: nothing to find\n")
    assert re.search(r"test Hday2night +3\n", out)
    assert re.search(r"HCOCO .* 100\.0 % ", out)  # soft masks


def test_errors_end_with_1_and_are_shown_by_kind(root, capsys):
    for name in ("c101_1201_1", "c101_1201_2", "c101_88_1", "c9_57_1"):
        (root / "HCOCO" / "composite_images" / f"{name}.jpg").unlink()
    (root / "HFlickr" / "masks" / "f9_1.png").write_bytes(b"")
    status, out, _ = run(capsys, "verify", "iharmony4", root, "--any-count")
    assert status == 1
    assert f"error: missing  4: {datasets.KINDS['missing'].meaning}" in out
    assert out.count("there is no such composite") == 3
    assert "and 1 more" in out
    assert "warning: unused-mask  1: " in out
    assert out.endswith("19 composites: 4 errors, 1 warning\n")


def test_warnings_do_not_fail(root, capsys):
    (root / "HFlickr" / "masks" / "f9_1.png").write_bytes(b"")
    status, out, _ = run(capsys, "verify", "iharmony4", root, "--any-count")
    assert status == 0
    assert "1 warning" in out


def test_another_number_than_published_is_an_error(root, capsys):
    status, out, _ = run(capsys, "verify", "iharmony4", root, "--split", "test", "--quick")
    assert status == 1
    assert "test/HCOCO: the list names 3, published are 4,283" in out
    assert re.search(r"test HCOCO +3 +4,283", out)
    assert "train" not in out
    assert "only the beginnings of files" in out


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".json"])
def test_a_report_holds_every_finding(suffix, root, capsys):
    (root / "HCOCO" / "composite_images" / "c9_57_1.jpg").unlink()
    target = root.parent / f"found{suffix}"
    words = ("verify", "iharmony4", root, "--any-count", "--report", target, "--json")
    status, out, _ = run(capsys, *words)
    assert status == 1
    shown = json.loads(out)
    assert shown == datasets.verify("iharmony4", root, counts={}, most=None).to_dict()
    with target.open(newline="") as file:
        if suffix == ".csv":
            rows = list(csv.DictReader(file))
        elif suffix == ".jsonl":
            rows = [json.loads(line) for line in file]
        else:
            rows = json.load(file)["findings"]
    assert rows == shown["findings"]
    assert rows[0] == {
        "severity": "error",
        "kind": "missing",
        "file": "HCOCO/composite_images/c9_57_1.jpg",
        "said": "there is no such composite",
    }


def test_threads_are_as_they_were(root, capsys):
    before = harmonia.get_num_threads()
    run(capsys, "verify", "iharmony4", root, "--workers", "3")
    assert harmonia.get_num_threads() == before


def test_every_dataset_is_listed_with_where_it_is_had(capsys):
    _, table, _ = run(capsys, "list")
    _, markdown, _ = run(capsys, "list", "--markdown")
    rows = json.loads(run(capsys, "list", "--json")[1])
    assert [row["dataset"] for row in rows] == datasets.list_datasets()
    for row in rows:
        for shown in (table, markdown):
            assert row["dataset"] in shown
            assert row["page"] in shown
            assert row["licence"] in shown
        assert row["is"]


def test_the_page_is_printed_as_it_is(capsys):
    assert run(capsys, "page") == (0, datasets.page(), "")


def test_a_spread_stands_beside_what_is_published(root, capsys):
    status, out, _ = run(capsys, "spread", root, "--plot", "spread.svg")
    assert status == 0
    assert "at 256 x 256, protocol ihd_script" in out
    assert re.search(r"published +69\.37 +33\.94 +996\.59 +6\.6 %", out)
    assert Path("spread.svg").read_text().startswith("<svg ")
    wanted = datasets.spread(datasets.load("iharmony4", root, split="test"))
    (shown,) = json.loads(run(capsys, "spread", root, "--split", "test", "--json")[1])
    assert shown == {"dir": str(root), **wanted.to_dict()}
    _, markdown, _ = run(capsys, "spread", root, root, "--markdown")
    assert markdown.count("| composites | n | MSE |") == 2


def test_a_manifest_needs_no_images(root, capsys):
    row = {"subset": "HCOCO", "mse": 73.0, "psnr": 31, "fmse": 700, "foreground": 0.1}
    (root / "manifest.jsonl").write_text(json.dumps(row) + "\n")
    _, out, _ = run(capsys, "spread", root, "--from-manifest")
    assert "at the sizes of the files, from the manifest" in out
    assert re.search(r"HCOCO +1 +73\.00 +73\.00", out)
    assert re.search(r"published +73\.03 +33\.54", out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "iharmony4"], "verify needs a NAME"),
        (["spread"], "spread needs a DIR"),
        (["list", "iharmony4"], "'iharmony4' is too much"),
        (["page", "--json"], "--json is of list and verify and spread, not of page"),
        (["list", "--plot", "a.svg"], "--plot is of spread"),
        (["spread", ".", "--plot", "a.png"], "--plot must end in .svg"),
        (["spread", ".", ".", "--plot", "a.svg"], "--plot draws one DIR"),
        (["spread", ".", "--from-manifest", "--split", "test"], "--from-manifest"),
        (["verify", "iharmony4", ".", "--report", "a.txt"], "--report must end in"),
        (["look"], "must be one of 'list', 'page', 'verify'"),
    ],
)
def test_what_cannot_be_meant_is_said(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *words)
    assert (status, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "iharmony5", "."], "unknown dataset 'iharmony5'; choose one of "),
        (["verify", "iharmony4", "none"], "there is no folder none"),
        (["verify", "iharmony4", ".", "--split", "val"], "unknown split 'val'; choose of"),
        (["spread", "none"], "there is no folder none"),
        (["spread", ".", "--from-manifest"], "manifest.jsonl: no such file"),
    ],
)
def test_what_fails_is_one_sentence(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *words)
    assert (status, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


def test_completion_knows_the_actions():
    (command,) = [one for one in interface() if one.name == "data"]
    assert command.positionals[0].words == ("list", "page", "verify", "spread")
    assert command.more.files
