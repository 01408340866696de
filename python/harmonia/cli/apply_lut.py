"""Map the colours of a picture through a LUT: .cube, .3dl or a Hald .png.

harmonia apply-lut picture.png look.cube -o out.png --mask mask.png
"""

import argparse

from harmonia.cli import _arguments, _console

# As of harmonia.lut.apply, which is slow to import for the help; a test compares them.
INTERPOLATIONS = ("trilinear", "tetrahedral")
OUT_OF_RANGE = ("clamp", "extrapolate", "error")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("image", metavar="IMG", help="the picture, or - for standard input")
    parser.add_argument("lut", metavar="LUT", help="the .cube, .3dl or Hald .png")
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help="picture to write, or - for standard output",
    )
    look = parser.add_argument_group("look")
    look.add_argument(
        "--interpolation",
        choices=INTERPOLATIONS,
        default=INTERPOLATIONS[0],
        help="between the eight nodes around a colour, or four of them as most grading tools do "
        "(default: %(default)s)",
    )
    look.add_argument(
        "-s",
        "--strength",
        type=_arguments.number(0, 1),
        default=1.0,
        metavar="SHARE",
        help="from 0, no change, to 1, all of it (default: 1)",
    )
    look.add_argument(
        "--out-of-range",
        choices=OUT_OF_RANGE,
        default=OUT_OF_RANGE[0],
        help="what colours beyond the table's domain get (default: %(default)s)",
    )
    look.add_argument("--mask", metavar="MASK", help="white is what changes; all without it")
    _arguments.add_mask(parser)
    _arguments.add_profile(parser)
    _arguments.add_format(parser)
    _arguments.add_output(parser)
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> None:
    import harmonia
    from harmonia.cli import _scene, _task

    for flag in _arguments.MaskWays.of(arguments).flags if arguments.mask is None else []:
        raise _arguments.Misused(f"{flag} needs a --mask")
    if arguments.json and arguments.output == _task.STANDARD:
        raise _arguments.Misused("--json and the picture cannot both go to standard output")
    settings = _task.Settings(
        strength=arguments.strength,
        masks=_arguments.MaskWays.of(arguments),
        quality=arguments.quality,
        overwrite=arguments.overwrite,
        format=arguments.format,
    )
    _task.refuse_second_standard_input([arguments.image, arguments.mask])
    output = _task.output(arguments.output, arguments.image, settings)
    look = harmonia.lut.read_lut(arguments.lut)
    picture = _task.read(arguments.image, to_srgb=arguments.to_srgb)
    notes = _scene.noted(arguments.image, picture.notes)
    mask = None
    if arguments.mask is not None:
        found = _task.read_mask(arguments.mask, picture, settings.masks)
        notes += _scene.noted(arguments.mask, found.notes)
        mask = found.mask
    out = harmonia.lut.apply_lut3d(
        picture.pixels,
        look,
        mask,
        interpolation=arguments.interpolation,
        out_of_range=arguments.out_of_range,
        strength=arguments.strength,
    )
    _task.write(output, out, picture, settings)
    kind = _task.format_of(output, picture, settings)
    lossless = _task.is_lossless(kind, settings)
    height, width = out.shape[:2]
    name = _task.shown(output, "output")
    _console.say(f"{name}: {width} x {height} {kind} through {arguments.lut}")
    if mask is not None and not lossless:
        _console.say(
            f"{kind} encodes the background anew as well; write a .png to keep every bit of it"
        )
    if arguments.json:
        _console.show_json(
            {
                "output": output,
                "format": kind,
                "lossless": lossless,
                "width": width,
                "height": height,
                "lut": arguments.lut,
                "size": list(look.size),
                "interpolation": arguments.interpolation,
                "notes": notes,
                "warnings": _console.cautions(),
            }
        )
