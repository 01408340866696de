"""harmonia data spread: a table and a plot of what composites change."""

import argparse
from pathlib import Path
from typing import Any

from harmonia import datasets
from harmonia.cli import _console
from harmonia.cli._arguments import Misused
from harmonia.cli._data.looking import looking
from harmonia.cli._table import table

HEAD = ["composites", "n", "MSE", "median", "PSNR", "median", "fMSE", "median"]
HEAD += ["foreground", "median"]
MEASURED = {
    "256": "at 256 x 256, protocol ihd_script",
    "native": "at the sizes of the files, from the manifest",
}


def run(arguments: argparse.Namespace) -> int:
    if not arguments.names:
        raise Misused("spread needs a DIR")
    if arguments.plot and Path(arguments.plot).suffix.lower() != ".svg":
        raise Misused(f"--plot must end in .svg, got {arguments.plot!r}")
    if arguments.plot and len(arguments.names) > 1:
        raise Misused("--plot draws one DIR")
    if arguments.from_manifest and (arguments.split or arguments.dataset):
        raise Misused("--from-manifest reads all rows, so neither --split nor --dataset go with it")
    found = [(folder, _spread(arguments, folder)) for folder in arguments.names]
    if arguments.plot:
        _draw(Path(arguments.plot), *found[0])
    if arguments.json:
        _console.show_json([{"dir": name, **one.to_dict()} for name, one in found])
        return 0
    for number, (folder, spread) in enumerate(found):
        rows = [HEAD, *_rows(spread)]
        if arguments.markdown:
            from harmonia.datasets import _page

            shown = _page.grid(rows, right=range(1, len(HEAD))).rstrip("\n")
        else:
            shown = table(rows, right=range(1, len(HEAD)))
        gap = "\n" if number else ""
        _console.show(f"{gap}{folder}, {MEASURED[spread.measured]}\n\n{shown}")
        if spread.left_out:
            _console.say(f"{spread.left_out} without a real are left out")
    return 0


def _spread(arguments: argparse.Namespace, folder: str) -> datasets.Spread:
    if arguments.from_manifest:
        return datasets.spread(folder)
    name = arguments.dataset or "iharmony4"
    with looking(arguments) as (workers, step):
        options = dict(arguments.options)
        if arguments.split is not None:
            options["split"] = arguments.split
        return datasets.spread(datasets.load(name, folder, **options), workers=workers, step=step)


def _draw(target: Path, folder: str, spread: datasets.Spread) -> None:
    from harmonia import _atomic

    drawn = datasets.spread_svg(spread, title=f"{Path(folder).resolve().name}: composites")
    _atomic.write(target, drawn.encode())


def _rows(spread: datasets.Spread) -> list[list[str]]:
    rows = []
    for group, said in spread.to_dict()["groups"].items():
        rows.append([group, f"{said['composites']:,}", *_cells(said)])
        known = spread.published(group)
        if known is not None:
            means = [_shown(name, value) for name, value in known._asdict().items()]
            psnr, fmse = means[1], means[2]
            cells = [means[0], "", psnr, "", fmse, "", means[3], ""]
            rows.append(["  published", "", *cells])
    return rows


def _cells(said: dict[str, Any]) -> list[str]:
    cells = []
    for name in ("mse", "psnr", "fmse", "foreground"):
        numbers = said[name] or {}
        cells += [_shown(name, numbers.get(one)) for one in ("mean", "median")]
    return cells


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{100 * value:.1f} %" if name == "foreground" else f"{value:.2f}"
