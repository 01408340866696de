"""What can be typed: commands, their options and arguments, and what may stand for each.

Read from the commands' own parsers, so that completion knows what a new one takes.
"""

import argparse
import ast
import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harmonia.cli import _arguments
from harmonia.cli._parser import Parser

MAIN = "harmonize"  # what runs where no command is named


@dataclass(frozen=True)
class Place:
    """What may stand in one place.

    Attributes
    ----------
    words
        What to choose from; none where it is not known beforehand.
    files
        Whether names of files may stand there.
    several
        Whether several words may, with commas between.
    """

    words: tuple[str, ...] = ()
    files: bool = False
    several: bool = False


@dataclass(frozen=True)
class Flag:
    """An option: its spellings, its help, and what follows it; nothing follows a switch."""

    names: tuple[str, ...]
    help: str
    value: Place | None


@dataclass(frozen=True)
class Command:
    """A command; where its positionals go on for ever, `more` is what the rest are."""

    name: str
    summary: str
    flags: tuple[Flag, ...]
    positionals: tuple[Place, ...]
    more: Place | None = None


def interface() -> list[Command]:
    """All commands, the one without a name among them."""
    folder = Path(__file__).parent.parent
    stems = [found.name for found in pkgutil.iter_modules([str(folder)]) if found.name[0] != "_"]
    return [_command(stem, folder) for stem in stems]


def _command(stem: str, folder: Path) -> Command:
    source = (folder / f"{stem}.py").read_text(encoding="utf-8")
    summary = (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]
    parser = Parser(prog=stem)
    importlib.import_module(f"harmonia.cli.{stem}").add_arguments(parser)
    _arguments.add_common(parser)
    if stem == MAIN:
        parser.add_argument("--version", action="store_true", help="print the version and exit")
    flags, positionals, more = [], [], None
    for action in parser._actions:
        if action.help == argparse.SUPPRESS:
            continue
        place = _place(action)
        if action.option_strings:
            value = None if action.nargs == 0 else place
            flags.append(Flag(tuple(action.option_strings), _help(action, parser), value))
        elif action.nargs in ("*", "+"):
            more = place
        else:
            count = action.nargs if isinstance(action.nargs, int) else 1
            positionals += [place] * count
    return Command(stem.replace("_", "-"), summary, tuple(flags), tuple(positionals), more)


def _help(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    if not action.help:
        return ""
    return " ".join((action.help % (vars(action) | {"prog": parser.prog})).split())


def _place(action: argparse.Action) -> Place:
    if action.choices is not None:
        return Place(tuple(str(choice) for choice in action.choices))
    known = _words_of(action.dest)
    if known:
        return Place(tuple(known), several=action.dest in ("methods", "metrics"))
    # Numbers, pairs of them and texts have a type of their own, or a metavar that says so.
    named = action.type in (None, str, Path) and action.dest not in ("title", "options")
    return Place(files=named)


def _words_of(dest: str) -> Sequence[str]:
    """What stands behind an argument of this name in every command."""
    import harmonia
    from harmonia import _image_files

    if dest == "format":
        return [name.lower() for name in _image_files.MODULES]
    if dest in ("method", "methods"):
        every = [*harmonia.list_methods(), *harmonia.list_networks()]
        return ["auto" if dest == "method" else "all", *every]
    if dest == "metrics":
        return harmonia.list_metrics()
    return harmonia.metrics.list_protocols() if dest == "protocol" else []
