"""Look through a set of composites, keep or reject each, and take out what was rejected.

harmonia review DIR                          writes DIR/review.html, to be opened in a browser
harmonia review DIR --apply decisions.csv    takes the rejected out, by what the page has exported

Rejected samples leave the lists and the manifest, and their files go to DIR/rejected. A later file
that keeps them puts them back. Samples without a decision stay where they are. When harmonia
synthesize has written to DIR again, apply the decisions again.
"""

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from harmonia.cli import _arguments, _console

if TYPE_CHECKING:
    from harmonia.cli._parser import Parser


def add_arguments(parser: "Parser") -> None:
    parser.missing = {"DIR": "give the folder that harmonia synthesize wrote"}
    parser.add_argument("folder", metavar="DIR", help="the set, in the layout of iHarmony4")
    parser.add_argument(
        "-o",
        "--output",
        metavar="PAGE",
        help="the page to write (default: review.html in DIR)",
    )
    parser.add_argument("--apply", metavar="CSV", help="the decisions that the page has exported")
    parser.add_argument(
        "--require-all",
        action="store_true",
        help="with --apply: change nothing where samples have no decision",
    )
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    from harmonia import synthesis

    if arguments.apply is None:
        if arguments.require_all:
            raise _arguments.Misused("--require-all has a say with --apply only")
        page = Path(arguments.output or Path(arguments.folder) / "review.html")
        count = synthesis.write_review_page(arguments.folder, page)
        if arguments.json:
            _console.show_json({"page": str(page), "samples": count})
        _console.say(f"{page}: {count} samples; open it in a browser")
        return 0
    if arguments.output is not None:
        raise _arguments.Misused("-o names a page, and --apply writes none; leave one of them out")
    applied = synthesis.apply_decisions(
        arguments.folder, arguments.apply, require_all=arguments.require_all
    )
    if arguments.json:
        _console.show_json(dataclasses.asdict(applied))
    else:
        _console.show(
            f"{applied.kept} kept, {applied.rejected} rejected, {applied.undecided} undecided; "
            f"{applied.removed} taken out and {applied.restored} put back now"
        )
    return 0
