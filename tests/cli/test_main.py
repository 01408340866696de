"""What all commands share: names, help, errors, exit status, and where text goes."""

import os
import subprocess
import sys
from types import SimpleNamespace

import harmonia
import pytest
from harmonia import cli
from harmonia.cli import _arguments, _console


def command(*words, **options):
    return subprocess.run(
        [sys.executable, "-m", "harmonia", *words],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


def failing(monkeypatch, error):
    """Let the main job do nothing but raise."""

    def run(_):
        raise error

    from harmonia.cli import harmonize

    monkeypatch.setattr(harmonize, "run", run)


PAIR = ["photo.png", "mask.png", "-o", "out.png"]


def test_help_begins_with_what_to_type_and_lists_the_commands(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert shown.index("photo.jpg mask.png -o out.png") < shown.index("--method")
    words = " ".join(shown.split())
    assert "example Harmonize the example that ships with harmonia" in words
    for name, summary in cli.commands().items():
        assert f"{name} {summary}" in words


@pytest.mark.parametrize("name", sorted(cli.commands()))
def test_every_command_has_help_and_a_line_about_it(name, capsys):
    assert cli.commands()[name]
    for words in ([name, "--help"], ["help", name]):
        with pytest.raises(SystemExit) as stopped:
            cli.main(words)
        assert stopped.value.code == 0
        assert capsys.readouterr().out.startswith(f"usage: harmonia {name}")


def test_no_arguments_show_the_help(capsys):
    assert cli.main([]) == 2
    assert "PICTURE MASK -o OUT" in capsys.readouterr().out


def test_the_version_is_shown_without_loading_numpy():
    code = (
        "import sys, harmonia.cli as cli\n"
        "try:\n    cli.main(['--version'])\n"
        "finally:\n    print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == f"harmonia {harmonia.__version__}\nFalse\n"
    assert command("--version").stdout == f"harmonia {harmonia.__version__}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["photo.png"], "MASK is missing; give a picture of the same size"),
        (["photo.png", "mask.png"], "-o is missing; say where to write"),
        ([*PAIR, "more.png"], "'more.png' is too much; a name with spaces in it needs quotes"),
        ([*PAIR, "--strngth", "0.5"], "there is no option --strngth; did you mean --strength?"),
        ([*PAIR, "--over"], "there is no option --over; did you mean --overwrite?"),
        ([*PAIR, "--q", "90"], "there is no option --q; did you mean --quality?"),
        ([*PAIR, "-x"], "there is no option -x"),
        (["photo.png", "mask.png", "-o"], "--output needs a value"),
        ([*PAIR, "--strength", "nan"], "--strength must be a number from 0 to 1, got 'nan'"),
        ([*PAIR, "-s", "1.5"], "--strength must be a number from 0 to 1, got '1.5'"),
        ([*PAIR, "--strength", "much"], "--strength must be a number from 0 to 1, got 'much'"),
        ([*PAIR, "--quality", "0"], "--quality must be a whole number from 1 to 100, got '0'"),
        ([*PAIR, "--scale", "inf"], "--scale must be a number above 0, got 'inf'"),
        ([*PAIR, "--at", "3"], "--at must be X,Y in whole pixels, such as 40,120, got '3'"),
        ([*PAIR, "--format", "gif"], "--format must be one of png, jpeg"),
        ([*PAIR, "--set", "space"], "--set must be NAME=VALUE, got 'space'"),
        ([*PAIR, "--set", "=a=b"], "--set must be NAME=VALUE, got '=a=b'"),
        ([*PAIR, "--json=1"], "--json takes no value, got '1'"),
        (
            ["exampl", "-o", "out.png"],
            "no command 'exampl', nor such a file; did you mean",
        ),
        (["-q", "Example"], "no command 'Example', nor such a file; did you mean example?"),
    ],
)
def test_arguments_that_make_no_sense_are_one_sentence_and_status_2(
    words, said, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.startswith("harmonia: ")
    assert err.endswith("--help shows more)\n")
    assert err.count("\n") == 1


def test_a_file_that_is_called_like_a_command_is_a_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exampl").write_bytes(b"no picture")
    assert cli.main(["exampl", "mask.png", "-o", "out.png"]) == 1
    assert "exampl: must be PNG" in capsys.readouterr().err


def test_a_negative_place_is_a_value_and_no_flag(monkeypatch):
    from harmonia.cli import harmonize

    seen = []
    monkeypatch.setattr(harmonize, "run", lambda arguments: seen.append(arguments.at))
    assert cli.main([*PAIR, "--at", "-20,-30"]) == 0
    assert cli.main([*PAIR, "--at=-20,30"]) == 0
    assert seen == [(-20, -30), (-20, 30)]


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ValueError("harmonize: mask is\n  wrong"), 1, "harmonia: MASK is wrong\n"),
        (FileNotFoundError(2, "No such file", "a.png"), 1, "harmonia: a.png: no such file\n"),
        (OSError(28, "No space left on device"), 1, "harmonia: no space left on device\n"),
        (MemoryError(), 1, "harmonia: there is not enough memory\n"),
        (KeyError("oops"), 1, "harmonia: KeyError: 'oops'; this is a defect of harmonia"),
        (_arguments.Misused("no"), 2, "harmonia: no (harmonia --help shows more)\n"),
        (KeyboardInterrupt(), 130, "harmonia: stopped\n"),
    ],
)
def test_errors_are_one_line_and_the_status_says_what_kind(
    error, status, said, monkeypatch, capsys
):
    failing(monkeypatch, error)
    assert cli.main(PAIR) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(said)
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [["--debug", *PAIR], [*PAIR, "--debug"]])
@pytest.mark.parametrize("kind", [ValueError, _arguments.Misused])
def test_debug_shows_where(words, kind, monkeypatch):
    failing(monkeypatch, kind("oops"))
    with pytest.raises(kind, match="oops"):
        cli.main(words)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another error for closed pipes")
@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_where_nobody_reads_there_is_no_complaint(words):
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "harmonia", *words],
            stdout=closed,
            stderr=subprocess.PIPE,
            env=buffered,
            timeout=60,
        )
    assert done.stderr == b""
    assert done.returncode in (0, 1)  # argparse itself overlooks a pipe that is closed


@pytest.mark.parametrize(
    ("environment", "terminal", "coloured"),
    [({}, True, True), ({}, False, False), ({"NO_COLOR": "1"}, True, False)],
)
def test_colours_are_for_terminals_that_want_them(environment, terminal, coloured, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = SimpleNamespace(isatty=lambda: terminal)
    assert (_console.styled("text", "red", stream) != "text") == coloured


def test_quiet_and_pipes_silence_remarks_but_not_warnings(monkeypatch, capsys):
    for quiet, terminal in ((True, True), (False, False), (False, True)):
        _console.set_up(quiet=quiet)
        monkeypatch.setattr(sys.stderr, "isatty", lambda answer=terminal: answer, raising=False)
        _console.say("remark")
        _console.caution("look out")
        err = capsys.readouterr().err
        assert ("remark" in err) == (terminal and not quiet)
        assert "harmonia: warning: look out" in err
        assert _console.cautions() == ["look out"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("a=1", 1), ("a=0.5", 0.5), ("a=True", True), ("a=lab", "lab"), ("a=b=c", "b=c"), ("a=", "")],
)
def test_options_of_methods_have_the_type_that_they_look_like(text, value):
    assert _arguments.option(text) == ("a", value)


@pytest.mark.parametrize(
    ("library", "line"),
    [
        ("x.png is there already; pass overwrite=True to replace it", "pass --overwrite to"),
        ("mask.png: is smaller; pass resize=True to bring it", "pass --resize-mask to"),
        ("in it, pass invert=True", "in it, pass --invert-mask"),
        ("harmonize: strength must be", "--strength must be"),
        ("harmonize: reference_mask is empty", "--reference-mask is empty"),
        ("harmonize: unknown method 'x'", "unknown method 'x'"),
        ("write: quality must be", "--quality must be"),
        ("paste: at must let", "--at must let"),
        ("write a .png, or leave it out with pixels[..., :3]", "write a .png"),
    ],
)
def test_errors_of_the_library_are_told_in_words_of_flags(library, line):
    told = _arguments.in_words_of_flags(library)
    assert line in told
    assert "=True" not in told
    assert "pixels[" not in told
