"""The command line: a file here is a command, its stem the name, its first docstring line the help.

`harmonize` is what runs when no command is named. Each has `add_arguments(parser)` and
`run(arguments)`, which returns the exit status, or nothing for success. Only this folder prints. A
command imports what it needs when it runs, so that `--version` and `--help` answer at once.
"""

import argparse
import ast
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

from harmonia.cli import _arguments, _console

MAIN = "harmonize"
FAILED, MISUSED, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments` (by default the process's) name; return the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    name, rest = _split(words)
    parser = _parser(name)
    if name == MAIN and not rest:
        parser.print_help()
        return MISUSED
    parsed = parser.parse_args(rest)
    prog = parser.prog
    _console.set_up(quiet=parsed.quiet)
    try:
        with _console.warnings_as_notes(prog):
            status = importlib.import_module(_module(name)).run(parsed)
            _console.flush()
    except KeyboardInterrupt:
        _console.error(f"{prog}: stopped")
        return INTERRUPTED
    except BrokenPipeError:  # who reads has had enough
        _console.forget_output()
        return FAILED
    except _arguments.Misused as error:
        _console.error(f"{prog}: {error}")
        return MISUSED
    except (ImportError, OSError, RuntimeError, TypeError, ValueError) as error:
        if parsed.debug:
            raise
        _console.error(f"{prog}: {_arguments.in_words_of_flags(_sentence(error))}")
        return FAILED
    return int(status or 0)


def commands() -> dict[str, str]:
    """The names of the commands, with their first docstring lines, read without importing them."""
    found = {}
    for entry in pkgutil.iter_modules(__path__):
        if not entry.name.startswith("_") and entry.name != MAIN:
            source = Path(__path__[0], f"{entry.name}.py").read_text(encoding="utf-8")
            summary = (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]
            found[entry.name.replace("_", "-")] = summary
    return found


def _split(words: list[str]) -> tuple[str, list[str]]:
    """The command, which may come after flags that all of them take, and its own arguments."""
    for place, word in enumerate(words):
        if word in _arguments.COMMON_FLAGS:
            continue
        if word in commands():
            return word, [*words[:place], *words[place + 1 :]]
        break
    return MAIN, words


def _module(command: str) -> str:
    return f"{__name__}.{command.replace('-', '_')}"


def _parser(name: str) -> argparse.ArgumentParser:
    module = importlib.import_module(_module(name))
    summary, _, more = (module.__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        prog="harmonia" if name == MAIN else f"harmonia {name}",
        description="\n".join([summary, more.rstrip()]).rstrip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    _arguments.add_common(parser)
    if name == MAIN:
        parser.add_argument(
            "--version", action=_Version, nargs=0, help="print the version and exit"
        )
        width = max(map(len, commands()))
        listed = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in commands().items())
        parser.epilog = (
            f"{parser.epilog or ''}\n\ncommands (harmonia COMMAND --help says more):\n{listed}"
        )
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from harmonia import __version__

        print(f"harmonia {__version__}")
        parser.exit()


def _sentence(error: Exception) -> str:
    """What an error says, in one line; an `OSError` of the system without its number."""
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror[:1].lower()}{error.strerror[1:]}"
    return " ".join(str(error).split()) or type(error).__name__
