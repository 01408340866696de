"""Show what several methods make of a picture, side by side: an HTML page or a PNG.

harmonia compare composite.png mask.png -o sheet.html
harmonia compare composite.png mask.png -o sheet.png --methods all --real real.png
harmonia compare composite.png mask.png -o sheet.html --methods mkl,idt:iterations=5:seed=2

METHODS are separated by commas and written as for `harmonia evaluate`: METHOD:OPTION=VALUE with
options, NETWORK=WEIGHTS with a file of weights, LABEL=METHOD under another name.

The composite has the mask's contour in red; what is in yellow boxes is enlarged below. The page is
one file with sliders, which needs no other. A method that fails is shown with its reason, and the
exit status is then 1.
"""

import argparse
from typing import TYPE_CHECKING, Any, Literal

from harmonia.cli import _arguments, _console

if TYPE_CHECKING:
    from harmonia import Comparison
    from harmonia.cli._parser import Parser
    from harmonia.comparison.asked import Method
    from harmonia.io import Picture

FAILED = 1
USUAL = "harmonia,reinhard,mkl,lalonde_efros"  # of harmonia.comparison, which is slow to import


def add_arguments(parser: "Parser") -> None:
    parser.missing = {
        "MASK": "give a picture of the same size, white where IMG is to change",
        "-o": "say where to write, as in -o sheet.html",
    }
    parser.add_argument("image", metavar="IMG", help="the composite, or - for standard input")
    parser.add_argument("mask", metavar="MASK", help="its mask, white what changes")
    parser.add_argument(
        "-o", "--output", required=True, metavar="SHEET", help="the .html or .png to write"
    )
    group = parser.add_argument_group("methods")
    group.add_argument(
        "-m",
        "--methods",
        type=_names,
        default=_names(USUAL),
        metavar="A,B,...",
        help=f"some of `harmonia methods`, or all without weights (default: {USUAL})",
    )
    scores = parser.add_argument_group("numbers")
    scores.add_argument("--real", metavar="IMAGE", help="the real picture, to measure by")
    scores.add_argument(
        "--protocol",
        metavar="NAME",
        help="how each number is computed (harmonia metrics --list); default: harmonia",
    )
    sheet = parser.add_argument_group("sheet")
    sheet.add_argument(
        "--boxes",
        type=_arguments.whole(0, 12),
        metavar="N",
        help="parts to enlarge, chosen where the methods differ (default: 2)",
    )
    sheet.add_argument(
        "--zoom",
        action="append",
        type=_arguments.box,
        metavar="X,Y,W,H",
        help="a part to enlarge, in pixels; may come several times",
    )
    sheet.add_argument(
        "--panel",
        type=_arguments.whole(64, 8192),
        default=512,
        metavar="PIXELS",
        help="longest side of a picture on a .png (default: %(default)s)",
    )
    sheet.add_argument("--title", help="default: the name of IMG")
    sheet.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    _arguments.add_mask(parser)
    _arguments.add_profile(parser)
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    import harmonia
    from harmonia.cli import _task

    _check(arguments)
    methods, options = _methods(arguments)
    image, mask, real = _read(arguments)
    title = _title(arguments) if arguments.title is None else arguments.title
    comparison = harmonia.compare(
        image.pixels,
        mask,
        methods,
        real=None if real is None else real.pixels,
        protocol=arguments.protocol or "harmonia",
        options=options,
        boxes=arguments.zoom or (2 if arguments.boxes is None else arguments.boxes),
        title=title,
    )
    comparison.save(arguments.output, overwrite=arguments.overwrite, panel=arguments.panel)
    for name, reason in comparison.failures.items():
        said = _arguments.in_words_of_flags(reason)
        said = said.replace("--weights FILE", f"--methods {name}=FILE")
        _console.caution(f"{name} failed: {said}")
    if arguments.json:
        _console.show_json(_report(arguments, comparison))
    height, width = image.pixels.shape[:2]
    count = len(comparison.pictures)
    _console.say(f"{_task.shown(arguments.output)}: {count} methods on {width} x {height} pixels")
    return FAILED if comparison.failures else 0


def _names(text: str) -> list[str]:
    names = _arguments.names(text)
    if "all" in names and len(names) > 1:
        raise argparse.ArgumentTypeError(f"must be all or names, not both, got {text!r}")
    return names


def _methods(
    arguments: argparse.Namespace,
) -> "tuple[Literal['all'] | dict[str, Method], dict[str, dict[str, Any]]]":
    """Methods and their options by the names that the sheet has."""
    if arguments.methods == ["all"]:
        return "all", {}
    methods: dict[str, Method] = {}
    options: dict[str, dict[str, Any]] = {}
    for text in arguments.methods:
        label, method, its_options = _candidate(text)
        if label in methods:
            raise _arguments.Misused(f"--methods has {label} twice; write LABEL=METHOD")
        methods[label], options[label] = method, its_options
    return methods, options


def _candidate(text: str) -> tuple[str, str, dict[str, Any]]:
    if not set(text) & set(":="):
        return text, text, {}
    from harmonia.evaluation import candidate

    found = candidate(text, where="compare")
    if found.method is None:
        raise _arguments.Misused(
            f"--methods {text}: the composite is always shown, and folders of finished pictures "
            "are for harmonia evaluate; name methods"
        )
    return found.label, found.method, found.options


def _check(arguments: argparse.Namespace) -> None:
    """Before anything is read, as methods may take long."""
    from pathlib import Path

    from harmonia.cli import _task

    _task.refuse_second_standard_input([arguments.image, arguments.mask, arguments.real])
    if arguments.zoom and arguments.boxes is not None:
        raise _arguments.Misused("--zoom says what to enlarge, so that --boxes has no say; use one")
    if arguments.protocol is not None and arguments.real is None:
        raise _arguments.Misused("--protocol needs a --real picture to measure by")
    path = Path(arguments.output)
    if path.suffix.lower() not in (".html", ".htm", ".png"):
        raise _arguments.Misused(f"-o must end in .html or .png, got {arguments.output}")
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"there is no folder {path.parent} to write {path.name} to; make it first"
        )
    if path.exists() and not arguments.overwrite:
        raise FileExistsError(f"{path} is there already; pass --overwrite to replace it")


def _read(arguments: argparse.Namespace) -> "tuple[Picture, Any, Picture | None]":
    from harmonia.cli import _scene, _task

    picture = _task.read(arguments.image, to_srgb=arguments.to_srgb)
    _scene.noted(arguments.image, picture.notes)
    mask = _task.read_mask(arguments.mask, picture, _arguments.MaskWays.of(arguments))
    _scene.noted(arguments.mask, mask.notes)
    _warn_of_profile(arguments.image, picture)
    if arguments.real is None:
        return picture, mask.mask, None
    real = _task.read(arguments.real, to_srgb=arguments.to_srgb)
    _scene.noted(arguments.real, real.notes)
    if real.pixels.shape[:2] != picture.pixels.shape[:2]:
        sizes = [f"{p.pixels.shape[1]} x {p.pixels.shape[0]}" for p in (real, picture)]
        raise ValueError(
            f"--real is {sizes[0]} pixels and IMG {sizes[1]}; pixels at the same place are "
            "compared, so pass one of the same size"
        )
    _scene.warn_of_profiles(arguments.image, picture, arguments.real, real)
    return picture, mask.mask, real


def _warn_of_profile(name: str, picture: "Picture") -> None:
    """A sheet has no profile: it is sRGB."""
    import dataclasses

    import harmonia
    from harmonia.cli import _task

    plain = dataclasses.replace(picture, icc=None, ancillary={})
    if harmonia.io.profiles_differ(picture, plain):
        _console.caution(
            f"{_task.shown(name)} has a colour profile other than sRGB, which the sheet does not "
            "show; --to-srgb converts the colours first"
        )


def _title(arguments: argparse.Namespace) -> str:
    from pathlib import Path

    from harmonia.cli import _task

    name = arguments.image
    return _task.shown(name) if name == _task.STANDARD else Path(name).name


def _report(arguments: argparse.Namespace, comparison: "Comparison") -> dict[str, Any]:
    return {
        "output": arguments.output,
        "boxes": [list(box) for box in comparison.boxes],
        "composite": dict(comparison.scores.get("composite", {})) or None,
        "methods": [
            {
                "method": name,
                "seconds": round(seconds, 6),
                "scores": dict(comparison.scores.get(name, {})) or None,
                "error": comparison.failures.get(name),
            }
            for name, seconds in comparison.seconds.items()
        ],
        "warnings": _console.cautions(),
    }
