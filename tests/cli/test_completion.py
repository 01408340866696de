"""harmonia completion: what real shells make of the scripts."""

import shutil
import subprocess

import harmonia
import pytest
from harmonia import cli
from harmonia.cli._completion.interface import interface


@pytest.fixture
def script(tmp_path, tmp_path_factory, monkeypatch, capsys):
    """Writes the script of a shell into an otherwise empty folder with one picture."""
    monkeypatch.chdir(tmp_path)
    # What zsh knows of other programs, which takes it a second to find out.
    monkeypatch.setenv("DUMP", str(tmp_path_factory.getbasetemp() / "zcompdump"))

    def write(shell):
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed")
        assert cli.main(["completion", shell]) == 0
        (tmp_path / "script").write_text(capsys.readouterr().out)
        (tmp_path / "picture one.png").write_bytes(b"")
        (tmp_path / "look.cube").write_bytes(b"")

    return write


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.stdout.splitlines()


BASH = """
source ./script
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_harmonia
printf '%s\\n' "${COMPREPLY[@]}"
"""


def bash(*words):
    return [word for word in run("bash", "-c", BASH, "bash", *words) if word]


def fish(*words):
    line = " ".join(words)
    shown = run("fish", "-c", 'source ./script; complete -C "$argv"', line)
    return [word.partition("\t")[0] for word in shown]


def zsh(*words):
    """What one Tab makes of the last word, or nothing where it makes nothing of it."""
    line = " ".join(words)
    after = "".join(run("zsh", "-f", "-c", ZSH, "zsh", line))
    return [] if after.rstrip() == line.rstrip() else [after.split()[-1]]


# The completion system works at a terminal alone, which zpty is.
ZSH = r"""
wait_for() { for ((i = 0; i < 400; i++)); do [[ -s $1 ]] && return; sleep 0.05; done }
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT= RPROMPT=; autoload -U compinit; compinit -u -d $DUMP; source ./script'
zpty -w shell 'tell() { zle complete-word; print -r -- "$BUFFER" > after; }'
zpty -w shell 'zle -N tell; bindkey "^X" tell; unsetopt list_beep; print ready > ready'
wait_for ready
zpty -n -w shell "$1"$'\C-X'
wait_for after
zpty -d shell
cat after
rm -f after ready
"""

SHELLS = {"bash": bash, "fish": fish, "zsh": zsh}


@pytest.fixture(params=SHELLS)
def complete(request, script):
    script(request.param)
    return SHELLS[request.param]


def test_the_beginning_of_a_command_becomes_it(complete):
    assert complete("harmonia", "apply-l") == ["apply-lut"]


def test_a_command_is_known_behind_flags_that_all_take(complete):
    assert "doctor" in complete("harmonia", "--quiet", "doc")


def test_options_are_those_of_the_command(complete):
    assert [word.rstrip("=") for word in complete("harmonia", "lut", "--af")] == ["--after"]
    assert complete("harmonia", "doctor", "--af") == []
    assert "--version" in complete("harmonia", "--vers")


def test_methods_are_completed(complete):
    assert complete("harmonia", "in.png", "mask.png", "-m", "reinh") == ["reinhard"]
    assert complete("harmonia", "lut", "in.png", "mask.png", "--method", "issa") == ["issam"]
    assert complete("harmonia", "methods", "poi") == ["poisson"]


def test_choices_protocols_and_shells_are_completed(complete):
    assert complete("harmonia", "apply-lut", "a", "b", "--interpolation", "tetra") == [
        "tetrahedral"
    ]
    assert complete("harmonia", "metrics", "--protocol", "rain") == ["rainnet"]
    assert complete("harmonia", "completion", "z") == ["zsh"]


def test_a_list_goes_on_behind_a_comma(complete):
    found = complete("harmonia", "metrics", "--metrics", "mse,fde")
    assert [word.rstrip(",").rpartition(",")[2] for word in found] == ["fdelta_e"]


def test_names_of_files_are_completed(complete):
    assert [name.rstrip() for name in complete("harmonia", "lut", "loo")] == ["look.cube"]
    assert [name.rstrip() for name in complete("harmonia", "-o", "loo")] == ["look.cube"]
    assert [name.rstrip() for name in complete("harmonia", "loo")] == ["look.cube"]


def test_numbers_are_left_to_who_types(complete):
    assert complete("harmonia", "lut", "--size", "") == []


def test_bash_knows_the_value_behind_an_equals_sign(script):
    script("bash")
    assert bash("harmonia", "--method", "=", "reinh") == ["reinhard"]
    assert bash("harmonia", "--method", "=") == ["auto", *METHODS]
    assert bash("harmonia", "completion", "--debug", "z") == ["zsh"]


METHODS = [*harmonia.list_methods(), *harmonia.list_networks()]


def test_bash_keeps_names_with_spaces_whole(script):
    script("bash")
    assert bash("harmonia", "lut", "pict") == ["picture one.png"]


def test_every_command_is_known():
    assert {command.name for command in interface()} == {"harmonize", *cli.commands()}


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_of_every_command_is_in_the_script(shell, script, tmp_path):
    script(shell)
    text = (tmp_path / "script").read_text()
    for command in interface():
        assert command.name in text or command.name == "harmonize"
        for flag in command.flags:
            for name in flag.names:
                spelled = f"-l {name[2:]}" if shell == "fish" and name[:2] == "--" else name
                assert spelled in text or f"-s {name[1:]}" in text


def test_another_shell_is_refused(capsys):
    assert cli.main(["completion", "tcsh"]) == 2
    assert "shell must be one of" in capsys.readouterr().err
