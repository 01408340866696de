"""Datasets: what there is, whether one is whole, and how its composites spread.

harmonia data list                     what can be read: counts, sizes, licences, where it is had
harmonia data page                     the same and the folders that are expected, as Markdown
harmonia data verify iharmony4 DIR     lists, files, masks, and composites beside their reals; the
                                       exit status is 1 where there are errors
harmonia data spread DIR...            MSE, PSNR, fMSE and foreground at 256 x 256, beside the
                                       published means of iHarmony4; --plot OUT.svg draws it, and
                                       --from-manifest reads what harmonia synthesize wrote

Nothing is downloaded.
"""

import argparse

from harmonia.cli import _arguments, _console
from harmonia.cli._arguments import Misused

ACTIONS = ("list", "page", "verify", "spread")
# Of which actions an option is.
OF = {
    "split": ("verify", "spread"),
    "workers": ("verify", "spread"),
    "report": ("verify",),
    "quick": ("verify",),
    "any_count": ("verify",),
    "options": ("verify", "spread"),
    "dataset": ("spread",),
    "from_manifest": ("spread",),
    "plot": ("spread",),
    "markdown": ("list", "spread"),
    "json": ("list", "verify", "spread"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS, metavar="|".join(ACTIONS))
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME|DIR",
        help="the dataset, as data list calls it, and its folder; for spread folders alone",
    )
    parser.add_argument(
        "--split",
        metavar="NAME",
        help="look at this split alone (default: all; of spread test, whose means are published)",
    )
    parser.add_argument(
        "--set",
        dest="options",
        action="append",
        type=_arguments.option,
        default=[],
        metavar="NAME=VALUE",
        help="an option of the reader; may come several times",
    )
    parser.add_argument(
        "--workers",
        type=_arguments.whole(1),
        metavar="N",
        help="samples under way at a time (default: the cores)",
    )
    group = parser.add_argument_group("verify")
    group.add_argument(
        "--quick", action="store_true", help="read only the beginnings of files, no pixels"
    )
    group.add_argument(
        "--any-count",
        action="store_true",
        help="take any number of composites, not the published one alone",
    )
    group.add_argument(
        "--report",
        metavar="FILE",
        help="write every finding to a .csv or .jsonl, or all there is to a .json",
    )
    group = parser.add_argument_group("spread")
    group.add_argument(
        "--dataset",
        metavar="NAME",
        help="what lies in the folders (default: iharmony4, whose layout synthesize writes)",
    )
    group.add_argument(
        "--from-manifest",
        action="store_true",
        help="read the numbers in manifest.jsonl, of the sizes of the files, and no images",
    )
    group.add_argument("--plot", metavar="OUT.svg", help="draw histograms")
    group = parser.add_argument_group("output")
    group.add_argument("--markdown", action="store_true", help="print tables as Markdown")
    _arguments.add_json(group)


def run(arguments: argparse.Namespace) -> int | None:
    _arguments.check_action(arguments, OF)
    if arguments.action in ("list", "page"):
        _list(arguments)
        return None
    if arguments.action == "verify":
        from harmonia.cli._data import verify

        return verify.run(arguments)
    from harmonia.cli._data import spread

    return spread.run(arguments)


def _list(arguments: argparse.Namespace) -> None:
    from dataclasses import asdict

    from harmonia import datasets
    from harmonia.cli._table import table
    from harmonia.datasets import _page

    if arguments.names:
        raise Misused(f"{arguments.names[0]!r} is too much; {arguments.action} takes no name")
    if arguments.action == "page":
        _console.show(datasets.page().rstrip("\n"))
    elif arguments.json:
        every = {name: asdict(datasets.facts(name)) for name in datasets.list_datasets()}
        _console.show_json(
            [{"dataset": name, "is": _page.summary(name), **said} for name, said in every.items()]
        )
    elif arguments.markdown:
        _console.show(_page.grid(_page.overview()).rstrip("\n"))
    else:
        rows = [[*row[:2], "; ".join(filter(None, row[2:]))] for row in _page.overview()]
        _console.show(table(rows))
