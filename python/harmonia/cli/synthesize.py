"""Make composites with ground truth from photographs: a set in the layout of iHarmony4.

harmonia synthesize RECIPE --help                what a recipe reads, and its options
harmonia synthesize RECIPE SOURCE -o OUT         all composites that the sources give
harmonia synthesize RECIPE SOURCE -o OUT --count 100 --seed 1
                                                 100 of them, drawn from all sources by the seed

The same command again goes on where an earlier one ended, however that was; a larger --count adds
to what is there. The files are the same to the byte for the same seed, whatever the number of
workers. OUT/manifest.jsonl says how each composite was made, OUT/left_out.jsonl why others were
not, and OUT/sheet.jpg shows some.
"""

import argparse
from typing import TYPE_CHECKING, Any

from harmonia.cli import _arguments, _console, _recipes

if TYPE_CHECKING:
    from harmonia.synthesis import Progress as State
    from harmonia.synthesis import Report

MOST_SHOWN = 20  # of sentences on what failed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", metavar="RECIPE", action=_Recipe, help="one of those below")
    parser.add_argument("source", metavar="SOURCE", help="the folder or file that the recipe reads")
    parser.add_argument(
        "-o", "--output", required=True, metavar="DIR", help="folder to write to; made if missing"
    )
    parser.add_argument(
        "--count",
        type=_arguments.whole(1),
        metavar="N",
        help="how many composites (default: all that the sources give)",
    )
    parser.add_argument(
        "--seed",
        type=_arguments.whole(0),
        default=0,
        metavar="N",
        help="what all chance comes from (default: %(default)s)",
    )
    parser.add_argument(
        "--test-share",
        dest="options",
        action="append",
        type=_test_share,
        default=[],
        metavar="SHARE",
        help="how much of the sources goes to the list of tests (default: the recipe's)",
    )
    parser.add_argument(
        "--option",
        dest="options",
        action="append",
        type=_arguments.option,
        default=[],
        metavar="NAME=VALUE",
        help="an option of the recipe; may come several times",
    )
    parser.add_argument(
        "--filters",
        type=_filters,
        metavar="A,B",
        help="the scores that a composite must reach, with commas between, or none (default: all "
        "of the library's)",
    )
    parser.add_argument(
        "--workers",
        type=_arguments.whole(1),
        metavar="N",
        help="composites under way at a time; fewer take less memory (default: the cores)",
    )
    parser.add_argument(
        "--sheet",
        type=_arguments.whole(0),
        default=12,
        metavar="N",
        help="samples that OUT/sheet.jpg shows; 0 for no picture (default: %(default)s)",
    )
    parser.add_argument(
        "--quality",
        type=_arguments.whole(1, 100),
        default=95,
        metavar="1..100",
        help="of the JPEG files (default: %(default)s)",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="remove a set that was made otherwise"
    )
    _arguments.add_json(parser)
    parser.epilog = f"recipes:\n{_recipes.listed()}"
    missing = getattr(parser, "missing", {})
    missing["RECIPE"] = f"choose one of {', '.join(_recipes.names())}"
    missing["SOURCE"] = "give the folder or file that the recipe reads"
    missing["-o"] = "say where to write"


def run(arguments: argparse.Namespace) -> int:
    from harmonia import synthesis
    from harmonia.cli._progress import Progress

    bar: Progress | None = None

    def show(progress: "State") -> None:
        nonlocal bar
        if bar is None:
            bar = Progress(progress.total, done=max(0, progress.done - 1))
        bar.at(progress.done, failed=progress.failed)

    try:
        report = synthesis.synthesize(
            arguments.recipe,
            arguments.source,
            arguments.output,
            seed=arguments.seed,
            count=arguments.count,
            workers=arguments.workers,
            filters=arguments.filters,
            quality=arguments.quality,
            sheet=arguments.sheet,
            overwrite=arguments.overwrite,
            progress=show,
            **dict(arguments.options),
        )
    except KeyboardInterrupt:
        _console.live("")
        _console.say(f"{arguments.output}: the same command again goes on from here")
        raise
    finally:
        _console.live("")
    _show(report, json=arguments.json)
    return 1 if report.failures or not report.composites else 0


class _Recipe(argparse.Action):
    """The recipe; a --help that comes after it is about this one."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        if values not in _recipes.names():
            known = ", ".join(_recipes.names())
            raise _arguments.Misused(f"there is no recipe {values!r}; choose one of {known}")
        namespace.recipe = values
        parser.epilog = _recipes.described(values)


def _test_share(text: str) -> tuple[str, float]:
    return "test_share", _arguments.number(0, 1)(text)


def _filters(text: str) -> list[str]:
    return [] if text == "none" else _arguments.names(text)


def _show(report: "Report", *, json: bool) -> None:
    if report.missing:
        _console.caution(
            f"{report.composites} of {report.wanted} composites: the sources give no more "
            f"({report.tasks} to try)"
        )
    if json:
        _console.show_json(
            {
                "output": str(report.output),
                "tasks": report.tasks,
                "wanted": report.wanted,
                "composites": report.composites,
                "written": report.written,
                "left_out": dict(report.left_out),
                "failed": [failure._asdict() for failure in report.failures],
                "seconds": round(report.seconds, 3),
            }
        )
    elif report.failures:
        _show_failures(report)
    parts = [f"{report.composites} composites"]
    if report.written < report.composites:
        parts.append(f"{report.written} of them new")
    if report.left_out:
        reasons = ", ".join(f"{reason}: {n}" for reason, n in report.left_out.items())
        parts.append(f"{sum(report.left_out.values())} left out ({reasons})")
    if report.failures:
        parts.append(f"{len(report.failures)} failed")
    _console.say(f"{report.output}: {', '.join(parts)}, {report.seconds:.1f} s")


def _show_failures(report: "Report") -> None:
    """Sentences with how often each was said: a bad source serves many composites."""
    told: dict[str, list[str]] = {}
    for failure in report.failures:
        told.setdefault(failure.error, []).append(failure.name)
    _console.error(f"harmonia synthesize: {len(report.failures)} of {report.tasks} failed:")
    for error, names in list(told.items())[:MOST_SHOWN]:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        _console.error(f"  {names[0]}{more}: {_arguments.in_words_of_flags(error)}")
    if len(told) > MOST_SHOWN:
        _console.error(f"  ... and {len(told) - MOST_SHOWN} other sentences")
