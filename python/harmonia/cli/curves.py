"""Draw how runs of harmonia train went: losses, validation and learning rate.

harmonia curves RUN -o curves.png                one run; it may be going on yet
harmonia curves RUN RUN2 RUN3 -o curves.pdf      several in one picture
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from harmonia.cli import _arguments, _console

if TYPE_CHECKING:
    from harmonia.cli._parser import Parser

WIDTHS = ("page", "column")
SUFFIXES = (".png", ".pdf")


def add_arguments(parser: "Parser") -> None:
    parser.missing = {
        "RUN": "give the folder that harmonia train wrote",
        "-o": "say where to write, as in -o curves.png",
    }
    parser.add_argument(
        "runs", metavar="RUN", nargs="+", help="a folder that harmonia train has written"
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT.png", help="the .png or .pdf to write"
    )
    parser.add_argument(
        "--width",
        choices=WIDTHS,
        default="page",
        help="page, 6.875 inches, or column, 3.25 (default: %(default)s)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")


def run(arguments: argparse.Namespace) -> None:
    from harmonia.evaluation import figures

    target = Path(arguments.output)
    if target.suffix.lower() not in SUFFIXES:
        raise _arguments.Misused(f"-o must end in {' or '.join(SUFFIXES)}, got {str(target)!r}")
    if target.exists() and not arguments.overwrite:
        raise FileExistsError(f"{target} is there already; pass --overwrite to replace it")
    figures.save(figures.curves(arguments.runs, width=arguments.width), target)
    _console.say(f"{target} is written")
