"""Completion for bash, from 3.2 on, which macOS has."""

from collections.abc import Sequence

from harmonia.cli._arguments import COMMON_FLAGS
from harmonia.cli._completion.interface import MAIN, Command, Place

# bash splits --flag=value in three words. Names of files are left to readline, which quotes them;
# where it cannot be asked (bash 3), they are listed here.
HEAD = """\
# bash completion for harmonia: eval "$(harmonia completion bash)"

_harmonia_files() {
    compopt -o default 2>/dev/null || {
        local IFS=$'\\n'
        COMPREPLY+=($(compgen -f -- "$cur"))
    }
}

_harmonia_words() {
    COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

_harmonia_list() {
    local head=
    [[ $cur == *,* ]] && head=${cur%,*},
    COMPREPLY=($(compgen -P "$head" -W "$1" -- "${cur##*,}"))
    compopt -o nospace 2>/dev/null
}

_harmonia() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
    local command= flags= at=0 i word before=
    COMPREPLY=()
    [[ $cur == = ]] && cur= && COMP_WORDS[COMP_CWORD]=
    [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}
"""


def script(commands: Sequence[Command]) -> str:
    named = [command for command in commands if command.name != MAIN]
    names = " ".join(command.name for command in named)
    lines = [
        "    for ((i = 1; i < COMP_CWORD; i++)); do",
        "        word=${COMP_WORDS[i]}",
        '        case "$word" in',
        f"            {'|'.join(COMMON_FLAGS)}) ;;",
        f"            {'|'.join(command.name for command in named)}) command=$word; break ;;",
        "            *) break ;;",
        "        esac",
        "    done",
        "    [[ -z $command ]] && i=0",
        "    # The place of the word among the positionals.",
        "    for ((i++; i < COMP_CWORD; i++)); do",
        "        word=${COMP_WORDS[i]}",
        "        if [[ $word == = ]]; then ((i++)); continue; fi",
        '        case "$command $word" in',
        *_values_skipped(commands),
        "            *' '-?*) ;;",
        "            *) ((at++)) ;;",
        "        esac",
        "    done",
        '    case "$command $prev" in',
    ]
    for command in commands:
        for flag in command.flags:
            if flag.value is not None:
                patterns = "|".join(f"'{_key(command)} {name}'" for name in flag.names)
                lines.append(f"        {patterns}) {_complete(flag.value)}; return ;;")
    lines += ["    esac", "    if [[ $cur == -* ]]; then", '        case "$command" in']
    for command in commands:
        flags = " ".join(name for flag in command.flags for name in flag.names)
        lines.append(f"            '{_key(command)}') _harmonia_words '{flags}' ;;")
    lines += ["        esac", "        return", "    fi", '    case "$command $at" in']
    for command in commands:
        for number, place in enumerate(command.positionals):
            key = f"'{_key(command)} {number}'"
            if command.name == MAIN and number == 0:
                lines.append(f"        {key}) _harmonia_words '{names}'; _harmonia_first ;;")
            else:
                lines.append(f"        {key}) {_complete(place)} ;;")
        if command.more is not None:
            lines.append(f"        '{_key(command)} '*) {_complete(command.more)} ;;")
    lines += ["    esac", "}", "", *FIRST, "complete -F _harmonia harmonia"]
    return HEAD + "\n".join(lines) + "\n"


# Commands and files beside each other: readline takes its own only where there is nothing else.
FIRST = [
    "_harmonia_first() {",
    "    [[ ${#COMPREPLY[@]} -eq 0 ]] && { _harmonia_files; return; }",
    "    compopt -o filenames 2>/dev/null",
    "    local IFS=$'\\n'",
    '    COMPREPLY+=($(compgen -f -- "$cur"))',
    "}",
    "",
]


def _key(command: Command) -> str:
    return "" if command.name == MAIN else command.name


def _values_skipped(commands: Sequence[Command]) -> list[str]:
    """Flags whose next word is their value and no positional."""
    patterns = [
        f"'{_key(command)} {name}'"
        for command in commands
        for flag in command.flags
        if flag.value is not None
        for name in flag.names
    ]
    # As --flag=value bash has the value two words on.
    return [
        f"            {'|'.join(patterns)})",
        "                [[ ${COMP_WORDS[i+1]} == = ]] && ((i++)); ((i++)) ;;",
    ]


def _complete(place: Place) -> str:
    if place.words:
        kind = "list" if place.several else "words"
        return f"_harmonia_{kind} '{' '.join(place.words)}'"
    return "_harmonia_files" if place.files else ":"
