"""Write an evaluation as one page: tables, charts, the best and worst cases, and all numbers.

harmonia report RESULTS                        writes RESULTS/report.html, to be opened in a browser
harmonia report RESULTS -o page.html --root DIR
                                               where the samples lie now, if they were moved

Cases are computed anew from the samples: the best, the worst and the most disagreed of each method,
with the contour of the mask in red and the difference to the real. The page is one file that needs
no network. What is missing of an evaluation that is not finished is said at its head.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from harmonia.cli import _arguments, _console

if TYPE_CHECKING:
    from harmonia.cli._parser import Parser
    from harmonia.evaluation import Plan


def add_arguments(parser: "Parser") -> None:
    parser.missing = {"RESULTS": "give the folder that harmonia evaluate wrote"}
    parser.add_argument(
        "results", metavar="RESULTS", help="a folder that harmonia evaluate has written"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="PAGE",
        help="the .html to write (default: report.html in RESULTS)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    group = parser.add_argument_group("pictures")
    group.add_argument("--no-pictures", action="store_true", help="numbers alone")
    group.add_argument("--root", metavar="DIR", help="the folder of the dataset, if it was moved")
    group.add_argument(
        "--metric",
        metavar="NAME",
        help="what cases are chosen by, and drawn against foreground (default: fmse, else mse)",
    )
    group.add_argument(
        "--cases",
        type=_arguments.whole(1, 50),
        metavar="N",
        help="so many of each kind for each method (default: 2)",
    )
    group.add_argument(
        "--budget",
        type=_arguments.number(0, 1000, above=True),
        metavar="MIB",
        help="how large the pictures may be together; they shrink to fit (default: 24)",
    )
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    import contextlib

    from harmonia import evaluation
    from harmonia.cli._progress import Progress

    results = evaluation.Results(arguments.results)
    target = Path(arguments.output or Path(arguments.results) / "report.html")
    given = {name: getattr(arguments, name) for name in ("cases", "budget")}
    if arguments.no_pictures:
        asked = [f"--{name}" for name in ("root", *given) if getattr(arguments, name) is not None]
        if asked:
            raise _arguments.Misused(f"{asked[0]} is about pictures, and --no-pictures wants none")
    with contextlib.ExitStack() as at_end:
        progress: list[Progress] = []

        def step(total: int) -> None:
            if not progress:
                progress.append(at_end.enter_context(Progress(total)))
            progress[0].step()

        evaluation.report(
            results,
            target,
            plan=None if arguments.no_pictures else _plan(arguments),
            metric=arguments.metric,
            overwrite=arguments.overwrite,
            step=step,
            **{name: value for name, value in given.items() if value is not None},
        )
    if arguments.json:
        _console.show_json(
            {
                "output": str(target),
                "bytes": target.stat().st_size,
                "methods": list(results.labels),
                "samples": results.samples,
                "is_whole": results.is_whole,
                "warnings": _console.cautions(),
            }
        )
    size = f"{target.stat().st_size / 2**20:.1f} MiB"
    _console.say(f"{target}: {len(results.labels)} methods, {size}; open it in a browser")
    return 0


def _plan(arguments: argparse.Namespace) -> "Plan":
    from harmonia import evaluation

    try:
        return evaluation.reopen(arguments.results, root=arguments.root)
    except (ValueError, OSError) as error:
        said = _console.sentence(error)
        raise ValueError(f"{said}; or pass --no-pictures, for numbers alone") from error
