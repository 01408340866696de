"""The command `synthesize`: what it takes, what it says, and that it is `synthesis.synthesize`."""

import json
import os
import signal
import subprocess
import sys
import time

import coloured
import harmonia
import pytest
from harmonia import cli
from harmonia.cli import _progress
from harmonia.cli._recipes import _said
from sets import contents, lines


@pytest.fixture
def source(tmp_path):
    return coloured.fill(tmp_path / "in", 4, (90, 120))


def synthesize(*words):
    return cli.main(["synthesize", *map(str, words)])


def shown(capsys, *words):
    with pytest.raises(SystemExit) as stopped:
        synthesize(*words)
    assert stopped.value.code == 0
    return capsys.readouterr().out


def test_the_set_is_that_of_the_library(source, tmp_path, capsys):
    words = ["--count", 3, "--seed", 7, "--test-share", 0.5, "--option", "number=2"]
    words += ["--filters", "plausible_hue", "--workers", 2, "--sheet", 2, "--quality", 90]
    assert synthesize("random", source, "-o", tmp_path / "out", *words) == 0
    assert capsys.readouterr() == ("", "")  # nobody watches
    harmonia.synthesis.synthesize(
        "random",
        source,
        tmp_path / "own",
        count=3,
        seed=7,
        filters=["plausible_hue"],
        sheet=2,
        quality=90,
        test_share=0.5,
        number=2,
    )
    assert contents(tmp_path / "out") == contents(tmp_path / "own")


def test_json_is_the_report(source, tmp_path, capsys):
    words = ["random", source, "-o", tmp_path / "out", "--filters", "none", "--json"]
    for written in (4, 0):
        assert synthesize(*words) == 0
        said = json.loads(capsys.readouterr().out)
        assert said.pop("seconds") >= 0
        assert said == {
            "output": str(tmp_path / "out"),
            "tasks": 4,
            "wanted": None,
            "composites": 4,
            "written": written,
            "left_out": {},
            "failed": [],
        }
    assert all(row["scores"] == {} for row in lines(tmp_path / "out" / "manifest.jsonl"))


def test_a_bad_source_is_named_once_and_the_status_is_1(source, tmp_path, capsys):
    (source / "001.png").write_bytes(b"no picture")
    words = ["random", source, "-o", tmp_path / "out", "--option", "number=3"]
    assert synthesize(*words, "--filters", "none") == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "harmonia synthesize: 3 of 12 failed:"
    assert said[1].startswith("  f2_1_1 and 2 more: ")
    assert "001.png" in said[1]
    assert len(said) == 2


def test_too_few_composites_are_a_warning(source, tmp_path, capsys):
    words = ["random", source, "-o", tmp_path / "out", "--filters", "none", "--count", 5]
    assert synthesize(*words) == 0
    assert capsys.readouterr().err == (
        "harmonia synthesize: warning: 4 of 5 composites: the sources give no more (4 to try)\n"
    )


def test_help_lists_the_recipes(capsys):
    text = shown(capsys, "--help")
    for name in harmonia.synthesis.list_recipes():
        assert f"\n  {name} " in text


@pytest.mark.parametrize("name", harmonia.synthesis.list_recipes())
def test_help_about_a_recipe_says_what_it_reads_and_takes(name, capsys):
    from harmonia.synthesis import _recipes

    text = shown(capsys, name, "--help")
    assert f"\n{name}: " in text
    for option in _recipes.options_of(_recipes.find(name, where="test")):
        assert f"\n  {option}=" in text


def test_help_does_not_load_numpy():
    code = (
        "import sys, harmonia.cli as cli\n"
        "try:\n    cli.main(['synthesize', '--help'])\n"
        "finally:\n    print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.endswith("\nFalse\n")


def test_docstrings_are_taken_apart():
    said = _said(
        "Open it.\n\nParameters\n----------\na, b\n    One\n    thing.\nc\n    Two.\n\nEnd."
    )
    assert said == {"a": "One thing.", "b": "One thing.", "c": "Two."}
    assert _said("Open it.") == {}


@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        ([], "RECIPE is missing; choose one of ", 2),
        (["hcocoa"], "there is no recipe 'hcocoa'; choose one of ", 2),
        (["random"], "SOURCE is missing; give the folder or file that the recipe reads", 2),
        (["random", "IN"], "-o is missing; say where to write", 2),
        (["random", "IN", "-o", "OUT", "--count", "0"], "--count must be a whole number of 1", 2),
        (["random", "IN", "-o", "OUT", "--seed", "-1"], "--seed must be a whole number of 0", 2),
        (["random", "IN", "-o", "OUT", "--test-share", "2"], "--test-share must be a number", 2),
        (["random", "IN", "-o", "OUT", "--option", "x"], "--option must be NAME=VALUE", 2),
        (["random", "IN", "-o", "OUT", "--option", "x=1"], "recipe 'random' has no option 'x'", 1),
        (["random", "IN", "-o", "OUT", "--filters", "x"], "--filters: unknown score 'x'", 1),
        (["random", "IN", "-o", "OUT", "--filters", ","], "--filters must name at least one", 2),
        (["random", "OUT", "-o", "OUT"], "SOURCE: there is no file or folder", 1),
        (["random", "IN", "-o", "IN/out"], "--output ", 1),
    ],
)
def test_mistakes_are_one_sentence(source, tmp_path, capsys, words, said, status):
    named = [w.replace("IN", str(source)).replace("OUT", str(tmp_path / "out")) for w in words]
    assert synthesize(*named) == status
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_other_settings_are_refused_in_words_of_flags(source, tmp_path, capsys):
    words = ["random", source, "-o", tmp_path / "out", "--filters", "none"]
    synthesize(*words)
    assert synthesize(*words, "--seed", 1) == 1
    assert capsys.readouterr().err.endswith(
        "out was made with seed 0 and not 1; choose another folder, or pass --overwrite to remove "
        "what is there\n"
    )
    assert synthesize(*words, "--seed", 1, "--overwrite") == 0


@pytest.mark.skipif(os.name != "posix", reason="needs SIGINT for one process")
def test_ctrl_c_ends_soon_and_the_same_command_goes_on(tmp_path):
    source, out = coloured.fill(tmp_path / "in", 40, (240, 320)), tmp_path / "out"
    words = ["random", str(source), "-o", str(out), "--filters", "none"]
    command = [sys.executable, "-m", "harmonia", "synthesize", *words]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not list(out.glob("*/composite_images/*.jpg")) and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == "harmonia synthesize: stopped\n"
    assert not (out / "manifest.jsonl").exists()
    subprocess.run(command, check=True)
    subprocess.run([*command[:-3], str(tmp_path / "own"), *command[-2:]], check=True)
    assert contents(out) == contents(tmp_path / "own")


def test_progress_goes_where_it_is_told():
    bar = _progress.Progress(10, done=2)
    bar.at(6, failed=1)
    assert bar.line(2.0) == "6/10  2/s  0:02 left  1 failed"
