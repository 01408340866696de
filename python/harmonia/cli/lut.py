"""Write the look that a method gives a picture as a LUT: .cube, .3dl, or .png for a Hald image.

harmonia lut composite.png mask.png -o look.cube
harmonia lut composite.png mask.png --after edited.png -o look.cube     from any result

What is no change of colours alone (poisson, idt with its grain, most networks and edits) is fitted:
the table does to colours what comes nearest, and how near that is, is said.
"""

import argparse
from typing import TYPE_CHECKING, Any

from harmonia import _look
from harmonia.cli import _arguments, _console

if TYPE_CHECKING:
    from harmonia.io import Picture
    from harmonia.lut import FitError, Lut

HALD_SIZES = tuple(level**2 for level in range(2, 12))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", metavar="IMG", help="the composite, or - for standard input")
    parser.add_argument("mask", metavar="MASK", help="its mask, white what changes")
    parser.add_argument(
        "-o", "--output", required=True, metavar="LUT", help="the .cube, .3dl or .png to write"
    )
    _arguments.add_method(parser)
    _arguments.add_reference(parser)
    table = parser.add_argument_group("table")
    table.add_argument(
        "--after",
        metavar="RESULT",
        help="take the look from this picture, made of IMG by whatever program",
    )
    table.add_argument(
        "--size",
        type=_arguments.whole(2, 129),
        metavar="N",
        help="nodes an axis (default: 33, and 64 for .png)",
    )
    table.add_argument(
        "--smoothness",
        type=_arguments.number(0.1, 1e7),
        metavar="S",
        help="of a fitted table, 0.1 to 1e7: what a bend costs (default: "
        f"{_look.SMOOTH:.0f}, and {_look.SMOOTHER:.0f} for methods that are no change of colours)",
    )
    table.add_argument(
        "--bits",
        type=_arguments.whole(8, 16),
        metavar="N",
        help="of .3dl: 8, 10, 12 or 16 (default: 12); of .png: 8 or 16 (16)",
    )
    table.add_argument("--title", help="of a .cube")
    table.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    _arguments.add_mask(parser)
    _arguments.add_profile(parser)
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> None:
    import harmonia
    from harmonia import _registry
    from harmonia.cli import _scene, _task

    _check(arguments)
    pictures = (arguments.image, arguments.mask, arguments.after)
    named = (arguments.reference, arguments.reference_mask)
    _task.refuse_second_standard_input([*pictures, *named])
    size = _size(arguments)
    settings = _task.Settings(masks=_arguments.MaskWays.of(arguments))
    picture = _task.read(arguments.image, to_srgb=arguments.to_srgb)
    _scene.noted(arguments.image, picture.notes)
    read_mask = _task.read_mask(arguments.mask, picture, settings.masks)
    _scene.noted(arguments.mask, read_mask.notes)
    mask = read_mask.mask
    error: FitError | None
    if arguments.after is not None:
        after = _task.read(arguments.after, to_srgb=arguments.to_srgb)
        _check_size(after, picture, arguments)
        _scene.noted(arguments.after, after.notes)
        _scene.warn_of_profiles(arguments.image, picture, arguments.after, after)
        smoothness = arguments.smoothness or _look.SMOOTH
        table, error = _look.between(
            picture.pixels, after.pixels, mask, size=size, smoothness=smoothness
        )
        source = arguments.after
    else:
        references, _ = _scene.open_reference(arguments, arguments.image, picture, settings)
        table, error = _of_method(picture, mask, references, size, arguments)
        source = _registry.method_name(
            arguments.method, where="lut", reference=arguments.reference is not None
        )
    table = _within(_look.weakened(table, arguments.strength), arguments.output)
    harmonia.lut.write_lut(
        table,
        arguments.output,
        title=arguments.title,
        bits=arguments.bits,
        overwrite=arguments.overwrite,
    )
    _report(arguments, source, size, error)


def _check(arguments: argparse.Namespace) -> None:
    """Before anything is read."""
    from pathlib import Path

    made = arguments.method != "auto" or arguments.options or arguments.reference is not None
    if arguments.after is not None and made:
        raise _arguments.Misused(
            "--after takes the look from a picture that is there; leave out --method, --set and "
            "--reference, or else --after"
        )
    if arguments.reference_mask is not None and arguments.reference is None:
        raise _arguments.Misused("--reference-mask needs a --reference")
    path = Path(arguments.output)
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"there is no folder {path.parent} to write {path.name} to; make it first"
        )
    if path.exists() and not arguments.overwrite:
        raise FileExistsError(f"{path} is there already; pass --overwrite to replace it")


def _size(arguments: argparse.Namespace) -> int:
    from harmonia import _lut_files

    chosen: int = _lut_files.format_of(arguments.output, where="--output").size
    if arguments.size is not None:
        chosen = arguments.size
    if arguments.output.lower().endswith(".png") and chosen not in HALD_SIZES:
        sizes = ", ".join(map(str, HALD_SIZES))
        raise ValueError(f"--size of a Hald image must be one of {sizes}, got {chosen}")
    return chosen


def _check_size(after: "Picture", before: "Picture", arguments: argparse.Namespace) -> None:
    sizes = [f"{one.pixels.shape[1]} x {one.pixels.shape[0]}" for one in (after, before)]
    if sizes[0] != sizes[1]:
        raise ValueError(
            f"--after: {arguments.after} is {sizes[0]}, {arguments.image} is {sizes[1]}; pixels of "
            "the same place are compared, so pass the result as large as the picture"
        )


def _of_method(
    picture: "Picture",
    mask: Any,
    references: dict[str, Any],
    size: int,
    arguments: argparse.Namespace,
) -> "tuple[Lut, FitError | None]":
    import harmonia

    harmonizer = harmonia.load(arguments.method, **dict(arguments.options))
    smoothness = arguments.smoothness or _look.SMOOTHER
    table, error = _look.of_method(
        harmonizer, picture.pixels, mask, size=size, smoothness=smoothness, **references
    )
    if error is None and arguments.smoothness is not None:
        raise _arguments.Misused(
            f"--smoothness is for tables that are fitted; {arguments.method} is a change of "
            "colours, which the table repeats"
        )
    return table, error


def _within(table: "Lut", output: str) -> "Lut":
    """Files of integers hold 0..1."""
    from dataclasses import replace

    least, most = float(table.nodes.min()), float(table.nodes.max())
    if output.lower().endswith(".cube") or (least >= 0 and most <= 1):
        return table
    _console.caution(
        f"{output}: values of {least:.3g}..{most:.3g} are cut to 0..1, "
        "which is all that such a file holds; a .cube keeps them"
    )
    return replace(table, nodes=table.nodes.clip(0, 1))


def _report(
    arguments: argparse.Namespace, source: str, size: int, error: "FitError | None"
) -> None:
    if error is not None:
        off = _look.in_words(error)
        if error.mean > _look.NOTABLE:
            _console.caution(
                f"{source} is no change of colours alone; the nearest one, "
                f"{arguments.output}, is {off}"
            )
        else:
            _console.say(f"{arguments.output}: {size} nodes an axis, fitted to {source}, {off}")
    else:
        _console.say(f"{arguments.output}: {size} nodes an axis, {source}")
    if arguments.json:
        found = {"output": arguments.output, "size": size, "from": source}
        fitted = None if error is None else {"mean": error.mean, "worst": error.worst}
        _console.show_json(found | {"fit_error": fitted, "warnings": _console.cautions()})
