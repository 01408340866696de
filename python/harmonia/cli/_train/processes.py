"""A run in this process or in several, each of which calls `carried_out`."""

import argparse
import os
from typing import Any

from harmonia import training
from harmonia.cli import _console
from harmonia.cli._train.watch import Watch
from harmonia.training import Run
from harmonia.training._launch import launch


def run(arguments: argparse.Namespace, given: dict[str, Any], watch: Watch) -> tuple[Run, Watch]:
    """What the run left, and what was seen of it."""
    asked = (arguments.recipe, arguments.again, arguments.output, given)
    if arguments.processes is None:
        return carried_out(arguments.recipe, arguments.again, arguments.output, given, watch)
    return launch(arguments.processes, _in_process, asked, arguments.quiet, tell=_console.caution)


def carried_out(
    recipe: str | None, again: str | None, output: str, given: dict[str, Any], watch: Watch
) -> tuple[Run, Watch]:
    if again is not None:
        return training.rerun(again, output, progress=watch, **given), watch
    others = {name: value for name, value in given.items() if name != "data"}
    return training.train(str(recipe), given["data"], output, progress=watch, **others), watch


def _in_process(asked: tuple[Any, ...], quiet: bool) -> tuple[Run, Watch]:
    """The first process alone shows how far it is."""
    _console.set_up(quiet=quiet or os.environ["RANK"] != "0", prog="harmonia train")
    recipe, again, output, given = asked
    return carried_out(recipe, again, output, given, Watch())
