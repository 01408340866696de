"""Make a pasted foreground fit its background: its colours change, all else keeps every bit.

examples:
  harmonia photo.jpg mask.png -o out.png         change what is white in mask.png
  harmonia cutout.png room.jpg -o out.png        paste a cut-out with transparency first
  harmonia cutout.png room.jpg -o out.png --at 400,250 --scale 0.5
  harmonia photo.jpg mask.png -o out.png --strength 0.6       more than half of the way
  harmonia photo.jpg mask.png -o - | display                  into a pipe
  harmonia example -o before_after.png           no pictures at hand? see ours
  harmonia batch FOLDER -o DONE                  all pictures of a folder, or a video

PNG, JPEG, WebP, TIFF, AVIF and EXR are read and written; 16 bits stay 16 bits.
"""

import argparse
import time
from typing import TYPE_CHECKING, Any

from harmonia.cli import _arguments, _console

if TYPE_CHECKING:
    from harmonia.cli._parser import Parser
    from harmonia.cli._scene import Scene
    from harmonia.cli._task import Settings

USAGE = """harmonia PICTURE MASK -o OUT [options]
       harmonia CUTOUT BACKGROUND -o OUT [options]
       harmonia COMMAND ..."""


def add_arguments(parser: "Parser") -> None:
    parser.usage = USAGE
    parser.missing = {
        "PICTURE": "the first name is the picture, the second its mask",
        "MASK": "give a picture of the same size, white where PICTURE is to change",
        "-o": "say where to write, as in -o out.png",
    }
    pictures = parser.add_argument_group("pictures (a file, or - for standard input and output)")
    pictures.add_argument(
        "composite",
        metavar="PICTURE",
        help="a picture with a foreground that does not fit, or a cut-out with transparency",
    )
    pictures.add_argument(
        "mask",
        metavar="MASK",
        help="white where the picture is to change, or the background for a cut-out",
    )
    pictures.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help="picture to write, or a folder to write it into",
    )
    _arguments.add_method(parser)
    _arguments.add_mask(parser)
    _add_paste(parser)
    _arguments.add_reference(parser)
    _arguments.add_profile(parser)
    _arguments.add_format(_arguments.add_output(parser))
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> None:
    from harmonia.cli import _scene, _task

    started = time.perf_counter()
    settings = _task.Settings(
        method=arguments.method,
        strength=arguments.strength,
        options=dict(arguments.options),
        masks=_arguments.MaskWays.of(arguments),
        quality=arguments.quality,
        overwrite=arguments.overwrite,
        format=arguments.format,
    )
    method, harmonize = _task.opened(settings, reference=arguments.reference is not None)
    outputs = _outputs(arguments, settings)
    scene = _scene.open_scene(arguments, settings)
    beside = arguments.mask if scene.pasted else arguments.composite
    reference, reference_notes = _scene.open_reference(arguments, beside, scene.picture, settings)
    out = harmonize(scene.picture.pixels, scene.mask, strength=settings.strength, **reference)
    _write_parts(outputs, scene, settings)
    _task.write(outputs["output"], out, scene.picture, settings)

    kind = _task.format_of(outputs["output"], scene.picture, settings)
    height, width = out.shape[:2]
    result = {
        "output": outputs["output"],
        "format": kind,
        "lossless": _task.is_lossless(kind, settings),
        "method": method,
        "strength": settings.strength,
        "pasted": scene.pasted,
        "width": width,
        "height": height,
        "dtype": str(out.dtype),
        "foreground": scene.foreground,
        "seconds": round(time.perf_counter() - started, 4),
        "notes": [*scene.notes, *reference_notes],
        "warnings": _console.cautions(),
    }
    _tell(result, scene)
    if arguments.json:
        _console.show_json(result)


def _add_paste(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("pasting a cut-out")
    group.add_argument(
        "--at",
        type=_arguments.point,
        metavar="X,Y",
        help="its left and upper edge in the background, in pixels (default: centred)",
    )
    group.add_argument(
        "--scale",
        type=_arguments.number(0, float("inf"), above=True),
        metavar="FACTOR",
        help="resize it before: 0.5 is half as wide and half as high",
    )
    group.add_argument(
        "--paste", action="store_true", help="paste also where the background is grey"
    )
    group.add_argument("--save-composite", metavar="FILE", help="write what was pasted, unchanged")
    group.add_argument("--save-mask", metavar="FILE", help="write the mask, white where it changes")


def _outputs(arguments: argparse.Namespace, settings: "Settings") -> dict[str, str]:
    """Every file to write, checked before the work begins."""
    from dataclasses import replace

    from harmonia.cli import _task

    inputs = (
        arguments.composite,
        arguments.mask,
        arguments.reference,
        arguments.reference_mask,
    )
    _task.refuse_second_standard_input(inputs)
    if arguments.reference_mask and not arguments.reference:
        raise _arguments.Misused("--reference-mask needs a --reference that it belongs to")
    if arguments.output == _task.STANDARD and arguments.json:
        raise _arguments.Misused(
            "--json and a picture cannot share standard output; write the picture to a file"
        )
    found = {"output": _task.output(arguments.output, arguments.composite, settings)}
    own = replace(settings, format=None)
    for part in ("save_composite", "save_mask"):
        name = getattr(arguments, part)
        if name == _task.STANDARD:
            raise _arguments.Misused(f"--{part.replace('_', '-')} needs the name of a file")
        if name is not None:
            found[part] = _task.output(name, arguments.composite, own)
    if len(set(found.values())) < len(found):
        raise _arguments.Misused("-o, --save-composite and --save-mask need different names")
    return found


def _write_parts(outputs: dict[str, str], scene: "Scene", settings: "Settings") -> None:
    from dataclasses import replace

    import numpy as np

    from harmonia.cli import _task

    own = replace(settings, format=None)
    if "save_composite" in outputs:
        _task.write(outputs["save_composite"], scene.picture.pixels, scene.picture, own)
    if "save_mask" in outputs:
        mask = scene.mask
        if mask.dtype != np.uint8:
            mask = np.rint(mask * np.float32(65535)).astype(np.uint16)
        _task.write(outputs["save_mask"], np.repeat(mask[..., None], 3, axis=2), None, own)


DEPTHS = {"uint8": "8 bits", "uint16": "16 bits", "float32": "floats"}


def _tell(result: dict[str, Any], scene: "Scene") -> None:
    """What was understood and done, for the person who waits for it."""
    from harmonia.cli import _task

    name = _task.shown(result["output"], "output")
    if scene.understood:
        _console.say(scene.understood)
    for note in result["notes"]:
        if note not in result["warnings"]:
            _console.say(f"read {note}")
    _console.say(
        f"{name}: {result['width']} x {result['height']} {result['format']} of "
        f"{DEPTHS[result['dtype']]}, {100 * result['foreground']:.3g} % changed by "
        f"{result['method']}, {result['seconds']:.2f} s"
    )
    if not result["lossless"]:
        _console.say(
            f"{result['format']} encodes the background anew as well; write a .png to keep every "
            "bit of it"
        )
