"""A folder as COCO's archives unpack: images of 640 x 480, and annotations of what is in them.

    python benchmarks/coco_folder.py FOLDER [--images 1000] [--photos MANIFEST.csv] [--seed 0]

The images are drawn: things of a few categories before a ground, each in colours of its own. Or
they are cut out of photographs with masks, from a CSV file with the columns image, mask and label.
Outlines become polygons; what has holes, and one thing in ten, becomes runs of pixels.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import harmonia
import numpy as np

WIDTH, HEIGHT = 640, 480
CATEGORIES = ("round", "star", "box")
FEWEST = 8  # photographs of a label that is a category of its own
CORNERS = 60  # of a polygon, at most

Array = np.ndarray[Any, Any]
Thing = tuple[str, Array]  # category, mask


def drawn(rng: np.random.Generator) -> tuple[Array, list[Thing]]:
    """A ground with a texture, and one to three things of other colours on it."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    coarse = rng.normal(0, 1, (HEIGHT // 8, WIDTH // 8, 3)).repeat(8, 0).repeat(8, 1)
    texture = 9 * coarse + rng.normal(0, 5, (HEIGHT, WIDTH, 3))
    light = (x / WIDTH - 0.5) * rng.uniform(-60, 60) + (y / HEIGHT - 0.5) * rng.uniform(-60, 60)
    image = rng.uniform(60, 200, 3) + light[..., None] + texture
    things = []
    for _ in range(rng.integers(1, 4)):
        kind = CATEGORIES[rng.integers(len(CATEGORIES))]
        centre = rng.uniform(0.2, 0.8, 2) * [WIDTH, HEIGHT]
        size = rng.uniform(40, 150)
        dx, dy = x - centre[0], y - centre[1]
        angle, radius = np.arctan2(dy, dx), np.hypot(dx, dy)
        if kind == "round":
            inside = radius < size
        elif kind == "star":
            inside = radius < size * (1 + 0.35 * np.cos(5 * angle + rng.uniform(0, 6)))
        else:
            inside = (np.abs(dx) < size) & (np.abs(dy) < 0.7 * size)
        if rng.uniform() < 0.1:
            inside &= radius > 0.3 * size
        colour = rng.uniform(40, 220, 3) + texture * rng.uniform(0.5, 2)
        image[inside] = (colour + 0.4 * dx[..., None] * rng.uniform(-1, 1, 3))[inside]
        things.append((kind, inside))
    return np.clip(image, 0, 255).astype(np.uint8), things


def cut_out(manifest: Path) -> Iterator[tuple[Array, list[Thing]]]:
    """Photographs filled to the size, with their masks."""
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row.get("use") != "measure-only"]
    counts = Counter(row["label"] for row in rows)
    by_image: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_image.setdefault(row["image"], []).append(row)
    for name, masks in by_image.items():
        image = filled(harmonia.io.read(manifest.parent / name).pixels[..., :3])
        things = [
            (
                row["label"] if row["label"] and counts[row["label"]] >= FEWEST else "thing",
                filled(harmonia.io.read(manifest.parent / row["mask"]).pixels[..., :3])[..., 0]
                >= 128,
            )
            for row in masks
        ]
        yield image, things


def filled(pixels: Array) -> Array:
    """The middle of a picture at the size, of which it covers all."""
    from PIL import Image

    height, width = pixels.shape[:2]
    scale = max(WIDTH / width, HEIGHT / height)
    size = round(width * scale), round(height * scale)
    large = np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).resize(size))
    top, left = (size[1] - HEIGHT) // 2, (size[0] - WIDTH) // 2
    return large[top : top + HEIGHT, left : left + WIDTH]


def outlines(inside: Array) -> list[list[float]] | None:
    """Polygons around what is inside, along the edges of pixels; None where something has holes."""
    padded = np.pad(inside, 1).astype(np.int8)
    # Edges with the inside to their right: from a corner (x, y) to the next.
    onward: dict[tuple[int, int], list[tuple[int, int]]] = {}
    across, down = np.diff(padded, axis=0)[:, 1:-1], np.diff(padded, axis=1)[1:-1]
    for y, x in np.argwhere(across).tolist():
        ends = ((x, y), (x + 1, y)) if across[y, x] > 0 else ((x + 1, y), (x, y))
        onward.setdefault(ends[0], []).append(ends[1])
    for y, x in np.argwhere(down).tolist():
        ends = ((x, y + 1), (x, y)) if down[y, x] > 0 else ((x, y), (x, y + 1))
        onward.setdefault(ends[0], []).append(ends[1])
    found = []
    while onward:
        start = at = next(iter(onward))
        loop = []
        while True:
            following = onward[at].pop()
            if not onward[at]:
                del onward[at]
            loop.append(at)
            at = following
            if at == start:
                break
        points = np.array(loop, float)
        ahead = np.roll(points, -1, axis=0)
        if (points[:, 0] * ahead[:, 1] - points[:, 1] * ahead[:, 0]).sum() < 0:
            return None  # it runs the other way round: a hole
        turns = (ahead - points != points - np.roll(points, 1, axis=0)).any(axis=1)
        corners = points[turns]
        step = max(1, -(-len(corners) // CORNERS))
        if len(corners[::step]) >= 3:
            found.append(corners[::step].ravel().tolist())
    return found


def runs(inside: Array) -> list[int]:
    """The lengths of runs of outside and inside in turns, down the columns."""
    flat = np.concatenate([[0], inside.T.ravel().astype(np.int8)])
    changes = np.flatnonzero(np.diff(flat))
    return np.diff(np.concatenate([[0], changes, [flat.size - 1]])).tolist()  # type: ignore[no-any-return]


def write(folder: Path, count: int, seed: int, manifest: Path | None = None) -> None:
    rng = np.random.default_rng(seed)
    (folder / "annotations").mkdir(parents=True)
    (folder / "train2017").mkdir()
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    numbers: dict[str, int] = {}
    scenes = (drawn(rng) for _ in range(count)) if manifest is None else cut_out(manifest)
    for identity, (pixels, things) in zip(range(1, count + 1), scenes, strict=False):
        name = f"{identity:012}.jpg"
        harmonia.io.write(folder / "train2017" / name, pixels, quality=90)
        images.append(
            {"id": identity, "file_name": name, "height": HEIGHT, "width": WIDTH, "license": 1}
        )
        for category, inside in things:
            polygons = None if rng.uniform() < 0.1 else outlines(inside)
            size: dict[str, Any] = {"size": [HEIGHT, WIDTH], "counts": runs(inside)}
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": identity,
                    "category_id": numbers.setdefault(category, len(numbers) + 1),
                    "area": int(inside.sum()),
                    "iscrowd": int(polygons is None),
                    "segmentation": polygons or size,
                }
            )
    content = {
        "licenses": [{"id": 1, "name": "generated", "url": ""}],
        "images": images,
        "annotations": annotations,
        "categories": [{"id": number, "name": name} for name, number in numbers.items()],
    }
    path = folder / "annotations" / "instances_train2017.json"
    path.write_text(json.dumps(content), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    write(chosen.folder, chosen.images, chosen.seed, chosen.photos)


if __name__ == "__main__":
    main()
