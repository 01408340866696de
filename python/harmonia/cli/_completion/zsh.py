"""Completion for zsh, with what each option does."""

from collections.abc import Sequence

from harmonia.cli._arguments import COMMON_FLAGS
from harmonia.cli._completion.interface import MAIN, Command, Flag, Place

HEAD = """\
#compdef harmonia
# zsh completion for harmonia: eval "$(harmonia completion zsh)" behind compinit, or a file
# _harmonia in a folder of $fpath

_harmonia_first() {
    local -a commands
    commands=(
"""


def script(commands: Sequence[Command]) -> str:
    named = [command for command in commands if command.name != MAIN]
    lines = [f"        {_quoted(f'{one.name}:{one.summary}')}" for one in named]
    lines += [
        "    )",
        "    _describe -t commands command commands",
        "    _files",
        "}",
        "",
        "_harmonia() {",
        "    local curcontext=$curcontext state line",
        "    typeset -A opt_args",
        "    integer at=2",
        f"    while [[ $words[at] == ({'|'.join(COMMON_FLAGS)}) ]] && ((at < CURRENT)); do",
        "        ((at++))",
        "    done",
        "    local command=",
        f"    if ((at < CURRENT)) && [[ $words[at] == ({'|'.join(c.name for c in named)}) ]]; then",
        "        command=$words[at]",
        "        shift $((at - 1)) words",
        "        ((CURRENT -= at - 1))",
        "    fi",
        "    case $command in",
    ]
    for command in commands:
        lines.append(f"        {'' if command.name != MAIN else _quoted('')}{_name(command)})")
        lines.append("            _arguments -s -S : \\")
        specs = [_flag(flag) for flag in command.flags]
        for number, place in enumerate(command.positionals):
            first = command.name == MAIN and number == 0
            action = "_harmonia_first" if first else _action(place)
            specs.append(_quoted(f"{number + 1}:file:{action}"))
        if command.more is not None:
            specs.append(_quoted(f"*:file:{_action(command.more)}"))
        lines += [f"                {spec} \\" for spec in specs[:-1]]
        lines += [f"                {specs[-1]}", "            ;;"]
    lines += [
        "    esac",
        "}",
        "",
        "if [[ $funcstack[1] == _harmonia ]]; then",
        '    _harmonia "$@"',
        "else",
        "    compdef _harmonia harmonia",
        "fi",
    ]
    return HEAD + "\n".join(lines) + "\n"


def _name(command: Command) -> str:
    return "" if command.name == MAIN else command.name


def _flag(flag: Flag) -> str:
    """'(-m --method)'{-m,--method}'[help]:value:action'; --set may come again."""
    told = f"[{_told(flag.help)}]"
    after = "" if flag.value is None else f":value:{_action(flag.value)}"
    if "--set" in flag.names:
        return _quoted(f"*--set{told}{after}")
    # With =, so that --flag=value is known as well; -f may have its value behind it.
    names = [
        name
        + ("=" if flag.value is not None and name.startswith("--") else "")
        + ("+" if flag.value is not None and not name.startswith("--") else "")
        for name in flag.names
    ]
    if len(names) == 1:
        return _quoted(names[0] + told + after)
    return (
        f"{_quoted('(' + ' '.join(flag.names) + ')')}{{{','.join(names)}}}{_quoted(told + after)}"
    )


def _action(place: Place) -> str:
    if place.words:
        words = " ".join(place.words)
        return f"_values -s , name {words}" if place.several else f"({words})"
    return "_files" if place.files else " "


def _told(text: str) -> str:
    for special in ("\\", "[", "]", ":"):
        text = text.replace(special, "\\" + special)
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
