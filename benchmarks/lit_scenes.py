"""Photographs in other lights: scenes in several styles, where nobody has renderings of any.

What RdHarmony has from a game engine, one place at ten times of day and weathers, is stood in for
by measured changes of light. They take every pixel of a photograph alike, so there are no other
shadows, skies or lamps: what is learnt from such scenes says how the system trains, and not what
its renderings are worth.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import harmonia
import numpy as np
from harmonia.datasets import Dataset, Sample
from score_cases import polynomial

Pixels = np.ndarray[Any, Any]
Light = tuple[Pixels, Pixels]  # into a standard light, and from there to another

STYLES = 10
OF_SCENE = 4  # of the ten: twelve composites a scene
SHARE = 0.5  # of a change, the rest being the photograph as it was
MOST_CLIPPED = 0.05  # of colours that were not at a border before
SEED = 0
# Colours that a change is tried on before it is a style, apart from the borders.
COMMON = np.stack(np.meshgrid(*[np.linspace(20.0, 220.0, 9)] * 3), axis=-1).reshape(-1, 3)


def lit(colours: Pixels, light: Light) -> tuple[Pixels, float]:
    """Colours 0..255 in a light, and the share of them that it alone clips."""
    to_standard, from_standard = light
    before = colours.reshape(-1, 3).astype(np.float32)
    standard = np.clip(polynomial(before) @ to_standard.T, 0, 255)
    there = polynomial(standard) @ from_standard.T
    mixed = before + SHARE * (np.clip(there, 0, 255) - before)
    clipped = ((there < -0.5) | (there > 255.5)) & (before > 0) & (before < 255)
    return np.rint(mixed).astype(np.uint8).reshape(colours.shape), float(clipped.any(axis=1).mean())


def lights(measured: Path) -> list[Light]:
    """The ten of all scenes, the same in every run."""
    with np.load(measured, allow_pickle=False) as stored:
        to_standard, from_standard = stored["to_standard"], stored["from_standard"]
    rng = np.random.default_rng(SEED)
    found: list[Light] = []
    while len(found) < STYLES:
        source, target = rng.choice(len(to_standard), 2, replace=False)
        light = to_standard[source], from_standard[target]
        if lit(COMMON, light)[1] <= MOST_CLIPPED:
            found.append(light)
    return found


def write_scenes(photographs: Iterable[Sample], measured: Path, folder: Path) -> int:
    """SCENE/mask.png and SCENE/STYLE.png, as the recipe `rdharmony` reads them; how many."""
    ten = lights(measured)
    scenes = 0
    for number, photograph in enumerate(photographs):
        if photograph.real is None or not (photograph.mask > 127).any():
            continue
        order = np.random.default_rng([SEED, number]).permutation(STYLES)
        styles: dict[int, Pixels] = {}
        for style in map(int, order):
            codes, clipped = lit(photograph.real, ten[style])
            if clipped <= MOST_CLIPPED:
                styles[style + 1] = codes
            if len(styles) == OF_SCENE:
                break
        if len(styles) < 2:
            continue
        scene = folder / f"{number:05}"
        scene.mkdir(parents=True, exist_ok=True)
        harmonia.io.write(scene / "mask.png", np.stack([photograph.mask] * 3, axis=-1))
        for name, codes in styles.items():
            harmonia.io.write(scene / f"{name}.png", codes)
        scenes += 1
    return scenes


def rendered(photographs: Iterable[Sample], measured: Path, work: Path) -> Dataset:
    """Their set of composites in WORK/rendered_set; what is there already is not made again."""
    scenes = work / "rendered"
    if not scenes.is_dir():
        unfinished = work / "rendered.unfinished"  # of a run that was killed: written over
        count = write_scenes(photographs, measured, unfinished)
        unfinished.rename(scenes)
        print(f"{count} scenes in {OF_SCENE} of {STYLES} lights", flush=True)
    # No filters, as RdHarmony has none: they are for colours that nobody saw.
    report = harmonia.synthesis.synthesize("rdharmony", scenes, work / "rendered_set", filters={})
    print(f"{report.composites} composites of them, {report.written} made now", flush=True)
    return harmonia.datasets.load("rdharmony", work / "rendered_set")
