"""Give the pictures of a dataset the looks of another, by a translator that was trained for it.

harmonia translate RUN rdharmony DIR -o OUT                  composites and reals through the run's
                                                             network, masks as they are
harmonia translate RUN rdharmony DIR -o OUT --set category=human

RUN is the folder of a run of `harmonia train cyclegan`, cut or unit, or its file of weights. The
same command again goes on where an earlier one ended, however that was. What is written is read as
the dataset folder with manifest=samples.jsonl.
"""

import argparse
import contextlib
from typing import Any

from harmonia.cli import _arguments, _console


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run_", metavar="RUN", help="the run's folder, or its file of weights")
    parser.add_argument("dataset", metavar="DATASET", help="one of `harmonia data list`")
    parser.add_argument("root", metavar="ROOT", help="the folder that it is in")
    parser.add_argument(
        "-o", "--output", required=True, metavar="DIR", help="folder to write to; made if missing"
    )
    parser.add_argument(
        "--split", metavar="NAME", help="such as test or train (default: the reader's own)"
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
        "--device",
        metavar="NAME",
        help="where the network runs, such as cpu (default: the first GPU, or the CPU)",
    )
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> None:
    from harmonia import datasets
    from harmonia.cli._progress import Progress
    from harmonia.training import translate

    options: dict[str, Any] = dict(arguments.options)
    if arguments.split is not None:
        options["split"] = arguments.split
    dataset = datasets.load(arguments.dataset, arguments.root, **options)
    with contextlib.ExitStack() as at_end:
        shown: list[Progress] = []

        def step(done: int, total: int) -> None:
            if not shown:
                shown.append(at_end.enter_context(Progress(total)))
            shown[0].at(done, failed=0)

        try:
            written = translate(
                arguments.run_, dataset, arguments.output, device=arguments.device, progress=step
            )
        except KeyboardInterrupt:
            _console.say(f"{arguments.output}: the same command again goes on from here")
            raise
    if arguments.json:
        _console.show_json(
            {
                "output": arguments.output,
                "dataset": dataset.name,
                "samples": len(written),
                "manifest": "samples.jsonl",
            }
        )
    _console.say(
        f"{arguments.output}: {len(written)} samples; read them as the dataset folder with "
        "manifest=samples.jsonl"
    )
