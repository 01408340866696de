"""`evaluate --timing`: what the methods cost, measured after their scores."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from harmonia.cli import _arguments, _console, _table

if TYPE_CHECKING:
    from harmonia.evaluation import Plan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("cost")
    group.add_argument(
        "--timing",
        action="store_true",
        help="then measure milliseconds, peak memory, parameters and multiply-adds of each method, "
        "on one thread and on all cores, into cost.json; best on a machine that does nothing else",
    )
    group.add_argument(
        "--timing-sizes",
        type=_sizes,
        metavar="N,N,...",
        help="sides of the pictures for that, such as 256,1024,2048 (default: --size, or 256,1024)",
    )


def check(arguments: argparse.Namespace) -> None:
    if arguments.timing_sizes and not arguments.timing:
        raise _arguments.Misused("--timing-sizes goes with --timing")


def run(plan: "Plan", folder: Path, arguments: argparse.Namespace) -> None:
    """Measure, write them beside the rows, and show them."""
    from harmonia.evaluation import cost

    try:
        costs = cost.measure_costs(
            plan,
            sizes=arguments.timing_sizes,
            step=lambda doing: _console.live(f"timing: {doing}"),
        )
    finally:
        _console.live("")
    if not costs:
        _console.caution("--timing: composites and finished pictures are not computed, and no more")
        return
    cost.write_costs(folder, costs)
    if not arguments.json:
        _console.show("\n" + _table.table(cost.cells(costs), right=range(1, 9)))


def _sizes(text: str) -> list[int]:
    return [_arguments.whole(1)(one.strip()) for one in text.split(",")]
