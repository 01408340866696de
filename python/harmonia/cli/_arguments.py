"""Arguments that several commands take, each named and explained in one place."""

import argparse
import ast
import re
from typing import Any

COMMON_FLAGS = ("--debug", "--quiet", "-q")

# What errors of the library call its parameters, as flags of the command line.
FLAGS = {
    "resize=True": "--resize-mask",
    "invert=True": "--invert-mask",
    "overwrite=True": "--overwrite",
}


def add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-q", "--quiet", action="store_true", help="show warnings and errors only")
    parser.add_argument("--debug", action="store_true", help="show where in the code an error was")


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def add_method(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("method")
    group.add_argument(
        "-m",
        "--method",
        default="auto",
        metavar="NAME",
        help="one of `harmonia methods` (default: %(default)s)",
    )
    group.add_argument(
        "-s",
        "--strength",
        type=float,
        default=1.0,
        metavar="SHARE",
        help="from 0, no change, to 1, all of it (default: %(default)s)",
    )
    group.add_argument(
        "--set",
        dest="options",
        action="append",
        type=option,
        default=[],
        metavar="NAME=VALUE",
        help="an option of the method, such as space=lab; may come several times",
    )


def add_reference(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("reference")
    group.add_argument(
        "--reference",
        metavar="IMAGE",
        help="match this picture instead of the composite's own background",
    )
    group.add_argument(
        "--reference-mask", metavar="MASK", help="where in the reference the colours come from"
    )


def add_mask(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("mask")
    group.add_argument(
        "--invert-mask", action="store_true", help="take black for what changes instead of white"
    )
    group.add_argument(
        "--resize-mask", action="store_true", help="bring the mask to the size of the picture"
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("--overwrite", action="store_true", help="replace files that are there")
    group.add_argument(
        "--quality",
        type=int,
        default=95,
        metavar="1..100",
        help="of JPEG, WebP and AVIF (default: %(default)s)",
    )


def add_profile(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("colours")
    group.add_argument(
        "--to-srgb",
        action="store_true",
        help="convert the colours to sRGB first, by the profile of the picture",
    )


def option(text: str) -> tuple[str, Any]:
    """NAME=VALUE, the value a number, True, False, None, or else the text itself."""
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise argparse.ArgumentTypeError(f"must be NAME=VALUE, got {text!r}")
    try:
        return name, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return name, value


def in_words_of_flags(sentence: str) -> str:
    """An error of the library as one who types commands would put it."""
    for parameter, flag in FLAGS.items():
        sentence = re.sub(rf"\b{re.escape(parameter)}(?!\w)", flag, sentence)
    return sentence
