"""Score results against the real pictures: one, or folders of them.

harmonia metrics out.png real.png mask.png
harmonia metrics outs/ reals/ masks/ --protocol idih --csv scores.csv     partners by their stems
harmonia metrics --list                                                    metrics and protocols
"""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from harmonia.cli import _arguments, _console, _table

if TYPE_CHECKING:
    from harmonia.metrics import Protocol, Scores, Summary


class Scored(NamedTuple):
    name: str
    scores: "Scores"
    format: str  # of the file that was scored
    other_colours: bool  # whether it has another profile than the real one


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", nargs="?", metavar="OUT", help="the result, or a folder of them")
    parser.add_argument("real", nargs="?", metavar="REAL", help="the real picture, or a folder")
    parser.add_argument(
        "mask", nargs="?", metavar="MASK", help="the mask, or a folder; without it whole pictures"
    )
    parser.add_argument("--list", action="store_true", help="list metrics and protocols")
    scores = parser.add_argument_group("scores")
    scores.add_argument(
        "--protocol",
        default="harmonia",
        metavar="NAME",
        help="how each number is computed: harmonia, or as the code of a paper (--list); "
        "NAME-SIZE resizes first (default: %(default)s)",
    )
    scores.add_argument(
        "--metrics",
        type=_arguments.names,
        metavar="NAME,NAME",
        help="which (default: mse, fmse, psnr, fpsnr, ssim and fssim, as far as the protocol and "
        "a mask allow)",
    )
    scores.add_argument(
        "--as-jpeg",
        type=_arguments.whole(1, 100),
        metavar="1..100",
        help="score OUT as a JPEG of this quality would be, for comparison with scores of JPEG "
        "files",
    )
    folders = parser.add_argument_group("folders")
    folders.add_argument("--per-file", action="store_true", help="show the scores of each file")
    folders.add_argument("--bins", action="store_true", help="means by the foreground's share too")
    folders.add_argument("--csv", metavar="FILE", help="write the scores of each file")
    folders.add_argument("--overwrite", action="store_true", help="replace the CSV that is there")
    folders.add_argument(
        "--subset", action="store_true", help="let REAL and MASK have more files than OUT"
    )
    _arguments.add_mask(parser)
    _arguments.add_profile(parser)
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> None:
    if arguments.list:
        _list(arguments.json)
        return
    _check(arguments)
    protocol, names = _what(arguments)
    started = time.perf_counter()
    pairs = _pairs(arguments)
    rows = _score_all(pairs, protocol, names, arguments)
    _warn_of_losses(rows, arguments)
    _warn_of_doubts(rows, arguments)
    if arguments.csv is not None:
        _write_csv(rows, names, arguments)
    if Path(arguments.output).is_dir():
        _show_many(rows, arguments)
    else:
        _show_one(rows[0].scores, arguments)
    seconds = time.perf_counter() - started
    _console.say(f"{len(rows)} scored by protocol {protocol.name} in {seconds:.2f} s")


def _check(arguments: argparse.Namespace) -> None:
    """Before anything is read."""
    if arguments.real is None:
        raise _arguments.Misused("needs OUT and REAL, and MASK for what is of the foreground")
    given = [arguments.output, arguments.real, *([arguments.mask] if arguments.mask else [])]
    if len({Path(name).is_dir() for name in given}) > 1:
        raise _arguments.Misused(
            "OUT, REAL and MASK must be three files or three folders, not some of each"
        )
    for flag in _arguments.MaskWays.of(arguments).flags if arguments.mask is None else []:
        raise _arguments.Misused(f"{flag} needs a MASK")
    if arguments.mask is None and arguments.bins:
        raise _arguments.Misused("--bins needs a MASK")
    if arguments.csv is not None and Path(arguments.csv).exists() and not arguments.overwrite:
        raise FileExistsError(f"{arguments.csv} is there already; pass --overwrite to replace it")


def _what(arguments: argparse.Namespace) -> "tuple[Protocol, list[str]]":
    """The protocol, and the metrics asked for or those that it has a usual value of."""
    import harmonia
    from harmonia import _registry

    protocol = harmonia.metrics.find_protocol(arguments.protocol, where="--protocol")
    if arguments.metrics is not None:
        for name in arguments.metrics:
            _registry.find_metric(name, where="--metrics")
        return protocol, arguments.metrics
    return protocol, [
        name
        for name in protocol.usual_metrics
        if arguments.mask is not None
        or not (
            _registry.find_metric(name, where="--metrics").needs_mask or protocol.reads_mask(name)
        )
    ]


def _pairs(arguments: argparse.Namespace) -> dict[str, list[Path]]:
    """What to score, by name: the output, the real picture and, where there is one, the mask."""
    from harmonia import _image_files
    from harmonia.cli import _partners

    given = {"OUT": arguments.output, "REAL": arguments.real, "MASK": arguments.mask}
    paths = {name: Path(path) for name, path in given.items() if path is not None}
    if not paths["OUT"].is_dir():
        return {paths["OUT"].name: list(paths.values())}
    suffixes = list(_image_files.SUFFIXES)
    found = _partners.partners(paths, suffixes, subset=arguments.subset)
    return {files[0].name: files for files in found.values()}


def _score_all(
    pairs: dict[str, list[Path]],
    protocol: "Protocol",
    names: list[str],
    arguments: argparse.Namespace,
) -> list[Scored]:
    """In the order of the pairs; one that cannot be scored stops all, as means would mislead."""
    import warnings
    from concurrent.futures import ThreadPoolExecutor

    import harmonia

    def score(item: tuple[str, list[Path]]) -> Scored:
        name, paths = item
        try:
            return _score(name, paths, protocol, names, arguments)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name}: {error}") from error

    if len(pairs) == 1:
        return [score(item) for item in pairs.items()]
    with (
        warnings.catch_warnings(),  # here, as it is of all threads
        ThreadPoolExecutor(harmonia.get_num_threads()) as pool,
    ):
        warnings.simplefilter("ignore", harmonia.io.MaskWarning)  # told of once, at the end
        try:
            return list(pool.map(score, pairs.items()))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _score(
    name: str,
    paths: list[Path],
    protocol: "Protocol",
    names: list[str],
    arguments: argparse.Namespace,
) -> Scored:
    import harmonia
    from harmonia.cli import _task

    output, real = (_task.read(str(path), to_srgb=arguments.to_srgb) for path in paths[:2])
    pixels = output.pixels if arguments.as_jpeg is None else _as_jpeg(output.pixels, arguments)
    mask = None
    if len(paths) > 2:
        ways = _arguments.MaskWays.of(arguments)
        mask = _task.read_mask(str(paths[2]), output, ways).mask
    scores: Any = harmonia.evaluate(pixels, real.pixels, mask, names, protocol)
    return Scored(name, scores, output.format, harmonia.io.profiles_differ(output, real))


def _as_jpeg(pixels: Any, arguments: argparse.Namespace) -> Any:
    import io

    import harmonia

    file = io.BytesIO()
    harmonia.io.write(file, pixels[..., :3], format="JPEG", quality=arguments.as_jpeg)
    return harmonia.io.read(file.getvalue()).pixels


def _warn_of_losses(rows: list[Scored], arguments: argparse.Namespace) -> None:
    from harmonia._image_files import LOSSY

    lossy = [row for row in rows if row.format in LOSSY]
    if not lossy or arguments.as_jpeg is not None:
        return
    which = lossy[0].name if len(rows) == 1 else f"{len(lossy)} of {len(rows)} files in OUT"
    _console.caution(
        f"{which}: {lossy[0].format} is lossy, and its losses are in "
        "the scores, which differ from those of the result before it was saved; save it as PNG"
    )


def _warn_of_doubts(rows: list[Scored], arguments: argparse.Namespace) -> None:
    """What makes a score mean something else, once for all files."""
    from harmonia.io.masks import INVERTED

    others = [row.name for row in rows if row.other_colours]
    if others:
        _console.caution(
            f"{len(others)} of {len(rows)} in OUT have another colour profile than in REAL, such "
            f"as {others[0]}; values are compared as they are (--to-srgb converts them)"
        )
    full = [row.name for row in rows if row.scores.foreground_ratio > INVERTED]
    if len(rows) > 1 and full and arguments.mask is not None:
        _console.caution(
            f"{len(full)} of {len(rows)} masks have more than {100 * INVERTED:.0f} % foreground, "
            f"such as that of {full[0]}; if white is the background in them, pass --invert-mask"
        )


def _write_csv(rows: list[Scored], names: list[str], arguments: argparse.Namespace) -> None:
    import csv
    import io

    from harmonia import _atomic

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    masked = arguments.mask is not None
    writer.writerow(["file", "protocol", *(["foreground_ratio"] if masked else []), *names])
    for row in rows:
        scores = row.scores
        values = [scores.foreground_ratio] if masked else []
        values += [scores[name] for name in names]
        writer.writerow([row.name, scores.protocol, *map(repr, values)])
    data = text.getvalue().encode("utf-8")
    _atomic.write(Path(arguments.csv), data, overwrite=arguments.overwrite)


def _show_one(scores: "Scores", arguments: argparse.Namespace) -> None:
    if arguments.json:
        share = _share(scores, arguments)
        data = {"protocol": scores.protocol} | share | {"scores": dict(scores)}
        _console.show_json(data | {"warnings": _console.cautions()})
        return
    rows = [(name, _table.number(value)) for name, value in scores.items()]
    _console.show(_table.table(rows, right=(1,)))


def _show_many(rows: list[Scored], arguments: argparse.Namespace) -> None:
    import harmonia

    scores = [row.scores for row in rows]
    groups = harmonia.metrics.foreground_bins(scores) if arguments.bins else None
    summary = harmonia.metrics.summarize(scores, groups=groups)
    if arguments.json:
        _console.show_json(_as_data(rows, summary, arguments))
        return
    if arguments.per_file:
        names = list(scores[0])
        lines = [("file", *names)]
        lines += [(row.name, *(_table.number(row.scores[n]) for n in names)) for row in rows]
        _console.show(_table.table(lines, right=range(1, len(names) + 1)) + "\n")
    _console.show(f"{len(rows)} images, protocol {summary.protocol}\n")
    head = ("", "metric", "mean", "from", "to", "images", "infinite", "undefined")
    lines = [head if arguments.bins else head[1:]]
    for group in sorted(summary.groups, key=_order):
        for name, mean in summary[group].items():
            numbers = [_table.number(value) for value in (mean.mean, mean.low, mean.high)]
            counts = [str(n) for n in (mean.images, mean.infinite, mean.undefined)]
            line = (group, name, *numbers, *counts)
            lines.append(line if arguments.bins else line[1:])
    shift = 2 if arguments.bins else 1
    _console.show(_table.table(lines, right=range(shift, shift + 6)))
    _console.say("from, to: where the mean of such images lies, with 95 % confidence")


def _share(scores: "Scores", arguments: argparse.Namespace) -> dict[str, Any]:
    return {} if arguments.mask is None else {"foreground_ratio": scores.foreground_ratio}


def _order(group: str) -> tuple[bool, float]:
    """Bins by their lower edge, all of them behind."""
    edge = group.partition("-")[0]
    return (group == "All", float(edge) if group != "All" else 0.0)


def _as_data(
    rows: list[Scored], summary: "Summary", arguments: argparse.Namespace
) -> dict[str, Any]:
    means = {
        group: {name: mean._asdict() for name, mean in found.items()}
        for group, found in summary.groups.items()
    }
    data: dict[str, Any] = {"protocol": summary.protocol, "images": len(rows), "means": means}
    data["warnings"] = _console.cautions()
    if arguments.per_file:
        data["files"] = [
            {"file": row.name} | _share(row.scores, arguments) | dict(row.scores) for row in rows
        ]
    return data


def _list(json: bool) -> None:
    from dataclasses import asdict

    import harmonia
    from harmonia import _catalogue

    entries = _catalogue.metrics_catalogue()
    protocols = [harmonia.metrics.find_protocol(name) for name in harmonia.metrics.list_protocols()]
    if json:
        _console.show_json(
            {
                "metrics": [asdict(entry) for entry in entries],
                "protocols": [
                    {"name": one.name, "source": one.source, "defines": list(one.defines)}
                    for one in protocols
                ],
            }
        )
        return
    rows = [("metric", "better", "mask", "what it is")]
    for entry in entries:
        rows.append((entry.name, entry.better, "needed" if entry.needs_mask else "", entry.summary))
    _console.show(_table.table(rows))
    lines = [("protocol", "as computed by", "defines")]
    for one in protocols:
        defines = "all" if len(one.defines) == len(entries) else ", ".join(one.defines)
        lines.append((one.name, one.source, defines))
    _console.show("\n" + _table.table(lines))
    _console.show("\nA protocol takes a size, at which it measures: harmonia-256, cdtnet-512")
