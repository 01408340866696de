"""Arguments that several commands take, each named and explained in one place."""

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

COMMON_FLAGS = ("--debug", "--quiet", "-q")

# What errors of the library call its parameters, in words of the command line.
FLAGS = (
    (r"^synthesize: (seed|count|workers|quality|sheet|filters|output)\b", r"--\1"),
    (r"^synthesize: source\b", "SOURCE"),
    (r"^synthesize: ", ""),
    (
        r"^train: (seed|size|batch|accumulate|rate|average|precision|device|workers|protocol|steps|"
        r"epochs|validation)\b",
        r"--\1",
    ),
    (r"^train: (log|save|validate|sample)_every\b", r"--\1-every"),
    (
        r"^train: data '\w+': folder has composites without reals.*",
        "--data holds pictures without reals; --photos makes composites of photographs with masks",
    ),
    (r"^(?:train|rerun): ", ""),
    (r"\bthere is no (\S+); the source is a folder", r"--photos: there is no \1; it is a folder"),
    (r"; pass (?:it|them) as data$", "; give it by --data or --photos"),
    (r"; pass the data$", "; give it by --data or --photos"),
    (r"^(?:table|paired): (metrics|methods|sort|against)\b", r"--\1"),
    (r"^table: layout\b", "--layout"),
    (r"^table: results\b", "RESULTS"),
    (r"^(?:table|paired): ", ""),
    (
        r"\bneeds novel, the names of samples of the novel category or their list\b",
        "needs --novel, the list of the novel samples",
    ),
    (r"\bresize=True(?!\w)", "--resize-mask"),
    (r"\binvert=True(?!\w)", "--invert-mask"),
    (r"(holds only 0 and 1); multiply it by \d+$", r"\1; pass --ones-mask to take 1 for white"),
    (r"\boverwrite=True(?!\w)", "--overwrite"),
    (r"\bweights='file'", "--weights FILE"),
    (r"^load: ", ""),
    (r"^datasets\.load: root: ", "--root: "),
    (r"^evaluation\.plan: (methods|metrics|size|shard_size|protocol)\b:?", r"--\1"),
    (r"^--shard_size", "--shard-size"),
    (r"^evaluation\.plan: evaluate: ", ""),
    (r"^evaluation\.report: (output|metric|cases|budget)\b", r"--\1"),
    (r"^evaluation\.reopen: root: ", "--root: "),
    (r"^(?:evaluation|figures)(\.\w+)?: ", ""),
    (r"\bor pass masks=$", "or pass --masks DIR or --mask FILE"),
    (r"\bpass masks=", "pass --masks "),
    (r"\bquality=100(?!\w)", "--quality 100"),
    (r"\bbits=16(?!\w)", "--bits 16"),
    (r"\bfit_reference=True(?!\w)", "--fit-reference"),
    (r"^write: format must be given for .*", "--format must say what to write, such as png"),
    (r"^write: (quality|format)\b", r"--\1"),
    (r"^(?:harmonize|fit): image\b", "PICTURE"),
    (r"^(?:harmonize|fit): mask\b", "MASK"),
    (r"^(?:harmonize|fit): reference_mask\b", "--reference-mask"),
    (r"^(?:harmonize|fit): (reference|strength)\b", r"--\1"),
    (r"^(?:harmonize|fit): (?=unknown|method)", ""),
    (r"^paste: foreground\b", "CUTOUT"),
    (r"^paste: background\b", "BACKGROUND"),
    (r"^paste: (at|scale)\b", r"--\1"),
    (r"out_of_range='clamp' or 'extrapolate'", "--out-of-range clamp or extrapolate"),
    (r"^(?:apply_lut3d|fit_lut): (strength|smoothness)\b", r"--\1"),
    (r"^(?:apply_lut3d|fit_lut): mask\b", "MASK"),
    (r"^write_lut: (bits|title)\b", r"--\1"),
    (r"^read_lut: path\b", "LUT"),
    (r"\bevaluate: ", ""),
    (r"^bradley_terry: resample=\S+", "--resample"),
    (r"^bradley_terry: (?:votes: )?", ""),
    (r"\bpass prior=1,", "pass --prior 1,"),
    (r"^read_votes: key\b", "--key"),
    (r"^read_votes: ", ""),
    (r"^write_study: target: ", "-o: "),
    (r"^write_study: (checks|longest|quality)\b", r"--\1"),
    (r"^write_study: ", ""),
    (r"a smaller longest, a lower quality, fewer samples", "--longest, --quality, --limit"),
    # Cures that are Python.
    (r"use harmonize\(\.\.\.\) on each frame(, or .* much the same)?", "leave --fit out"),
    (r", or leave (?:it|them) out with (?:pixels\[|dataclasses\.).*", ""),
    (r", or round them to uint8 first", ""),
    (r"convert with (?:image|numpy)\S*", "convert it first"),
)


class Misused(ValueError):
    """Arguments that make no sense, or none together; the exit status is 2."""


def check_action(arguments: argparse.Namespace, of: Mapping[str, Sequence[str]]) -> None:
    """Refuse options that are of other actions than the one that was asked for."""
    for name, actions in of.items():
        given = getattr(arguments, name) not in (None, False, [])
        if given and arguments.action not in actions:
            flag = {"options": "--set", "output": "-o"}.get(name, f"--{name.replace('_', '-')}")
            raise Misused(f"{flag} is of {' and '.join(actions)}, not of {arguments.action}")


def add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-q", "--quiet", action="store_true", help="show warnings and errors only")
    parser.add_argument("--debug", action="store_true", help="show where in the code an error was")


def add_json(parser: argparse._ActionsContainer) -> None:
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
        type=number(0, 1),
        default=1.0,
        metavar="SHARE",
        help="from 0, no change, to 1, all of it (default: 1)",
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
    group.add_argument(
        "--weights",
        dest="options",
        action="append",
        type=lambda text: ("weights", text),
        default=[],
        metavar="FILE",
        help="weights of a network (default: from the folder that `harmonia weights list` names)",
    )
    group.add_argument(
        "--device",
        dest="options",
        action="append",
        type=lambda text: ("device", text),
        default=[],
        metavar="NAME",
        help="where a network runs, such as cuda (default: the CPU)",
    )


def add_reference(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("reference")
    group.add_argument(
        "--reference",
        metavar="IMAGE",
        help="match this picture instead of the background around the foreground",
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
    group.add_argument(
        "--ones-mask", action="store_true", help="take 1 for white, in a mask of only 0 and 1"
    )


class MaskWays(NamedTuple):
    """How a mask is read, by the flags of `add_mask`."""

    invert: bool = False
    resize: bool = False
    ones: bool = False

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "MaskWays":
        return cls(arguments.invert_mask, arguments.resize_mask, arguments.ones_mask)

    @property
    def flags(self) -> list[str]:
        """Those that were given."""
        return [f"--{name}-mask" for name, given in self._asdict().items() if given]


AS_IT_IS = MaskWays()


def add_format(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--format",
        type=image_format,
        metavar="NAME",
        help="png, jpeg, webp, tiff, avif or exr, where the name does not say it",
    )


def add_output(parser: argparse.ArgumentParser) -> argparse._ActionsContainer:
    group = parser.add_argument_group("output")
    group.add_argument("--overwrite", action="store_true", help="replace files that are there")
    group.add_argument(
        "--quality",
        type=whole(1, 100),
        default=95,
        metavar="1..100",
        help="of JPEG, WebP and AVIF (default: %(default)s); WebP is lossless at 100",
    )
    return group


def add_profile(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("colours")
    group.add_argument(
        "--to-srgb",
        action="store_true",
        help="convert the colours to sRGB first, by the profile of the picture",
    )


def option(text: str) -> tuple[str, Any]:
    from harmonia._registry import option_of

    if text.find("=") < 1:
        raise argparse.ArgumentTypeError(f"must be NAME=VALUE, got {text!r}")
    return option_of(text)


def image_format(text: str) -> str:
    from harmonia import _image_files

    name = {"JPG": "JPEG", "TIF": "TIFF"}.get(text.upper(), text.upper())
    if name not in _image_files.MODULES:
        known = ", ".join(map(str.lower, _image_files.MODULES))
        raise argparse.ArgumentTypeError(f"must be one of {known}, got {text!r}")
    return name


def number(low: float, high: float, *, above: bool = False) -> Callable[[str], float]:
    """A type for argparse: a number of `low` to `high`, or with `above` one above `low`."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high or (above and value == low) or abs(value) == float("inf"):
            wanted = f"from {low:g} to {high:g}" if high < float("inf") else f"of {low:g} or more"
            wanted = f"above {low:g}" if above else wanted
            raise argparse.ArgumentTypeError(f"must be a number {wanted}, got {text!r}")
        return value

    return parse


def whole(low: int, high: int | None = None) -> Callable[[str], int]:
    """A type for argparse: a whole number of `low` to `high`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = None
        if value is None or value < low or (high is not None and value > high):
            wanted = f"of {low} or more" if high is None else f"from {low} to {high}"
            raise argparse.ArgumentTypeError(f"must be a whole number {wanted}, got {text!r}")
        return value

    return parse


def names(text: str) -> list[str]:
    """A,B: one or several, with commas between."""
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        raise argparse.ArgumentTypeError(f"must name at least one, got {text!r}")
    return found


def point(text: str) -> tuple[int, int]:
    """X,Y in pixels."""
    try:
        x, y = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be X,Y in whole pixels, such as 40,120, got {text!r}"
        ) from None
    return x, y


def box(text: str) -> tuple[int, int, int, int]:
    """X,Y,W,H in pixels."""
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be X,Y,W,H in whole pixels, such as 40,120,200,150, got {text!r}"
        ) from None
    return x, y, width, height


def in_words_of_flags(sentence: str) -> str:
    """An error of the library as one who types commands would put it."""
    for pattern, words in FLAGS:
        sentence = re.sub(pattern, words, sentence)
    return sentence
