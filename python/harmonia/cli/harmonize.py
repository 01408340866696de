"""Fit the colours of a pasted foreground to its background.

harmonia composite.png mask.png -o out.png     white in the mask is what changes
"""

import argparse
import time

from harmonia.cli import _arguments, _console


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "composite", metavar="COMPOSITE", help="the picture, or - for standard input"
    )
    parser.add_argument("mask", metavar="MASK", help="its mask, of the same size")
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help="picture to write, or - for standard output",
    )
    _arguments.add_method(parser)
    _arguments.add_reference(parser)
    _arguments.add_mask(parser)
    _arguments.add_output(parser)
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> None:
    import harmonia
    from harmonia.cli import _task

    settings = _task.Settings(
        method=arguments.method,
        strength=arguments.strength,
        options=dict(arguments.options),
        invert_mask=arguments.invert_mask,
        resize_mask=arguments.resize_mask,
        quality=arguments.quality,
        overwrite=arguments.overwrite,
    )
    started = time.perf_counter()
    picture = _task.read(arguments.composite)
    mask = _task.read_mask(arguments.mask, picture, settings)
    out = harmonia.harmonize(
        picture.pixels, mask.mask, settings.method, strength=settings.strength, **settings.options
    )
    _task.write(arguments.output, out, picture, settings)
    height, width = out.shape[:2]
    _console.say(
        f"{arguments.output}: {width} x {height}, {settings.method}, "
        f"{time.perf_counter() - started:.2f} s"
    )
