"""Completion for fish, with what each option does."""

from collections.abc import Sequence

from harmonia.cli._arguments import COMMON_FLAGS
from harmonia.cli._completion.interface import MAIN, Command, Flag, Place

HEAD = """\
# fish completion for harmonia: harmonia completion fish | source

function __harmonia_command
    set -l words (commandline -opc)
    for word in $words[2..-1]
        switch $word
"""


def script(commands: Sequence[Command]) -> str:
    named = [command for command in commands if command.name != MAIN]
    lines = [
        f"            case {' '.join(COMMON_FLAGS)}",
        "                continue",
        f"            case {' '.join(command.name for command in named)}",
        "                echo $word",
        "                return",
        "        end",
        f"        echo {MAIN}",
        "        return",
        "    end",
        "    echo nothing",
        "end",
        "",
    ]
    lines += [
        f"complete -c harmonia -n 'test (__harmonia_command) = nothing' -a {one.name} "
        f"-d {_quoted(one.summary)}"
        for one in named
    ]
    for command in commands:
        mine = f"test (__harmonia_command) = {command.name}"
        if command.name == MAIN:
            mine = f"contains (__harmonia_command) nothing {MAIN}"
        start = f"complete -c harmonia -n {_quoted(mine)}"
        lines += [f"{start} {_flag(flag)}" for flag in command.flags]
        places = [*command.positionals, *([command.more] if command.more else [])]
        words = [word for place in places for word in place.words]
        if words:
            lines.append(f"{start} -f -a {_quoted(' '.join(words))}")
        elif not places:
            lines.append(f"{start} -f")
    return HEAD + "\n".join(lines) + "\n"


def _flag(flag: Flag) -> str:
    names = " ".join(
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in flag.names
    )
    return f"{names} {_value(flag.value)}-d {_quoted(flag.help)}"


def _value(place: Place | None) -> str:
    if place is None:
        return ""
    if place.words:
        words = " ".join(place.words)
        if place.several:
            words = f"(__fish_append , {words})"
        return f"-x -a {_quoted(words)} "
    return "-r -F " if place.files else "-x "


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
