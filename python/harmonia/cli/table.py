"""Tables of an evaluation, as papers print them: means by sub-dataset or by foreground.

harmonia table results/                          the table that papers have for such a dataset
harmonia table results/ --published              with the values of papers that are comparable
harmonia table results/ -o table.tex             as LaTeX; also .md, .csv, .html and .txt
harmonia table at1024/ at2048/                   several evaluations beside each other
harmonia table results/ --against composite      image by image: what changes, how many get better
harmonia table --list                            layouts

What has not been measured yet is said below the table.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonia.cli import _arguments, _console
from harmonia.cli import _table as lines

if TYPE_CHECKING:
    from harmonia.evaluation.tables import Table

FORMATS = {
    ".txt": "text",
    ".md": "markdown",
    ".tex": "latex",
    ".csv": "csv",
    ".html": "html",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "results", nargs="*", metavar="RESULTS", help="a folder that harmonia evaluate has written"
    )
    parser.add_argument("--list", action="store_true", help="list layouts")
    what = parser.add_argument_group("what is in it")
    what.add_argument(
        "--layout", metavar="NAME", help="the columns (default: those of papers on the dataset)"
    )
    what.add_argument(
        "--metrics",
        type=_arguments.names,
        metavar="NAME,NAME",
        help="these, in place of the layout's",
    )
    what.add_argument(
        "--methods",
        type=_arguments.names,
        metavar="NAME,NAME",
        help="these, in this order (default: all, the composite first)",
    )
    what.add_argument(
        "--sort", metavar="METRIC", help="put the best first, by the last column of this metric"
    )
    what.add_argument(
        "--published",
        action="store_true",
        help="add published values, where all images, protocol and size are the same",
    )
    what.add_argument(
        "--novel",
        metavar="FILE",
        help="for rdharmony and cross-domain: the list of the novel samples, IHD_human_test.txt",
    )
    what.add_argument(
        "--against",
        metavar="NAME",
        help="the difference to this method over the same images, and the share that is better",
    )
    what.add_argument("--no-intervals", action="store_true", help="leave 95 %% intervals out")
    how = parser.add_argument_group("output")
    how.add_argument(
        "--format",
        choices=list(FORMATS.values()),
        help="(default: text, or as the suffix of FILE says)",
    )
    how.add_argument("-o", "--output", metavar="FILE", help="write it there")
    how.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    _arguments.add_json(how)


def run(arguments: argparse.Namespace) -> None:
    if arguments.list:
        _list(arguments.json)
        return
    _check(arguments)
    made = _table(arguments)
    if arguments.json:
        _console.show_json(_as_data(made))
        return
    said = _written(made, arguments)
    if arguments.output is None:
        _console.show(said)
        return
    from harmonia import _atomic

    data = f"{said}\n".encode()
    _atomic.write(Path(arguments.output), data, overwrite=arguments.overwrite)
    _console.say(f"{arguments.output}: {len(made.lines)} methods")


def _check(arguments: argparse.Namespace) -> None:
    """Before anything is read."""
    if not arguments.results:
        raise _arguments.Misused("needs RESULTS, a folder that harmonia evaluate has written")
    if arguments.against is not None:
        for name in ("layout", "sort", "published", "novel"):
            if getattr(arguments, name):
                raise _arguments.Misused(f"--{name} does not go with --against")
        if len(arguments.results) > 1:
            raise _arguments.Misused("--against takes one folder")
    if arguments.output is not None:
        if arguments.json:
            raise _arguments.Misused("--json is printed; leave --output out")
        if arguments.format is None and Path(arguments.output).suffix.lower() not in FORMATS:
            raise _arguments.Misused(
                f"--output must end in {', '.join(FORMATS)}, or --format say what to write, got "
                f"{arguments.output!r}"
            )
        if Path(arguments.output).exists() and not arguments.overwrite:
            raise FileExistsError(
                f"{arguments.output} is there already; pass --overwrite to replace it"
            )


def _table(arguments: argparse.Namespace) -> "Table":
    from harmonia.evaluation import tables

    if arguments.against is not None:
        return tables.paired_table(
            arguments.results[0],
            arguments.against,
            methods=arguments.methods,
            metrics=arguments.metrics,
        )
    return tables.table(
        arguments.results,
        layout=arguments.layout,
        methods=arguments.methods,
        metrics=arguments.metrics,
        sort=arguments.sort,
        published=arguments.published,
        novel=arguments.novel or (),
        intervals=not arguments.no_intervals,
    )


def _written(made: "Table", arguments: argparse.Namespace) -> str:
    from harmonia.evaluation import tables

    intervals = not arguments.no_intervals
    chosen = arguments.format
    if chosen is None and arguments.output is not None:
        chosen = FORMATS[Path(arguments.output).suffix.lower()]
    if chosen in (None, "text"):
        width = lines.width() if arguments.output is None else None
        return tables.text(made, intervals=intervals, width=width)
    if chosen == "csv":  # which has no place for it
        for remark in made.remarks:
            _console.caution(remark)
    write: Any = getattr(tables, chosen)
    return str(write(made, intervals=intervals))


def _as_data(made: "Table") -> dict[str, Any]:
    return {
        "title": made.title,
        "columns": [column._asdict() for column in made.columns],
        "methods": [
            {
                "label": line.label,
                "published": line.published,
                "notes": line.marks,
                "cells": [_cell(cell) for cell in line.cells],
            }
            for line in made.lines
        ],
        "notes": {note.mark: note.text for note in made.notes},
        "remarks": list(made.remarks),
        "warnings": _console.cautions(),
    }


def _cell(cell: Any) -> dict[str, Any]:
    names = ("low", "high", "images", "undefined", "infinite", "rank")
    rest = {name: getattr(cell, name) for name in names}
    return {"mean": cell.value, **rest, "notes": cell.marks}


def _list(json: bool) -> None:
    from harmonia.evaluation import tables

    layouts = tables.list_layouts()
    if json:
        _console.show_json({"layouts": layouts})
        return
    rows = [("layout", "what it is of"), *layouts.items()]
    _console.show(lines.table(rows))
