"""harmonia study: from pictures to a page, and from votes to a table."""

import json

import harmonia
import numpy as np
import pytest
from harmonia import cli
from images import scene

VOTES = """voter,sample,left,right,winner
ann,beach,mkl,a_b,mkl
ann,car,a_b,mkl,mkl
ben,beach,mkl,a_b,a_b
ben,car,mkl,a_b,tie
"""


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "set").mkdir()
    for number, name in enumerate(("beach", "car")):
        image, mask = scene(seed=number)
        harmonia.io.write(tmp_path / f"set/{name}.png", np.rint(255 * image).astype(np.uint8))
        grey = np.rint(255 * np.stack([mask] * 3, axis=-1)).astype(np.uint8)
        harmonia.io.write(tmp_path / f"set/{name}_mask.png", grey)
    (tmp_path / "votes.csv").write_text(VOTES)
    return tmp_path


MAKE = ["study", "make", "--root", "set", "--methods", "composite,mkl,reinhard", "-o", "s.html"]


def test_make_says_what_it_wrote(root, capsys):
    assert cli.main([*MAKE, "--votes-per-voter", "4", "--quality", "90"]) == 0
    page, pictures, key = capsys.readouterr().out.splitlines()
    wanted = "6 pairs of 2 samples and 3 methods, in 2 blocks of 3; 2 voters see every pair once"
    assert page == f"s.html: {wanted}"
    assert pictures.endswith("JPEG of quality 90, no more than 720 pixels a side")
    assert key == "s.key.json: whose they are; keep it from voters"
    assert (root / "s.html").is_file()


def test_make_in_json(root, capsys):
    assert cli.main([*MAKE, "--json", "--limit", "1", "--checks", "1", "--lossless"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["page"], said["key"], said["pairs"]) == ("s.html", "s.key.json", 3)
    assert said["blocks"] == [3]
    assert said["study"] == json.loads((root / "s.key.json").read_text())["study"]


def test_make_takes_a_text_of_consent(root):
    (root / "consent.txt").write_text("We thank you.\n\nYours, us & them\n")
    assert cli.main([*MAKE, "--consent", "consent.txt", "--ties", "--title", "Which?"]) == 0
    page = (root / "s.html").read_text()
    assert "<p>We thank you.</p>\n<p>Yours, us &amp; them</p>" in page
    assert '"ties":true' in page
    assert "<title>Which?</title>" in page


def test_make_replaces_nothing_unless_asked(root, capsys):
    (root / "s.html").write_text("mine")
    assert cli.main(MAKE) == 1
    assert "s.html is there already; pass --overwrite" in capsys.readouterr().err
    assert (root / "s.html").read_text() == "mine"
    assert cli.main([*MAKE, "--overwrite"]) == 0


def test_score_prints_a_table(capsys):
    assert cli.main(["study", "score", "votes.csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "method   score     95 % interval  win rate  of all votes"
    # 2.5 of 4: the log-odds of the difference are log(5 / 3), half of which is 0.255.
    assert lines[1].split()[:2] == ["mkl", "+0.255"]
    assert lines[2].split()[:2] == ["a_b", "-0.255"]
    assert lines[1].endswith("62.5 %        62.5 %")
    assert "4 votes of 2 voters on 2 samples; 1 tie, half a win for each" in lines
    assert any(
        line.startswith("Bradley-Terry: log-strengths with a mean of zero") for line in lines
    )


def test_score_in_json_markdown_and_latex(capsys):
    assert cli.main(["study", "score", "votes.csv", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["methods"]["mkl"]["score"] == pytest.approx(np.log(5 / 3) / 2)
    assert said["wins"] == [[0, 2.5], [1.5, 0]]
    assert said["fit"]["p"] is None
    assert cli.main(["study", "score", "votes.csv", "--markdown"]) == 0
    head, rule, row = capsys.readouterr().out.splitlines()[:3]
    assert head.startswith("| method | score |")
    assert rule == "| --- | ---: | ---: | ---: | ---: |"
    assert row.startswith("| mkl | +0.255 |")
    assert cli.main(["study", "score", "votes.csv", "--latex"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == r"\begin{tabular}{lrrrr}"
    assert lines[2] == r"method & score & 95 \% interval & win rate & of all votes \\"
    assert lines[5].startswith(r"a\_b & $-0.255$ & $")
    assert lines[5].endswith(r"37.5 \% & 37.5 \% \\")
    after = lines[lines.index(r"\end{tabular}") + 1 :]
    assert all(line.startswith("% ") for line in after if line)


def test_score_by_the_key_of_a_study(root, capsys):
    assert cli.main(MAKE) == 0
    key = json.loads((root / "s.key.json").read_text())
    codes = {label: code for code, label in key["methods"].items()}
    lines = ["study,voter,sample,left,right,winner"]
    for one, other in (("mkl", "composite"), ("composite", "reinhard"), ("reinhard", "mkl")):
        pair = f"{codes[one]},{codes[other]}"
        lines += [f"{key['study']},ann,beach,{pair},left", f"{key['study']},ben,car,{pair},right"]
    (root / "coded.csv").write_text("\n".join(lines) + "\n")
    capsys.readouterr()
    assert cli.main(["study", "score", "coded.csv", "--key", "s.key.json", "--json"]) == 0
    shown = capsys.readouterr()
    assert set(json.loads(shown.out)["methods"]) == {"composite", "mkl", "reinhard"}
    assert "codes" not in shown.err
    assert cli.main(["study", "score", "coded.csv"]) == 0
    assert "these methods are codes of a study; --key" in capsys.readouterr().err
    assert cli.main(["study", "score", "votes.csv", "--key", "s.key.json"]) == 1
    assert f"--key is of study {key['study']}, the votes are of (none)" in capsys.readouterr().err


def test_score_refuses_mixed_studies(root, capsys):
    head = "study,sample,left,right,winner\n"
    for name in "12":
        (root / f"{name}.csv").write_text(f"{head}s{name},beach,mkl,idt,tie\n")
    assert cli.main(["study", "score", "1.csv", "2.csv"]) == 1
    assert "1.csv: line 2 is of study s1, 2.csv: line 2 of s2" in capsys.readouterr().err


def test_a_method_that_always_wins_needs_a_prior(root, capsys):
    (root / "won.csv").write_text("sample,left,right,winner\nbeach,mkl,idt,mkl\n")
    assert cli.main(["study", "score", "won.csv"]) == 1
    assert "mkl never lost" in (said := capsys.readouterr().err)
    assert "pass --prior 1, which adds a vote" in said
    assert cli.main(["study", "score", "won.csv", "--prior", "1"]) == 0
    shown = capsys.readouterr()
    assert "with a prior of 1 vote a pair, half to each\n" in shown.out
    assert shown.out.splitlines()[1].split()[:2] == ["mkl", "+0.549"]  # half of log(1.5 / 0.5)
    assert "in 100 % of the draws some method always wins" in shown.err


def test_those_who_fail_checks_are_left_out_if_asked(root, capsys):
    more = "ann,beach,mkl,check,mkl\nben,beach,check,mkl,left\n"
    (root / "checked.csv").write_text(VOTES + more)
    assert cli.main(["study", "score", "checked.csv"]) == 0
    assert "checks: 1 of 2 failed\n" in capsys.readouterr().out
    assert cli.main(["study", "score", "checked.csv", "--most-failed", "0", "--prior", "1"]) == 0
    shown = capsys.readouterr().out
    assert "checks: 1 of 2 failed, 1 voter left out\n" in shown
    assert "2 votes of 1 voter on 2 samples\n" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "make|score is missing"),
        (["make", "--methods", "mkl,idt", "-o", "s.html"], "make needs --root"),
        (["make", "--root", "set", "-o", "s.html"], "make needs --methods"),
        (["make", "--root", "set", "--methods", "mkl,idt"], "make needs -o"),
        ([*MAKE[1:], "votes.csv"], "'votes.csv' is too much"),
        ([*MAKE[1:], "--prior", "1"], "--prior is of score, not of make"),
        ([*MAKE[1:], "--lossless", "--quality", "9"], "--quality is of JPEG"),
        (["score"], "score needs VOTES"),
        (["score", "votes.csv", "-o", "x.html"], "-o is of make, not of score"),
        (["score", "votes.csv", "--set", "a=1"], "--set is of make, not of score"),
        (["score", "votes.csv", "--json", "--latex"], "use one"),
        (["score", "votes.csv", "--resample", "days"], "--resample must be one of"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(capsys, words, said):
    assert cli.main(["study", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*MAKE[1:], "--checks", "3"], "--checks must be no more than the 2 samples"),
        (["make", "--root", "set", "--methods", "mkl", "-o", "s.html"], "at least two"),
        (["make", "--root", "none", "--methods", "mkl,idt", "-o", "s.html"], "no folder none"),
        (["make", "--root", "set", "--methods", "mkl,idt", "-o", "n/s.html"], "-o: there is no"),
        (["score", "none.csv"], "none.csv: no such file"),
    ],
)
def test_what_cannot_be_done_is_said(capsys, words, said):
    assert cli.main(["study", *words]) == 1
    assert said in capsys.readouterr().err
