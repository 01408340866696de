"""Composites of which it is known whether they are any good: what scores are measured on.

Changes that leave a photograph plausible ("pass"), those that spoil it ("refuse"), and composites
of the four transfers, of which some are good ("either").
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import harmonia
import numpy as np

Pixels = np.ndarray[Any, Any]
COLOURED = 12.0  # mean chroma from which on a turned hue shows
VARIED = 8.0  # levels along an axis of the colours from which on its flip shows
METHODS = ("reinhard", "xiao", "cumulative_histogram", "idt")
SMOOTHNESS = (0.01, 0.1, 1, 10, 100, 1000)


@dataclass(frozen=True, eq=False)
class Picture:
    name: str
    image: Pixels
    mask: Pixels
    label: str
    group: str

    @property
    def inside(self) -> Pixels:
        return self.mask >= 128


@dataclass(frozen=True, eq=False)
class Case:
    kind: str
    wanted: str  # pass, refuse or either
    composite: Pixels
    mask: Pixels
    real: Pixels
    name: str


def pictures(manifest: Path, uses: list[str]) -> list[dict[str, str]]:
    """The rows with masks by people: an automatic one often has parts of several things."""
    with manifest.open(newline="", encoding="utf-8") as file:
        return [r for r in csv.DictReader(file) if r["use"] in uses and r["mask_kind"] == "gt"]


def read(row: dict[str, str], root: Path) -> Picture:
    image = harmonia.io.read(root / row["image"]).pixels[..., :3]
    mask = harmonia.io.read_mask(root / row["mask"], image_size=image.shape[:2]).mask
    return Picture(row["id"], np.ascontiguousarray(image), mask, row["label"], row["group"])


def cases(
    picture: Picture, others: list[Picture], light: tuple[Pixels, Pixels], rng: np.random.Generator
) -> Iterator[Case]:
    def case(kind: str, wanted: str, colours: Pixels) -> Case:
        composite = picture.image.copy()
        composite[picture.inside] = np.clip(np.rint(colours), 0, 255).astype(np.uint8)
        return Case(kind, wanted, composite, picture.mask, picture.image, picture.name)

    own = picture.image[picture.inside].astype(np.float64)
    yield case("untouched", "pass", own)
    for kind, change in HARMLESS.items():
        yield case(kind, "pass", change(own, rng))
    yield case("light", "pass", lit(own, light, rng))
    for kind, change in HARMFUL.items():
        if (colours := change(own, rng)) is not None:
            yield case(kind, "refuse", colours)
    yield from transferred(picture, others, rng)


def transferred(
    picture: Picture, others: list[Picture], rng: np.random.Generator
) -> Iterator[Case]:
    mine = mean_lab(picture)
    found = [other for other in others if other.group != picture.group]
    alike = [other for other in found if other.label and other.label == picture.label] or found
    nearest = min(alike, key=lambda other: float(np.linalg.norm(mean_lab(other) - mine)))
    furthest = max(found, key=lambda other: float(np.linalg.norm((mean_lab(other) - mine)[1:])))
    for method in METHODS:
        options = {"smoothness": float(rng.choice(SMOOTHNESS))} if method == "idt" else {}
        yield transfer(f"{method}, alike", "either", picture, nearest, method, options)
        chance = found[int(rng.integers(len(found)))]
        yield transfer(f"{method}, any", "either", picture, chance, method, options)
    far = METHODS[int(rng.integers(3))]
    yield transfer("reference of another colour", "refuse", picture, furthest, far, {})
    yield transfer("idt without regrain", "refuse", picture, furthest, "idt", {"regrain": False})


def transfer(
    kind: str, wanted: str, picture: Picture, other: Picture, method: str, options: dict[str, Any]
) -> Case:
    composite = harmonia.harmonize(
        picture.image,
        picture.mask,
        method,
        reference=other.image,
        reference_mask=other.mask,
        **options,
    )
    return Case(kind, wanted, composite, picture.mask, picture.image, picture.name)


def mean_lab(picture: Picture) -> Pixels:
    return harmonia.stats.masked_moments(picture.image, picture.mask, space="lab").mean


def lit(own: Pixels, light: tuple[Pixels, Pixels], rng: np.random.Generator) -> Pixels:
    """As in another light, measured on charts and blended with no change as its makers advise."""
    to_standard, from_standard = light
    first, second = rng.integers(len(to_standard), size=2)
    standard = polynomial(own) @ to_standard[first].T
    changed = polynomial(np.clip(standard, 0, 255)) @ from_standard[second].T
    return own + rng.uniform(0.4, 0.9) * (np.clip(changed, 0, 255) - own)


def polynomial(own: Pixels) -> Pixels:
    r, g, b = own.T
    one = np.ones_like(r)
    return np.stack([r, g, b, r * g, r * b, g * b, r * r, g * g, b * b, r * g * b, one], axis=-1)


def exposed(own: Pixels, rng: np.random.Generator) -> Pixels:
    return 255 * (own / 255) ** float(np.exp(rng.uniform(-0.4, 0.4)))


def balanced(own: Pixels, rng: np.random.Generator) -> Pixels:
    return own * rng.uniform(0.8, 1.15, 3)


def toned(own: Pixels, rng: np.random.Generator) -> Pixels:
    middle = own.mean(axis=0)
    return middle + rng.uniform(0.75, 1.25) * (own - middle) + rng.uniform(-15, 15)


def faded(own: Pixels, rng: np.random.Generator) -> Pixels:
    grey = own.mean(axis=1, keepdims=True)
    return grey + rng.uniform(0.6, 1.3) * (own - grey)


def rotated(degrees: float) -> Callable[[Pixels, np.random.Generator], Pixels | None]:
    def rotate(own: Pixels, rng: np.random.Generator) -> Pixels | None:
        lab = to_lab(own)
        if np.hypot(lab[:, 1], lab[:, 2]).mean() < COLOURED:
            return None
        angle = np.radians(degrees) * rng.choice([-1, 1])
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        lab[:, 1:] = lab[:, 1:] @ turn
        return to_rgb(lab)

    return rotate


def swapped(order: list[int]) -> Callable[[Pixels, np.random.Generator], Pixels | None]:
    def swap(own: Pixels, rng: np.random.Generator) -> Pixels | None:
        return own[:, order] if np.abs(own[:, order] - own).mean() >= COLOURED else None

    return swap


def flipped(axis: int) -> Callable[[Pixels, np.random.Generator], Pixels | None]:
    """An axis of the colours mirrored, which an eigenvector's sign is enough for."""

    def flip(own: Pixels, rng: np.random.Generator) -> Pixels | None:
        middle = own.mean(axis=0)
        spread, axes = np.linalg.eigh(np.cov((own - middle).T))
        direction = axes[:, ::-1][:, axis]
        if np.sqrt(max(spread[::-1][axis], 0)) < VARIED:
            return None
        along = (own - middle) @ direction
        return own - 2 * along[:, None] * direction

    return flip


def burnt(own: Pixels, rng: np.random.Generator) -> Pixels:
    return own * (258 / np.quantile(own.max(axis=1), rng.uniform(0.4, 0.6)).clip(20))


def drowned(own: Pixels, rng: np.random.Generator) -> Pixels:
    return (own - np.quantile(own.min(axis=1), rng.uniform(0.4, 0.6)) - 3) * 1.1


def posterised(own: Pixels, rng: np.random.Generator) -> Pixels:
    step = 255 / rng.integers(3, 5)
    return np.rint(own / step) * step


def noisy(own: Pixels, rng: np.random.Generator) -> Pixels:
    return own + rng.normal(0, rng.uniform(14, 24), own.shape)


def washed_out(own: Pixels, rng: np.random.Generator) -> Pixels | None:
    if own.std(axis=0).mean() < 2 * VARIED:
        return None
    return 140 + rng.uniform(0.12, 0.22) * (own - 140)


def garish(own: Pixels, rng: np.random.Generator) -> Pixels | None:
    lab = to_lab(own)
    if np.hypot(lab[:, 1], lab[:, 2]).mean() < COLOURED:
        return None
    lab[:, 1:] *= rng.uniform(3, 4)
    return to_rgb(lab)


def tinted(own: Pixels, rng: np.random.Generator) -> Pixels:
    """As under a theatre's lamp: green, blue, magenta."""
    lamps = np.array([[0.35, 1.1, 0.35], [0.3, 0.45, 1.2], [1.1, 0.3, 1.1], [0.3, 1.1, 1.1]])
    return own * lamps[rng.integers(4)]


HARMLESS = {"exposure": exposed, "white balance": balanced, "contrast": toned, "saturation": faded}
HARMFUL: dict[str, Callable[[Pixels, np.random.Generator], Pixels | None]] = {
    "hue turned by 60": rotated(60),
    "hue turned by 120": rotated(120),
    "hue turned by 180": rotated(180),
    "red and blue swapped": swapped([2, 1, 0]),
    "red and green swapped": swapped([1, 0, 2]),
    "first axis flipped": flipped(0),
    "second axis flipped": flipped(1),
    "burnt out": burnt,
    "drowned in black": drowned,
    "posterised": posterised,
    "noisy": noisy,
    "washed out": washed_out,
    "garish": garish,
    "tinted": tinted,
}


def to_lab(own: Pixels) -> Pixels:
    unit = (own / 255).astype(np.float32)[:, None]
    return np.asarray(harmonia.color.convert(unit, "rgb", "lab")[:, 0], np.float64)


def to_rgb(lab: Pixels) -> Pixels:
    back = harmonia.color.convert(lab.astype(np.float32)[:, None], "lab", "rgb")
    return np.asarray(back[:, 0] * 255, np.float64)
