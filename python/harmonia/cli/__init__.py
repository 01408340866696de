"""The command line: a file here is a command, its stem the name, its first docstring line the help.

`harmonize` is what runs when no command is named. Each has `add_arguments(parser)` and
`run(arguments)`, which returns the exit status, or nothing for success. Only this folder prints. A
command imports what it needs when it runs, so that `--version` and `--help` answer at once.

Exit status: 0 for success, 1 where something failed, 2 for arguments that make no sense, 130 after
Ctrl-C.
"""

import argparse
import ast
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harmonia.cli import _arguments, _console
from harmonia.cli._arguments import Misused
from harmonia.cli._parser import Parser

MAIN = "harmonize"
FAILED, MISUSED, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments` (by default the process's) name; return the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    name, rest = _split(words)
    prog = "harmonia" if name == MAIN else f"harmonia {name}"
    _console.set_up(quiet=False)
    try:
        return _run(name, rest, prog)
    except Misused as error:
        if "--debug" in rest:
            raise
        _console.error(f"{prog}: {error} ({prog} --help shows more)")
        return MISUSED
    except KeyboardInterrupt:
        _console.error(f"{prog}: stopped")
        return INTERRUPTED
    except BrokenPipeError:  # who reads has had enough
        _console.forget_output()
        return FAILED
    except Exception as error:
        if "--debug" in rest:
            raise
        _console.error(f"{prog}: {_arguments.in_words_of_flags(_console.sentence(error))}")
        return FAILED


def commands() -> dict[str, str]:
    """The names of the commands, with their first docstring lines, read without importing them."""
    return {name: _docstring(name).partition("\n")[0] for name in _names()}


def _run(name: str, words: list[str], prog: str) -> int:
    if name == MAIN:
        _refuse_mistyped(words)
    parser = _parser(name, prog)
    if name == MAIN and not words:
        parser.print_help()
        return MISUSED
    try:
        parsed = parser.parse_args(words)
    except SystemExit:  # after --help and --version
        _console.flush()
        raise
    _console.set_up(quiet=parsed.quiet, prog=prog)
    with _console.warnings_as_notes():
        status = _module(name).run(parsed)
        _console.flush()
    return int(status or 0)


def _names() -> list[str]:
    found = (entry.name for entry in pkgutil.iter_modules(__path__))
    return [name.replace("_", "-") for name in found if name[0] != "_" and name != MAIN]


def _docstring(command: str) -> str:
    source = Path(__path__[0], f"{_stem(command)}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)) or ""


def _stem(command: str) -> str:
    return command.replace("-", "_")


def _module(command: str) -> Any:
    return importlib.import_module(f"{__name__}.{_stem(command)}")


def _first(words: list[str]) -> int | None:
    """Where the first word is that is no flag which all commands take."""
    places = (at for at, word in enumerate(words) if word not in _arguments.COMMON_FLAGS)
    return next(places, None)


def _split(words: list[str]) -> tuple[str, list[str]]:
    """The command, which may come after flags that all of them take, and its own arguments."""
    at = _first(words)
    if at is None:
        return MAIN, words
    others = [*words[:at], *words[at + 1 :]]
    if words[at] == "help" and not Path("help").exists():
        name, rest = _split(others)
        return name, [*rest, "--help"]
    if words[at] in _names():
        return words[at], others
    return MAIN, words


def _refuse_mistyped(words: list[str]) -> None:
    """A first word that is no file and reads like a command is not taken for a picture."""
    at = _first(words)
    word = words[at] if at is not None else ""
    if not word or word.startswith("-") or Path(word).suffix or os.path.lexists(word):
        return
    import difflib

    near = difflib.get_close_matches(word.lower(), _names(), n=1, cutoff=0.7)
    if near:
        raise Misused(f"there is no command {word!r}, nor such a file; did you mean {near[0]}?")


def _parser(name: str, prog: str) -> Parser:
    summary, _, more = _docstring(name).partition("\n")
    parser = Parser(
        prog=prog,
        description="\n".join([summary, more.rstrip()]).rstrip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _module(name).add_arguments(parser)
    _arguments.add_common(parser)
    if name == MAIN:
        parser.add_argument(
            "--version", action=_Version, nargs=0, help="print the version and exit"
        )
        listed = commands()
        width = max(map(len, listed))
        lines = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in listed.items())
        parser.epilog = f"other commands (harmonia COMMAND --help says more):\n{lines}"
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from harmonia import _core

        print(f"harmonia {_core.version()}")
        parser.exit()
