"""How close the methods come to the real photograph, on a folder of triplets.

    python benchmarks/bench_triplets.py FOLDER [--save-results] [--sheet sheet.jpg]

FOLDER holds one folder a triplet, with `composite`, `mask` and `real` as PNG or JPEG of one size.
Masks are cut at 128, since those saved as JPEG have noise. Figures are means over the triplets, on
codes of 0..255: MSE and PSNR over the whole picture, fMSE over the pixels inside the mask.
"""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import harmonia
import numpy as np
from environment import environment, write_results
from numpy.typing import NDArray
from PIL import Image, ImageDraw

RESULTS = Path(__file__).parent / "results" / "triplets.json"
Bytes = NDArray[np.uint8]

# Options worth a row of their own, beside the defaults of every method.
VARIANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "idt": ({"regrain": False},),
    "lalonde_efros": ({"sigma": 50.0},),
    "reinhard": ({"space": "lab"},),
    "xue": ({"zones": "learned"},),
}


class Triplet(NamedTuple):
    name: str
    composite: Bytes
    inside: NDArray[np.bool_]
    real: Bytes


def read_triplets(folder: Path) -> Iterator[Triplet]:
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        composite, real = (
            np.asarray(picture(place, stem, "RGB")) for stem in ("composite", "real")
        )
        inside = np.asarray(picture(place, "mask", "L")) >= 128
        yield Triplet(place.name, composite, inside, real)


def picture(place: Path, stem: str, mode: str) -> Image.Image:
    (path,) = place.glob(f"{stem}.*")
    with Image.open(path) as opened:
        return opened.convert(mode)


def candidates() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Label, method, options: the default, and what is no network."""
    for method in ("harmonia", *harmonia.list_methods()):
        for options in ({}, *VARIANTS.get(method, ())):
            label = ", ".join([method, *(f"{key}={value!r}" for key, value in options.items())])
            yield label, method, options


def errors(output: Bytes, triplet: Triplet) -> dict[str, float]:
    squared = (output.astype(np.float64) - triplet.real) ** 2
    mse = float(squared.mean())
    return {
        "mse": mse,
        "fmse": float(squared[triplet.inside].mean()),
        "psnr": float(10 * np.log10(255**2 / mse)),
    }


def measure(triplets: list[Triplet]) -> tuple[list[dict[str, Any]], dict[str, dict[str, Bytes]]]:
    """One row a candidate with the means and every triplet's figures; and all pictures."""
    pictures: dict[str, dict[str, Bytes]] = {}
    rows = []
    for label, method, options in [("composite", "", {}), *candidates()]:
        outputs = {
            triplet.name: harmonia.harmonize(triplet.composite, triplet.inside, method, **options)
            if method
            else triplet.composite
            for triplet in triplets
        }
        each = {triplet.name: errors(outputs[triplet.name], triplet) for triplet in triplets}
        mean = {
            key: round(float(np.mean([one[key] for one in each.values()])), 2)
            for key in ("mse", "fmse", "psnr")
        }
        better = sum(
            one["mse"] < errors(t.composite, t)["mse"]
            for t, one in zip(triplets, each.values(), strict=True)
        )
        rounded = {
            name: {key: round(value, 2) for key, value in one.items()} for name, one in each.items()
        }
        rows.append({"name": label, **mean, "better": better, "of": len(triplets), "each": rounded})
        pictures[label] = {name: thumbnail(output) for name, output in outputs.items()}
        print(
            f"{label:40} MSE {mean['mse']:8.1f}  fMSE {mean['fmse']:8.1f}  PSNR {mean['psnr']:5.2f}"
        )
    return rows, pictures


SIZE, LABEL = 224, 40


def thumbnail(image: Bytes) -> Bytes:
    small = Image.fromarray(image)
    small.thumbnail((SIZE, SIZE))
    tile = Image.new("RGB", (SIZE, SIZE), "white")
    tile.paste(small, ((SIZE - small.width) // 2, (SIZE - small.height) // 2))
    return np.asarray(tile)


def sheet(triplets: list[Triplet], pictures: dict[str, dict[str, Bytes]]) -> Image.Image:
    """A row a triplet: mask, composite, every method, the real photograph."""
    columns = {
        "mask": {
            t.name: thumbnail(np.repeat(np.uint8(255) * t.inside[..., None], 3, 2))
            for t in triplets
        },
        **pictures,
        "real": {t.name: thumbnail(t.real) for t in triplets},
    }
    whole = Image.new("RGB", (SIZE * len(columns), LABEL + SIZE * len(triplets)), "white")
    pen = ImageDraw.Draw(whole)
    for x, (label, tiles) in enumerate(columns.items()):
        pen.text((SIZE * x + 4, 4), textwrap.fill(label, 34), fill="black")
        for y, triplet in enumerate(triplets):
            whole.paste(Image.fromarray(tiles[triplet.name]), (SIZE * x, LABEL + SIZE * y))
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--sheet", type=Path, help="write a picture of all results side by side")
    arguments = parser.parse_args()
    before = environment()
    triplets = list(read_triplets(arguments.folder))
    rows, pictures = measure(triplets)
    if arguments.save_results:
        write_results(RESULTS, before, rows)
    if arguments.sheet:
        sheet(triplets, pictures).save(arguments.sheet)


if __name__ == "__main__":
    main()
