"""Pictures of what the network that ships does, to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bench_triplets import picture
from PIL import Image, ImageDraw, ImageOps
from score_cases import Picture, pictures, read
from unseen import Composite

Pixels = np.ndarray[Any, Any]
Method = Callable[[Pixels, Pixels], Pixels]

SEED = 0
TILE, LABEL, GAP = 256, 16, 8
PAIRS_IN_ROW = 3
LEAST_AREA, MOST_AREA = 0.05, 0.4
MOST_AT_BORDER = 0.02  # of the border of the picture


class Scene(NamedTuple):
    name: str
    composite: Pixels
    mask: Pixels


def real_composites(folder: Path) -> list[Scene]:
    """A folder each, with composite and mask."""
    return [scene(place) for place in sorted(folder.iterdir()) if place.is_dir()]


def scene(place: Path) -> Scene:
    composite = np.asarray(picture(place, "composite", "RGB"))
    mask = np.asarray(picture(place, "mask", "L"))
    # GP-GAN's are 0 and 1.
    return Scene(place.name, composite, mask * np.uint8(255) if mask.max() == 1 else mask)


def pasted(corpus: Path, count: int) -> list[Scene]:
    """Foregrounds of test photographs on others: the same in every run."""
    rng = np.random.default_rng(SEED)
    rows = pictures(corpus / "manifest.csv", ["test"])
    fit = [row for row in rows if LEAST_AREA <= float(row["area"]) <= MOST_AREA]
    fronts = (read(fit[place], corpus) for place in rng.permutation(len(fit)))
    found: list[Scene] = []
    seen: set[str] = set()
    for front in fronts:
        if len(found) == count:
            break
        if front.group in seen or at_border(front.inside) > MOST_AT_BORDER:
            continue
        seen.add(front.group)
        others = [row for row in rows if row["group"] != front.group]
        ground = read(others[int(rng.integers(len(others)))], corpus)
        found.append(Scene(f"{front.name} on {ground.name}", paste(front, ground), front.mask))
    return found


def at_border(inside: Pixels) -> float:
    """The share of the picture's border that belongs to the foreground."""
    border = np.concatenate([inside[0], inside[-1], inside[:, 0], inside[:, -1]])
    return float(border.mean())


def paste(front: Picture, ground: Picture) -> Pixels:
    """Where it was, on the middle of the other in its shape."""
    height, width = front.mask.shape
    fitted = ImageOps.fit(Image.fromarray(ground.image), (width, height))
    return np.where(front.inside[..., None], front.image, np.asarray(fitted))


def pair_sheet(scenes: Sequence[Scene], call: Method) -> Image.Image:
    """Composite and result beside each other, some pairs a row."""
    pairs = [(one.name, [one.composite, call(one.composite, one.mask)]) for one in scenes]
    rows = [pairs[start : start + PAIRS_IN_ROW] for start in range(0, len(pairs), PAIRS_IN_ROW)]
    return laid_out(rows)


def worst_sheet(worst: Sequence[tuple[str, Composite]], call: Method) -> Image.Image:
    """Composite, result and real, one a row."""
    return laid_out(
        [
            [(label, [one.composite, call(one.composite, one.mask), one.real])]
            for label, one in worst
        ]
    )


def laid_out(rows: Sequence[Sequence[tuple[str, list[Pixels]]]]) -> Image.Image:
    """Rows of labelled groups of pictures."""
    placed = list(places(rows))
    right, bottom = (max(place[axis] for place, _, _ in placed) for axis in (0, 1))
    whole = Image.new("RGB", (right + TILE + GAP, bottom + TILE + LABEL), "white")
    pen = ImageDraw.Draw(whole)
    for (left, top), label, image in placed:
        whole.paste(tile(image), (left, top + LABEL))
        pen.text((left + 2, top + 2), label, fill="black")
    return whole


def places(
    rows: Sequence[Sequence[tuple[str, list[Pixels]]]],
) -> Iterator[tuple[tuple[int, int], str, Pixels]]:
    for row, groups in enumerate(rows):
        left = 0
        for label, images in groups:
            for number, image in enumerate(images):
                yield (left, row * (TILE + LABEL)), "" if number else label, image
                left += TILE
            left += GAP


def tile(image: Pixels) -> Image.Image:
    return ImageOps.pad(Image.fromarray(image), (TILE, TILE), color="white")
