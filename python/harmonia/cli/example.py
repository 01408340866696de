"""Harmonize the example that ships with harmonia and write a before | after picture."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

GAP = 8  # pixels of white between the two halves


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        help="picture to write",
    )
    parser.add_argument("--method", default="auto", help="method to use (default: %(default)s)")


def run(arguments: argparse.Namespace) -> None:
    import numpy as np
    from PIL import Image

    import harmonia

    before, mask = harmonia.example()
    after = harmonia.harmonize(before, mask, arguments.method)
    height, width, _ = before.shape
    gap = np.full((height, GAP, 3), 255, np.uint8)
    save_atomically(Image.fromarray(np.hstack([before, gap, after])), arguments.output)
    print(f"{arguments.output}: before | after, {width}x{height}, method {arguments.method}")


def save_atomically(picture: "Image.Image", path: Path) -> None:
    """Write beside `path`, then rename: a reader never sees half a picture."""
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent} to write {path.name} to; make it first")
    unfinished = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        picture.save(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
