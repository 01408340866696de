"""harmonia study make: the page, and what it asks of voters."""

import argparse
from pathlib import Path
from typing import Any

from harmonia import datasets
from harmonia.cli import _console
from harmonia.cli._arguments import Misused
from harmonia.cli._progress import Progress
from harmonia.datasets import Dataset
from harmonia.evaluation import Study, write_study


def run(arguments: argparse.Namespace) -> int:
    if arguments.files:
        raise Misused(f"{arguments.files[0]!r} is too much; make takes no VOTES")
    for flag, value in (
        ("--root", arguments.root),
        ("--methods", arguments.methods),
        ("-o", arguments.output),
    ):
        if value is None:
            raise Misused(f"make needs {flag}")
    if arguments.lossless and arguments.quality is not None:
        raise Misused("--quality is of JPEG, and --lossless writes PNG; leave one of them out")
    dataset = _samples(arguments)
    with Progress(len(dataset)) as progress:
        study = write_study(
            dataset,
            arguments.methods,
            arguments.output,
            **_options(arguments),
            step=progress.step,
        )
    if arguments.json:
        said = {**vars(study), "page": str(study.page), "key": str(study.key)}
        _console.show_json({**said, "blocks": list(study.blocks)})
    else:
        _console.show(_sentence(study, len(dataset), len(arguments.methods)))
    return 0


def _samples(arguments: argparse.Namespace) -> Dataset:
    options = dict(arguments.options or ())
    if arguments.split is not None:
        options["split"] = arguments.split
    dataset = datasets.load(arguments.dataset or "folder", arguments.root, **options)
    if arguments.limit is not None and arguments.limit < len(dataset):
        return dataset.sample(arguments.limit, seed=arguments.seed or 0)
    return dataset


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    """Those that were given; the others are the library's own."""
    options = {
        name: getattr(arguments, name)
        for name in ("title", "question", "checks", "longest", "quality", "seed", "workers")
        if getattr(arguments, name) is not None
    }
    if arguments.lossless:
        options["quality"] = None
    if arguments.consent is not None:
        options["consent"] = Path(arguments.consent).read_text(encoding="utf-8")
    return options | {
        "ties": arguments.ties,
        "votes_per_voter": arguments.votes_per_voter,
        "overwrite": arguments.overwrite,
    }


def _sentence(study: Study, samples: int, methods: int) -> str:
    pairs = f"{study.pairs} pairs of {samples} samples and {methods} methods"
    if len(study.blocks) > 1:
        low, high = min(study.blocks), max(study.blocks)
        length = f"{low}" if low == high else f"{low} to {high}"
        blocks = len(study.blocks)
        pairs += f", in {blocks} blocks of {length}; {blocks} voters see every pair once"
    size = study.bytes / (1 << 20)
    return (
        f"{study.page}: {pairs}\n"
        f"pictures: {size:.1f} MiB, {study.pictures}\n"
        f"{study.key}: whose they are; keep it from voters"
    )
