"""Evaluate methods over a dataset: what a paper's table is made of.

harmonia evaluate --dataset iharmony4 --root DIR --methods composite,mkl,lalonde_efros
                  --protocol dovenet -o RESULTS

METHODS are separated by commas, and --methods may come several times:
  mkl                        one of `harmonia methods`; composite is the composite as it is, all is
                             that and every method that needs no weights
  idt:iterations=5:seed=2    with options of the method
  cdtnet=weights.safetensors a network and its weights
  small=issam:issam256.pth   the same under another name, here small
  ours=DIR                   finished pictures, named as the composites: NAME.png or
                             NAME_harmonized.png, in sub-folders too

Rows go to RESULTS, a file for each shard of each method. The same command again goes on where an
earlier one ended, however that was; methods may be added later. Several machines share the work by
--shard 1/8, --shard 2/8 ... into one folder; in a job array of SLURM, sbatch --array=1-8, that is
--shard $SLURM_ARRAY_TASK_ID/8. On a cluster of Ray, --engine ray does. The numbers depend on none
of that.
"""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonia.cli import _arguments, _console, _timing
from harmonia.cli._evaluation import engines

if TYPE_CHECKING:
    from harmonia.cli._evaluation.means import Shown
    from harmonia.evaluation import Failure, Plan, Results, Share, Step

MOST_SHOWN = 20  # failures


def add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("samples")
    group.add_argument(
        "--dataset", required=True, metavar="NAME", help="one of `harmonia data list`"
    )
    group.add_argument("--root", required=True, metavar="DIR", help="the folder that it is in")
    group.add_argument(
        "--split", metavar="NAME", help="such as test or train (default: the reader's own)"
    )
    group.add_argument(
        "--subset",
        type=_arguments.names,
        metavar="A,B",
        help="these sub-datasets alone, such as HFlickr",
    )
    group.add_argument(
        "--limit",
        type=_arguments.whole(1),
        metavar="N",
        help="so many samples by chance, the same for a seed; for a first look",
    )
    group.add_argument(
        "--seed", type=_arguments.whole(0), default=0, metavar="N", help="of --limit (default: 0)"
    )
    group.add_argument(
        "--set",
        dest="options",
        action="append",
        type=_arguments.option,
        default=[],
        metavar="NAME=VALUE",
        help="an option of the reader; may come several times",
    )
    group = parser.add_argument_group("methods and scores")
    group.add_argument(
        "--methods",
        required=True,
        action="extend",
        type=_arguments.names,
        metavar="A,B,...",
        help="what is compared, as above",
    )
    group.add_argument(
        "--device", metavar="NAME", help="where networks run, such as cuda (default: the CPU)"
    )
    group.add_argument(
        "--protocol",
        default="harmonia",
        metavar="NAME",
        help="how each number is computed: harmonia, or as the code of a paper (harmonia metrics "
        "--list; default: %(default)s)",
    )
    group.add_argument(
        "--metrics",
        type=_arguments.names,
        metavar="A,B",
        help="which (default: what the protocol defines)",
    )
    group.add_argument(
        "--size",
        type=_size,
        metavar="N|native",
        help="bring composite, mask and real to N x N before the methods, such as 256, 1024 or "
        "2048 (default: the protocol's own)",
    )
    group = parser.add_argument_group("run")
    group.add_argument(
        "-o", "--output", required=True, metavar="DIR", help="folder of results; made if missing"
    )
    group.add_argument(
        "--workers",
        type=_arguments.whole(1),
        metavar="N",
        help="samples under way at a time (default: the cores)",
    )
    group.add_argument(
        "--shard", type=_share, metavar="I/N", help="do the I-th of N parts of the work, from 1"
    )
    group.add_argument(
        "--shard-size",
        type=_arguments.whole(1),
        metavar="N",
        help="samples a file of rows (default: 512, less of fewer than 8192)",
    )
    group.add_argument(
        "--engine",
        choices=engines.BY_NAME,
        default=next(iter(engines.BY_NAME)),
        help="what carries it out: threads here (local), processes here, which suit many small "
        "pictures, or Ray (harmonia[ray]) here or on a cluster; auto is processes for "
        f"{engines.MANY} samples or more without networks, and otherwise local (default: "
        "%(default)s)",
    )
    group.add_argument(
        "--ray-address",
        metavar="ADDRESS",
        help="of a cluster for --engine ray (default: that of RAY_ADDRESS, or else this machine)",
    )
    group.add_argument(
        "--fail-fast", action="store_true", help="stop at the first sample that fails"
    )
    group.add_argument(
        "--rows", metavar="FILE", help="write all rows to a .csv, or to a .parquet by pyarrow"
    )
    _arguments.add_json(group)
    _timing.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    from harmonia.cli._evaluation import asked
    from harmonia.evaluation import WHOLE

    _timing.check(arguments)
    if arguments.rows is not None:
        asked.check_rows(Path(arguments.rows))
    if arguments.ray_address and arguments.engine != "ray":
        raise _arguments.Misused("--ray-address goes with --engine ray")
    plan = asked.planned(arguments)
    share = arguments.shard or WHOLE
    if share.of > plan.shards:
        _console.caution(
            f"{plan.shards} shards are shared out among {share.of}, so that some have none; a "
            "smaller --shard-size makes more"
        )
    watch = _Watch(fail_fast=arguments.fail_fast)
    results = _carried_out(arguments, plan, share, watch)
    if arguments.rows is not None:
        _write(Path(arguments.rows), results)
    _show(arguments, plan, share, results, watch)
    if arguments.timing and not watch.failures:
        _timing.run(plan, Path(arguments.output), arguments)
    return 1 if watch.failures else 0


class _Enough(Exception):
    """The first sample has failed, with --fail-fast."""


class _Watch:
    """What has been seen of a run."""

    def __init__(self, *, fail_fast: bool) -> None:
        self.fail_fast = fail_fast
        self.failures: list[Failure] = []
        self.started = time.perf_counter()
        self.before: int | None = None  # samples that were there already
        self.done = self.total = 0

    def step(self, step: "Step") -> None:
        self.failures += step.failures
        self.done, self.total = step.done, step.total
        if self.before is None:
            self.before = step.done
        if self.fail_fast and step.failures:
            raise _Enough


def _carried_out(
    arguments: argparse.Namespace, plan: "Plan", share: "Share", watch: _Watch
) -> "Results":
    import contextlib

    from harmonia.cli._progress import Progress
    from harmonia.evaluation import Results

    folder = Path(arguments.output)
    with contextlib.ExitStack() as at_end:
        progress: list[Progress] = []

        def step(step: "Step") -> None:
            if not progress:  # the total is known when the folder has been looked through
                progress.append(at_end.enter_context(Progress(step.total, done=step.done)))
            watch.step(step)
            progress[0].at(step.done, failed=len(watch.failures))

        try:
            return engines.BY_NAME[arguments.engine](arguments, plan, folder, share, step)
        except _Enough:
            return Results(folder, tuple(watch.failures))
        except KeyboardInterrupt:
            _console.say(
                f"{folder}: {watch.done} of {watch.total} samples were measured; the same command "
                "again goes on with the shards that are not finished"
            )
            raise


def _write(path: Path, results: "Results") -> None:
    if path.suffix.lower() == ".parquet":
        results.to_parquet(path)
    else:
        results.to_csv(path)


def _show(
    arguments: argparse.Namespace, plan: "Plan", share: "Share", results: "Results", watch: _Watch
) -> None:
    from harmonia.cli._evaluation.means import means

    shown = means(results, [candidate.label for candidate in plan.candidates])
    seconds = time.perf_counter() - watch.started
    measured = watch.done - (watch.before or 0)
    if arguments.json:
        _console.show_json(_as_json(arguments, results, shown, watch, measured, seconds))
    else:
        if shown.means and (share.of == 1 or shown.is_whole):
            _console.show(shown.table())
        if watch.failures:
            _say_what_failed(watch, arguments.output)
    if not shown.is_whole:
        said = f"{shown.count} of {shown.samples} samples have rows of every method"
        if share.of == 1:
            _console.caution(f"{said}; means are of those")
        else:
            _console.say(f"{said} so far")
    _console.say(
        f"{arguments.output}: {measured} measured, {watch.before or 0} were there, {seconds:.1f} s"
    )
    if shown.is_whole:
        _console.say(
            f"harmonia table {arguments.output} makes tables of it, harmonia report "
            f"{arguments.output} a page"
        )


def _say_what_failed(watch: _Watch, folder: str) -> None:
    _console.error(f"harmonia evaluate: {len(watch.failures)} could not be measured:")
    for failure in _in_order(watch.failures)[:MOST_SHOWN]:
        _console.error(f"  {_failure(failure)}")
    if len(watch.failures) > MOST_SHOWN:
        _console.error(f"  and {len(watch.failures) - MOST_SHOWN} more (--json lists all)")
    _console.error("  their shards are not in the results; the same command again tries them anew")


def _failure(failure: "Failure") -> str:
    said = _arguments.in_words_of_flags(_console.sentence(failure.error))
    named = [part for part in (failure.label, failure.name) if part and part not in said]
    return ": ".join([*named, said])


def _as_json(
    arguments: argparse.Namespace,
    results: "Results",
    shown: "Shown",
    watch: _Watch,
    measured: int,
    seconds: float,
) -> dict[str, Any]:
    return {
        "output": arguments.output,
        "dataset": results.dataset,
        "chosen": results.choice,
        "samples": results.samples,
        "protocol": results.protocol,
        "size": results.size,
        "metrics": list(results.metrics),
        "images": shown.images,
        "means": shown.means,
        "measured": measured,
        "were_there": watch.before or 0,
        "failed": [
            {"name": one.name, "label": one.label, "error": _console.sentence(one.error)}
            for one in _in_order(watch.failures)
        ],
        "seconds": round(seconds, 3),
        "warnings": _console.cautions(),
    }


def _size(text: str) -> int | str:
    if text == "native":
        return text
    try:
        return _arguments.whole(1)(text)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(
            f"must be a number of pixels or native, got {text!r}"
        ) from None


def _share(text: str) -> "Share":
    from harmonia.evaluation import Share

    number, _, of = text.partition("/")
    try:
        share = Share(int(number), int(of))
    except ValueError:
        share = Share(0, 0)
    if not 1 <= share.number <= share.of:
        raise argparse.ArgumentTypeError(f"must be I/N with I from 1 to N, got {text!r}")
    return share


def _in_order(failures: "list[Failure]") -> "list[Failure]":
    """By their names: threads end in any order."""
    return sorted(failures, key=lambda failure: (failure.label, failure.name))
