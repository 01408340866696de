"""Figures of an evaluation for papers: photographs of a few samples, and charts of all.

harmonia figures results/ -o figures/                  all that there is to draw, as PNG and PDF
harmonia figures results/ -o figures/ --only grid --samples a0002_1_4,c35030_434421_1
harmonia figures results/ -o figures/ --only grid,differences --pick worst --of mkl --count 4
harmonia figures results/ -o figures/ --only scatter --metric fmse --width column

grid          composite with its contour, ground truth and methods, with enlarged parts
differences   how far each is from the ground truth, pixel by pixel, on one scale
triplet       composite, real and mask of the first sample
systems       four methods on it, two by two
gallery       more samples, page by page
scatter       a number of every sample against its share of foreground
distribution  quantiles and means of each method
tradeoff      quality against time, where harmonia evaluate --timing has measured it

Photographs are computed anew for the samples that are shown, from the dataset that was evaluated.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonia.cli import _arguments, _console

if TYPE_CHECKING:
    from harmonia.cli._parser import Parser
    from harmonia.evaluation import Results

PHOTOGRAPHS = ("grid", "differences", "triplet", "systems", "gallery")
CHARTS = ("scatter", "distribution", "tradeoff")
KINDS = (*PHOTOGRAPHS, *CHARTS)
FORMATS = ("png", "pdf")
PICKS = ("differ", "random", "best", "worst")
WIDTHS = ("page", "column")


def add_arguments(parser: "Parser") -> None:
    parser.missing = {"-o": "say where to write, as in -o figures/"}
    parser.add_argument(
        "results", metavar="RESULTS", help="a folder that harmonia evaluate has written"
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="DIR", help="folder to write to; made if missing"
    )
    parser.add_argument(
        "--only",
        type=_some_of(KINDS),
        metavar="NAME,NAME",
        help="these figures (default: all that there is to draw)",
    )
    parser.add_argument(
        "--methods",
        type=_arguments.names,
        metavar="NAME,NAME",
        help="these, in this order (default: all)",
    )
    parser.add_argument("--metric", metavar="NAME", help="of charts and of --pick (default: psnr)")
    parser.add_argument(
        "--root", metavar="DIR", help="where the dataset lies now, if it was moved since"
    )
    samples = parser.add_argument_group("samples")
    samples.add_argument("--samples", type=_arguments.names, metavar="NAME,NAME", help="show these")
    samples.add_argument(
        "--pick",
        choices=PICKS,
        default="differ",
        metavar="HOW",
        help="differ, where the methods' numbers lie farthest apart; random; best or worst of a "
        "method (default: %(default)s)",
    )
    samples.add_argument(
        "--of", metavar="METHOD", help="that of best and worst (default: the mean of all)"
    )
    samples.add_argument(
        "--count",
        type=_arguments.whole(1),
        default=3,
        metavar="N",
        help="how many (default: %(default)s)",
    )
    samples.add_argument("--each-subset", action="store_true", help="so many of every sub-dataset")
    samples.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of random (default: %(default)s)"
    )
    samples.add_argument(
        "--gallery",
        type=_arguments.whole(1),
        default=24,
        metavar="N",
        help="samples of the gallery, drawn by the seed (default: %(default)s)",
    )
    look = parser.add_argument_group("look")
    look.add_argument(
        "--boxes",
        type=_arguments.whole(0, 4),
        metavar="N",
        help="parts of the grid to enlarge, chosen where the methods differ (default: 2)",
    )
    look.add_argument(
        "--zoom",
        action="append",
        type=_arguments.box,
        metavar="X,Y,W,H",
        help="a part to enlarge, in pixels; may come several times",
    )
    look.add_argument("--no-numbers", action="store_true", help="no metrics below photographs")
    look.add_argument(
        "--width",
        choices=WIDTHS,
        default="page",
        metavar="WIDTH",
        help="page, 6.875 inches, or column, 3.25 (default: %(default)s)",
    )
    look.add_argument(
        "--format",
        type=_some_of(FORMATS),
        default=list(FORMATS),
        metavar="png,pdf",
        help="what to write (default: both)",
    )
    look.add_argument("--overwrite", action="store_true", help="replace files that are there")
    _arguments.add_json(look)


def run(arguments: argparse.Namespace) -> None:
    from harmonia._packages import package
    from harmonia.evaluation import Results, figures

    if arguments.zoom and arguments.boxes is not None:
        raise _arguments.Misused("--zoom says what to enlarge, so that --boxes has no say; use one")
    drawing = package("matplotlib")
    if drawing.version is None:
        raise ModuleNotFoundError(f"figures need matplotlib: {drawing.install}")
    results = Results(arguments.results)
    kinds = arguments.only or [kind for kind in KINDS if _there_is(kind, results)]
    folder = Path(arguments.output)
    _check_free(folder, kinds, arguments)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, figure in _drawn(kinds, arguments, results):
        for suffix in arguments.format:
            path = folder / f"{name}.{suffix}"
            figures.save(figure, path)
            written.append(str(path))
            _console.live(str(path))
    _console.live("")
    if arguments.json:
        _console.show_json({"written": written, "warnings": _console.cautions()})
    else:
        _console.show("\n".join(written))


def _drawn(
    kinds: Sequence[str], arguments: argparse.Namespace, results: "Results"
) -> Iterator[tuple[str, Any]]:
    """Figures by the names of their files."""
    from harmonia.evaluation import figures

    labels, metric, width = arguments.methods, arguments.metric, arguments.width
    charts: dict[str, Callable[[], Any]] = {
        "scatter": lambda: figures.scatter(
            results, metric or _usual(results), labels=labels, width=width
        ),
        "distribution": lambda: figures.distribution(
            results, [metric] if metric else None, labels=labels, width=width
        ),
        "tradeoff": lambda: figures.tradeoff(results, metric, labels=labels, width=width),
    }
    photographs = [kind for kind in kinds if kind in PHOTOGRAPHS]
    if photographs:
        yield from _photographs(photographs, arguments, results)
    for kind in kinds:
        if kind in charts:
            yield kind, charts[kind]()


def _photographs(
    kinds: Sequence[str], arguments: argparse.Namespace, results: "Results"
) -> Iterator[tuple[str, Any]]:
    from harmonia import evaluation
    from harmonia.evaluation import figures

    plan = evaluation.reopen(arguments.results, root=arguments.root)
    labels, width, numbers = arguments.methods, arguments.width, not arguments.no_numbers
    chosen = figures.choose(
        results,
        arguments.count,
        pick=arguments.pick,
        of=arguments.of,
        metric=arguments.metric,
        each_subset=arguments.each_subset,
        seed=arguments.seed,
        names=arguments.samples,
    )
    if any(kind != "gallery" for kind in kinds):
        samples = figures.look(plan, chosen, results=results, labels=labels)
        boxes = arguments.zoom or (2 if arguments.boxes is None else arguments.boxes)
        if "grid" in kinds:
            yield "grid", figures.grid(samples, boxes=boxes, numbers=numbers, width=width)
        if "differences" in kinds:
            yield "differences", figures.differences(samples, width=width)
        if "triplet" in kinds:
            yield "triplet", figures.triplet(samples[0], width=width)
        if "systems" in kinds:
            yield "systems", figures.systems(samples[0], width=width)
    if "gallery" in kinds:
        many = figures.choose(results, arguments.gallery, pick="random", seed=arguments.seed)
        each = figures.look_one_by_one(plan, many, results=results, labels=labels)
        pages = figures.gallery(each, numbers=numbers, width=width)
        for page, figure in enumerate(pages, start=1):
            yield f"gallery-{page:02}", figure


def _there_is(kind: str, results: "Results") -> bool:
    """Whether a figure can be drawn without being asked for."""
    from harmonia.evaluation.cost import FILE

    if kind == "tradeoff":
        return (results.folder / FILE).is_file()
    return kind != "systems" or len(results.labels) > 1


def _usual(results: "Results") -> str:
    return "psnr" if "psnr" in results.metrics else results.metrics[0]


def _check_free(folder: Path, kinds: Sequence[str], arguments: argparse.Namespace) -> None:
    if arguments.overwrite:
        return
    for kind in kinds:
        name = "gallery-01" if kind == "gallery" else kind
        for suffix in arguments.format:
            path = folder / f"{name}.{suffix}"
            if path.exists():
                raise FileExistsError(f"{path} is there already; pass --overwrite to replace it")


def _some_of(known: Sequence[str]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        names = _arguments.names(text)
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(
                    f"must be some of {', '.join(known)}, got {name!r}"
                )
        return [name for name in known if name in names]

    return parse
