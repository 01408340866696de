"""Harmonize the example that ships with harmonia and write a before | after picture.

harmonia example -o before_after.png
harmonia example -o both.png --save-composite photo.png --save-mask mask.png    to try more with
"""

import argparse
from typing import Any

from harmonia.cli import _arguments, _console

GAP = 8  # pixels of white between the two halves


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="picture to write")
    parser.add_argument(
        "-m",
        "--method",
        default="auto",
        metavar="NAME",
        help="one of `harmonia methods` (default: %(default)s)",
    )
    parser.add_argument("--save-composite", metavar="FILE", help="write the picture it begins with")
    parser.add_argument("--save-mask", metavar="FILE", help="write its mask")
    _arguments.add_output(parser)


def run(arguments: argparse.Namespace) -> None:
    import numpy as np

    import harmonia
    from harmonia.cli import _task

    settings = _task.Settings(
        method=arguments.method, quality=arguments.quality, overwrite=arguments.overwrite
    )
    method, harmonize = _task.opened(settings)
    wanted = {
        "before_after.png": arguments.output,
        "composite.png": arguments.save_composite,
        "mask.png": arguments.save_mask,
    }
    files = {
        own: _task.output(name, own, settings) for own, name in wanted.items() if name is not None
    }
    if len(set(files.values())) < len(files):
        raise _arguments.Misused("-o, --save-composite and --save-mask need different names")
    before, mask = harmonia.example()
    after = harmonize(before, mask)
    height, width, _ = before.shape
    gap = np.full((height, GAP, 3), 255, np.uint8)
    pictures: dict[str, Any] = {
        "before_after.png": np.hstack([before, gap, after]),
        "composite.png": before,
        "mask.png": np.repeat(mask[..., None], 3, axis=2),
    }
    for own, name in files.items():
        _task.write(name, pictures[own], None, settings)
    output = _task.shown(files["before_after.png"], "output")
    _console.say(f"{output}: before | after, {width} x {height} each, method {method}")
