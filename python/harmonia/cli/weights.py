"""Weights of networks: list what is published and what is here, convert, verify, download.

harmonia weights list                      checkpoints, their pages and licences, and what is here
harmonia weights convert issam256.pth      recognise it, write it where harmonize finds it
harmonia weights verify                    look through the folder of weights
harmonia weights pull issam.256            download it, after asking
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from harmonia.cli import _arguments, _console
from harmonia.cli._arguments import Misused
from harmonia.cli._table import table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=("list", "convert", "verify", "pull"), metavar="list|convert|verify|pull"
    )
    parser.add_argument(
        "name",
        nargs="?",
        metavar="FILE|NAME",
        help="file to convert; weights to pull, such as issam.256",
    )
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="FILE",
        help="files to convert together with it, of a network whose parts are published apart",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="file to convert to (default: in the folder of weights)",
    )
    parser.add_argument(
        "-m", "--method", metavar="NETWORK", help="which network, where a file fits several"
    )
    parser.add_argument("-y", "--yes", action="store_true", help="download without asking")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there")
    _arguments.add_json(parser)


def run(arguments: argparse.Namespace) -> int | None:
    if arguments.parts and arguments.action != "convert":
        raise Misused(f"{arguments.parts[0]!r} is too much; only convert takes several")
    action = {"list": _list, "convert": _convert, "verify": _verify, "pull": _pull}
    return action[arguments.action](arguments)


def _list(arguments: argparse.Namespace) -> None:
    from harmonia import models
    from harmonia.nets import _folder, _weights

    rows: list[dict[str, Any]] = []
    here = _folder.folder()
    bundled = {
        _weights.notes_of(path)[_weights.ARCHITECTURE]: path
        for path in models.FOLDER.glob(f"*{_folder.SUFFIX}")
    }
    for kind in _weights.every_kind():
        published = [
            one
            for one in _weights.architecture_of(kind.network).published
            if one.variant == kind.variant
        ]
        files = _folder.files_of(kind.name, tuple(published))
        found = next((here / name for name in files if (here / name).is_file()), None)
        found = found or bundled.get(kind.name)
        entries: list[Any] = list(published) or [None]
        for one in entries:
            rows.append(
                {
                    "weights": kind.name,
                    "here": None if found is None else str(found),
                    "file": one and one.file,
                    "licence": one and one.licence,
                    "page": one and one.page,
                    "download": bool(one and one.url),
                }
            )
    if arguments.json:
        _console.show_json({"folder": str(here), "weights": rows})
        return
    lines = [
        [
            row["weights"],
            "yes" if row["here"] else "no",
            row["file"]
            or ("ships with harmonia" if row["weights"] in bundled else "none published"),
            row["licence"] or "",
            row["page"] or "",
        ]
        for row in rows
    ]
    _console.show(table([["weights", "here", "file", "licence", "page"], *lines]))
    _console.show(f"\nfolder of weights: {here}")


def _convert(arguments: argparse.Namespace) -> None:
    from harmonia.nets import _weights

    if arguments.name is None:
        raise Misused("convert needs a FILE")
    target = _weights.convert(
        [arguments.name, *arguments.parts],
        arguments.output,
        method=arguments.method,
        overwrite=arguments.overwrite,
    )
    notes = _weights.notes_of(target)
    if arguments.json:
        _console.show_json({"output": str(target), **notes})
    else:
        _console.show(f"{target}: {notes['architecture']}, licence {notes['licence']}")


def _verify(arguments: argparse.Namespace) -> int:
    from harmonia.nets import _folder, _weights
    from harmonia.nets._checkpoints import WeightsError

    here = Path(arguments.name) if arguments.name else _folder.folder()
    paths = sorted(here.iterdir()) if here.is_dir() else [here] if here.is_file() else []
    rows = []
    for path in paths:
        try:
            rows.append({"file": str(path), "is": _weights.recognise(path), "error": None})
        except (OSError, WeightsError) as error:
            rows.append({"file": str(path), "is": None, "error": str(error)})
    if arguments.json:
        _console.show_json(rows)
    elif not rows:
        _console.show(f"no weights in {here}")
    else:
        for row in rows:
            _console.show(f"{row['file']}: {row['is']}" if row["is"] else str(row["error"]))
    return int(any(row["error"] for row in rows))


def _pull(arguments: argparse.Namespace) -> int | None:
    from harmonia.nets import _download, _weights

    if arguments.name is None:
        raise Misused("pull needs a NAME, such as issam.256; see harmonia weights list")
    for kind in _weights.kinds_of(arguments.name, where="weights pull"):
        for one in _weights.architecture_of(kind.network).published:
            if one.variant != kind.variant:
                continue
            if one.url is None:
                _console.warn(f"{one.file}: not for download here; get it from {one.page}")
                continue
            _console.warn(f"{one.file} from {one.url}, licence {one.licence}")
            if not arguments.yes and not _agreed():
                _console.error("harmonia weights: nothing downloaded; --yes agrees")
                return 1
            _console.show(str(_download.pull(kind.name, one, overwrite=arguments.overwrite)))
            return None
    _console.error(f"harmonia weights: there is nothing to download for {arguments.name}")
    return 1


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("download it? [y/N] ").strip().lower() in ("y", "yes")
