"""harmonia review: the page of a set, and its decisions."""

import json

import pytest
from harmonia import cli


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "set"
    rows = []
    for name in ("c1_1_1", "c2_1_1"):
        stem = name.split("_")[0]
        files = {"composite": f"{name}.jpg", "mask": f"{stem}_1.png", "real": f"{stem}.jpg"}
        folders = zip(files.items(), ("composite_images", "masks", "real_images"), strict=True)
        row = {kind: f"HCOCO/{folder}/{file}" for (kind, file), folder in folders}
        for file in row.values():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_bytes(b"")
        rows.append(json.dumps({"name": name, **row}) + "\n")
    (root / "manifest.jsonl").write_text("".join(rows))
    (tmp_path / "decisions.csv").write_text("name,decision,note\nc2_1_1,reject,green\n")
    return root


def test_it_writes_the_page_into_the_set(root, capsys):
    assert cli.main(["review", "set"]) == 0
    assert capsys.readouterr() == ("", "")
    assert "c2_1_1" in (root / "review.html").read_text()


def test_it_says_in_json_what_it_wrote(root, capsys):
    assert cli.main(["review", "set", "-o", "mine.html", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"page": "mine.html", "samples": 2}


def test_apply_tells_counts(root, capsys):
    assert cli.main(["review", "set", "--apply", "decisions.csv"]) == 0
    said = "0 kept, 1 rejected, 1 undecided; 1 taken out and 0 put back now\n"
    assert capsys.readouterr().out == said
    assert not (root / "HCOCO/composite_images/c2_1_1.jpg").exists()
    assert cli.main(["review", "set", "--apply", "decisions.csv", "--json"]) == 0
    wanted = {"kept": 0, "rejected": 1, "undecided": 1, "removed": 0, "restored": 0}
    assert json.loads(capsys.readouterr().out) == wanted


def test_require_all_refuses_what_is_undecided(root, capsys):
    assert cli.main(["review", "set", "--apply", "decisions.csv", "--require-all"]) != 0
    assert "1 of 2 samples have no decision, c1_1_1 first" in capsys.readouterr().err
    assert (root / "HCOCO/composite_images/c2_1_1.jpg").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["set", "--require-all"], "--require-all has a say with --apply only"),
        (["set", "--apply", "decisions.csv", "-o", "x.html"], "--apply writes none"),
        ([], "DIR is missing"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(root, capsys, words, said):
    assert cli.main(["review", *words]) == 2
    assert said in capsys.readouterr().err
