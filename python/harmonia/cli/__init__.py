"""The command line: a file here is a command, its stem the name, its first docstring line the help.

Each has `add_arguments(parser)` and `run(arguments)`. Only this folder prints. A command imports
what it needs when it runs, so that `--version` and `--help` answer at once.
"""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments` (by default the process's) name; return the exit status."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    if parsed.version:
        from harmonia import __version__

        print(f"harmonia {__version__}")
        return 0
    if parsed.command is None:
        parser.error("name a command; --help lists them")
    try:
        parsed.run(parsed)
    except (OSError, RuntimeError, ValueError) as error:
        print(f"harmonia {parsed.command}: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harmonia", description="Fit a pasted foreground to its background."
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="command")
    for found in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{found.name}")
        summary = (module.__doc__ or "").partition("\n")[0]
        command = commands.add_parser(found.name, help=summary, description=summary)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser
