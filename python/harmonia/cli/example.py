"""Harmonize the example that ships with harmonia and write a before | after picture."""

import argparse
from pathlib import Path

from harmonia.cli import _console

GAP = 8  # pixels of white between the two halves


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        help="picture to write",
    )
    parser.add_argument("--method", default="auto", help="method to use (default: %(default)s)")


def run(arguments: argparse.Namespace) -> None:
    import numpy as np

    import harmonia

    before, mask = harmonia.example()
    after = harmonia.harmonize(before, mask, arguments.method)
    height, width, _ = before.shape
    gap = np.full((height, GAP, 3), 255, np.uint8)
    harmonia.io.write(arguments.output, np.hstack([before, gap, after]), overwrite=True)
    _console.say(f"{arguments.output}: before | after, {width}x{height}, method {arguments.method}")
