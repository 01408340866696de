"""Train a network as its authors did, from a dataset, or from photographs with masks.

harmonia train RECIPE --help                     how it is trained, and its options
harmonia train RECIPE --data DIR -o RUN          as its authors trained it, on a dataset in a folder
harmonia train RECIPE --photos DIR -o RUN        on composites that are made while they are asked
                                                 for, of any photographs with masks
harmonia train RECIPE --data DIR --data DIR -o RUN
                                                 on several datasets as one
harmonia train RECIPE --data DIR -o RUN --validation 0.1 --steps 2000
                                                 a tenth is held back, to keep the best network
harmonia train --from RUN -o RUN2                once more as RUN was, on the same data

The same command again goes on where an earlier one ended, however that was. RUN/best.safetensors is
the best network of a run with --validation, RUN/last.safetensors the last one:
harmonia photo.jpg mask.png -o out.png --method issam --weights RUN/best.safetensors
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonia.cli import _arguments, _console, _recipes

if TYPE_CHECKING:
    from harmonia.cli._parser import Parser
    from harmonia.cli._train.watch import Watch
    from harmonia.training import Run

PRECISIONS = ("float32", "bfloat16")
NEVER = float("inf")


def add_arguments(parser: "Parser") -> None:
    parser.add_argument(
        "recipe",
        metavar="RECIPE",
        nargs="?",
        choices=_recipes.names(_recipes.TRAINING),
        action=_Recipe,
        help="one of those below",
    )
    _add_data(parser.add_argument_group("data"))
    _add_plan(parser.add_argument_group("how it is trained (default: as its authors did)"))
    _add_run(parser.add_argument_group("run"))
    parser.epilog = f"recipes:\n{_recipes.listed(_recipes.TRAINING)}"
    parser.missing["-o"] = "say where the run is to be, as in -o RUN"


def _add_data(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--data",
        action="append",
        default=[],
        metavar="[SOURCE=]DIR",
        help="the folder of a dataset, several times for several as one; of a recipe with several "
        "sources, some for each by its name",
    )
    group.add_argument(
        "--dataset",
        action="append",
        default=[],
        metavar="[SOURCE=]NAME",
        help="which of `harmonia data list` it is, once for all folders or once for each in their "
        "order (default: told from its lists)",
    )
    group.add_argument("--split", metavar="NAME", help="what to learn from (default: train)")
    group.add_argument(
        "--subset",
        type=_arguments.names,
        metavar="A,B",
        help="these sub-datasets alone, such as HFlickr",
    )
    group.add_argument(
        "--photos",
        metavar="DIR|CSV",
        help="photographs with masks, NAME_mask.png beside NAME.jpg; others composites of them in "
        "each epoch",
    )
    group.add_argument(
        "--set",
        action="append",
        type=_arguments.option,
        default=[],
        metavar="NAME=VALUE",
        help="an option of the dataset's reader, or with --photos such as strength=HCOCO",
    )
    group.add_argument(
        "--validation",
        metavar="SHARE|SPLIT|DIR",
        help="what to try the network on: a share such as 0.1, which is held back, a split such "
        "as test, or another folder (default: nothing)",
    )
    group.add_argument(
        "--validation-count",
        type=_arguments.whole(1),
        metavar="N",
        help="so many of these by chance, always the same",
    )


def _add_plan(group: argparse._ActionsContainer) -> None:
    group.add_argument("--steps", type=_arguments.whole(1), metavar="N", help="steps in all")
    group.add_argument(
        "--epochs",
        type=_arguments.number(0, NEVER, above=True),
        metavar="N",
        help="instead, how often the samples are seen",
    )
    group.add_argument(
        "--size", type=_arguments.whole(1), metavar="N", help="samples are brought to N x N"
    )
    group.add_argument("--batch", type=_arguments.whole(1), metavar="N", help="samples at a time")
    group.add_argument(
        "--accumulate",
        type=_arguments.whole(1),
        metavar="N",
        help="batches a step (default: 1)",
    )
    group.add_argument(
        "--rate",
        type=_arguments.number(0, NEVER, above=True),
        metavar="RATE",
        help="the learning rate",
    )
    group.add_argument(
        "--average",
        type=_arguments.number(0, 1),
        metavar="SHARE",
        help="keep an average of the weights, to which each step leaves this share, such as 0.999",
    )
    group.add_argument(
        "--start", metavar="FILE|RUN", help="weights to begin from, or the run that made them"
    )
    group.add_argument(
        "--seed", type=_arguments.whole(0), metavar="N", help="what all chance comes from"
    )
    group.add_argument(
        "--precision",
        choices=PRECISIONS,
        help="of convolutions and products: float32, or bfloat16, which is fast on GPUs",
    )
    group.add_argument(
        "--option",
        dest="options",
        action="append",
        type=_arguments.option,
        default=[],
        metavar="NAME=VALUE",
        help="an option of the recipe; may come several times",
    )


def _add_run(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "-o", "--output", required=True, metavar="RUN", help="its folder; made if missing"
    )
    group.add_argument(
        "--from", dest="again", metavar="RUN", help="all that is not given is as in this run"
    )
    group.add_argument(
        "--device", metavar="NAME", help="cpu or cuda (default: the first GPU, if there is one)"
    )
    group.add_argument(
        "--workers",
        type=_arguments.whole(0),
        metavar="N",
        help="processes that prepare samples (default: by the cores)",
    )
    group.add_argument(
        "--processes",
        type=_arguments.whole(1),
        metavar="N",
        help="share each batch among so many, started anew when one of them dies; each takes a GPU "
        "of its own where there are some",
    )
    group.add_argument("--compile", action="store_true", help="compile the network by torch")
    for name, what in (
        ("log", "rows of the log (default: 50)"),
        ("save", "checkpoints (default: a twentieth of the run)"),
        ("validate", "validations (default: likewise)"),
        ("sample", "sheets in RUN/samples (default: likewise)"),
    ):
        group.add_argument(
            f"--{name}-every",
            type=_arguments.whole(1 if name == "log" else 0),
            metavar="N",
            help=f"steps between {what}",
        )
    group.add_argument(
        "--protocol", metavar="NAME", help="of the validation (default: iDIH's at the size)"
    )
    group.add_argument(
        "--tensorboard", action="store_true", help="log to RUN/tensorboard beside the CSV files"
    )
    group.add_argument(
        "--onnx", action="store_true", help="write the network as ONNX too when the run is over"
    )
    group.add_argument(
        "--overwrite", action="store_true", help="remove a run that was made otherwise"
    )
    _arguments.add_json(group)


def run(arguments: argparse.Namespace) -> int:
    from harmonia.cli._train.watch import Watch

    _check(arguments)
    watch = Watch()
    try:
        done, watch = _trained(arguments, watch)
    except KeyboardInterrupt:
        _console.live("")
        _console.say(
            f"{arguments.output}: stopped after step {watch.step:,} of {watch.steps:,}; the same "
            "command again goes on from its last checkpoint"
        )
        raise
    finally:
        _console.live("")
    _show(arguments, done, watch)
    return 0


class _Recipe(argparse.Action):
    """The recipe; a --help that comes after it is about this one."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        namespace.recipe = values
        if values is not None:
            parser.about = lambda: _described(values)  # type: ignore[attr-defined]


def _described(name: str) -> str:
    from harmonia.cli._train.described import described

    return described(name)


def _check(arguments: argparse.Namespace) -> None:
    if arguments.recipe is None and arguments.again is None:
        known = ", ".join(_recipes.names(_recipes.TRAINING))
        raise _arguments.Misused(f"RECIPE is missing; choose one of {known}")
    if arguments.recipe is not None and arguments.again is not None:
        raise _arguments.Misused("--from tells the recipe; leave RECIPE out")
    if arguments.steps is not None and arguments.epochs is not None:
        raise _arguments.Misused("--steps does not go with --epochs")
    if arguments.validation_count is not None and arguments.validation is None:
        raise _arguments.Misused("--validation-count goes with --validation")
    if arguments.photos is None and not arguments.data and arguments.again is None:
        raise _arguments.Misused(
            "--data is missing; give the folder of a dataset, or photographs by --photos"
        )


def _trained(arguments: argparse.Namespace, watch: "Watch") -> "tuple[Run, Watch]":
    from harmonia.cli._train import asked, processes
    from harmonia.training import _recipes as recipes
    from harmonia.training import _rerun

    given = asked.settings(arguments)
    options = dict(arguments.options)
    name = arguments.recipe
    if arguments.again is not None:
        before = _rerun.read(arguments.again)
        name, options = before.recipe, {**before.options, **options}
        size = arguments.size or before.size
    recipe = recipes.planned(name, options, where="train")
    if arguments.again is None:
        size = arguments.size or recipe.plan.size
    data = asked.Data(arguments, recipe, size)
    if arguments.again is None or arguments.data or arguments.photos is not None:
        given["data"] = data.learnt()
    if arguments.validation is not None:
        given["validation"] = data.tried(given.get("data", {}))
    elif arguments.again is None:
        _console.say(
            "without --validation nothing tells how good the network is, and which is best"
        )
    return processes.run(arguments, given, watch)


def _show(arguments: argparse.Namespace, done: "Run", watch: "Watch") -> None:
    weights = Path(arguments.output, "best.safetensors" if done.best else "last.safetensors")
    if arguments.json:
        _console.show_json(
            {
                "output": arguments.output,
                "steps": done.steps,
                "went_on_from": done.steps if watch.began is None else watch.began,
                "losses": dict(watch.losses),
                "validation": dict(watch.validation),
                "best": dict(done.best),
                "weights": str(weights),
                "waiting": round(watch.waiting, 4),
                "seconds": round(watch.seconds, 3),
                "warnings": _console.cautions(),
            }
        )
    if watch.began is None:
        _console.say(f"{arguments.output}: all {done.steps:,} steps were done already")
        return
    _console.say(f"{arguments.output}: {done.steps:,} steps, {watch.seconds:.1f} s{_best(done)}")
    method = done.method.partition(".")[0]
    _console.say(f"harmonia photo.jpg mask.png -o out.png --method {method} --weights {weights}")


def _best(done: "Run") -> str:
    best = done.best
    return f", the best fMSE {best['fmse']:.5g} at step {best['step']:,}" if best else ""
