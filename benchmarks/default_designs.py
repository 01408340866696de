"""Which change of colours the default network predicts: designs trained alike, and their errors.

    OMP_WAIT_POLICY=PASSIVE python benchmarks/default_designs.py CORPUS MEASURED WORK
        [--save-results]

All look at the same statistics through the same layers; they differ in what comes out:

- affine, quadratic: a polynomial of the colour, as PCT-Net has one for each pixel
- curves: a curve of 9 nodes for each channel
- tables: weights of 8 learned tables of 9 x 9 x 9 nodes, as CDTNet's colour mapping
- sliders: warmth, brightness, contrast, saturation, highlights and shadows, as Harmonizer has them

Composites are made once, as `train_default.py` makes them, and kept as statistics and 128 colours
of each foreground, on which the networks are trained and judged. Each design is trained three
times; errors are medians of the three, on composites of the rows with use == "val", at the step
where they are least. Any of them goes on a picture as a table of colours, by one kernel, so that
what a millisecond buys is the same order.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import torch
from environment import environment, write_results
from harmonia.nets import apply_lut3d
from harmonia.nets._colour_statistics import COUNT, SIDE, statistics
from harmonia.nets.harmonia import terms
from harmonia.synthesis import random_composites
from torch import Tensor, nn
from train_default import HUMAN, RELIT, STRENGTH, UNTOUCHED, pairs, write_lights

RESULTS = Path(__file__).parent / "results" / "default_designs.json"
COLOURS = 128  # of each foreground
FEW = 64  # pictures whose statistics are found at a time
SAMPLES, VALIDATION = 40_000, 1_000
STEPS, TRIED, BATCH = 800, 8, 512
ROOT = 0.5
SEEDS = 3
CURVE, TABLES, TABLE = 9, 8, 9
WIDTH = 512


class Cached(NamedTuple):
    """Statistics (N, COUNT), and colours before and after (N, COLOURS, 3) in 0..1."""

    statistics: Tensor
    composite: Tensor
    real: Tensor


def cached(samples: Sequence[Any], count: int) -> Cached:
    """What is learned from, of the first composites that have a foreground."""
    rng = np.random.default_rng(0)
    found: list[Tensor] = []
    colours = np.empty((2, count, COLOURS, 3), np.uint8)
    waiting: list[tuple[Any, Any]] = []
    place = 0
    for sample in samples:
        inside = np.flatnonzero(sample.mask > 127)
        if not inside.size:
            continue
        chosen = inside[rng.integers(inside.size, size=COLOURS)]
        for side, picture in enumerate((sample.composite, sample.real)):
            colours[side, place] = picture.reshape(-1, 3)[chosen]
        waiting.append((sample.composite, sample.mask))
        place += 1
        if len(waiting) == FEW or place == count:
            found.append(_statistics(waiting))
            waiting = []
        if place == count:
            break
    before, after = (torch.from_numpy(side[:place]) for side in colours)
    return Cached(torch.cat(found), before, after)


def _statistics(waiting: list[tuple[Any, Any]]) -> Tensor:
    images, masks = (torch.from_numpy(np.stack(one)) for one in zip(*waiting, strict=True))
    with torch.inference_mode():
        return statistics(images.movedim(-1, 1) / 255, masks[:, None] / 255).half()


Change = Callable[[Tensor, Tensor], Tensor]  # of colours (N, COLOURS, 3), by numbers (N, ...)


class Design(nn.Module):
    """Layers, and what their numbers do."""

    def __init__(self, numbers: int, change: Change, tables: Tensor | None = None) -> None:
        super().__init__()
        sides = [COUNT, WIDTH, WIDTH, WIDTH]
        self.norm = nn.BatchNorm1d(COUNT, momentum=0.01, affine=False)
        parts: list[nn.Module] = []
        for one, other in pairwise(sides):
            parts += [nn.Linear(one, other), nn.ReLU(), nn.Dropout(0.2)]
        self.layers = nn.Sequential(*parts)
        self.out = nn.Linear(WIDTH, numbers)
        nn.init.normal_(self.out.weight, std=0.01)
        nn.init.zeros_(self.out.bias)
        self.change = change
        self.tables = None if tables is None else nn.Parameter(tables)

    def forward(self, seen: Tensor, colours: Tensor) -> Tensor:
        numbers = self.out(self.layers(self.norm(seen.float()).clamp(-5, 5)))
        if self.tables is not None:
            numbers = torch.einsum("nk,krgbc->nrgbc", numbers, self.tables)
        return self.change(colours, numbers)


def polynomial(colours: Tensor, numbers: Tensor) -> Tensor:
    """Of second degree, or of first where there are numbers for its terms alone."""
    coefficients = numbers.view(len(numbers), -1, 3)
    return colours + terms(colours)[..., : coefficients.shape[1]] @ coefficients


def curves(colours: Tensor, numbers: Tensor) -> Tensor:
    nodes = torch.linspace(0, 1, CURVE).view(CURVE, 1, 1)
    shares = (1 - (colours[:, None] - nodes).abs() * (CURVE - 1)).clamp(min=0)
    return colours + (shares * numbers.view(-1, CURVE, 1, 3)).sum(1)


def table(colours: Tensor, numbers: Tensor) -> Tensor:
    flat = colours.movedim(-1, 1)[:, :, None].contiguous()
    return colours + apply_lut3d(flat, numbers.contiguous())[:, :, 0].movedim(1, -1)


def sliders(colours: Tensor, numbers: Tensor) -> Tensor:
    set_to = numbers.tanh()[:, :, None, None].unbind(1)
    warmth, brightness, contrast, saturation, highlights, shadows = set_to
    balance = colours.new_tensor([0.5, 0.0, -0.5])
    changed = colours * torch.exp(warmth * balance + brightness)
    middle = changed.mean(1, keepdim=True).mean(2, keepdim=True)
    changed = middle + (changed - middle) * contrast.exp()
    luma = changed.mean(2, keepdim=True)
    changed = (luma + (changed - luma) * saturation.exp()).clamp(1e-3, 1 - 1e-3)
    return (1 - (1 - changed) ** highlights.exp()) ** shadows.exp()


def designs() -> dict[str, Callable[[], Design]]:
    return {
        "affine": lambda: Design(4 * 3, polynomial),
        "quadratic": lambda: Design(10 * 3, polynomial),
        "curves": lambda: Design(CURVE * 3, curves),
        "tables": lambda: Design(TABLES, table, 0.05 * torch.randn(TABLES, *[TABLE] * 3, 3)),
        "sliders": lambda: Design(6, sliders),
    }


def errors(design: Design, data: Cached, chosen: Any = slice(None)) -> tuple[Tensor, Tensor]:
    """Squared errors of each foreground, as it is changed and as it was."""
    before, after = (one[chosen].float() / 255 for one in (data.composite, data.real))
    changed = design(data.statistics[chosen], before)
    if not design.training:
        changed = changed.clamp(0, 1)
    return (changed - after).square().mean((1, 2)), (before - after).square().mean((1, 2))


def trained(make: Callable[[], Design], data: Cached, validation: Cached, seed: int) -> Any:
    """The best fMSE on the validation composites, and the share that came nearer."""
    torch.manual_seed(seed)
    design = make()
    design.norm(data.statistics[:4096].float())
    optimizer = torch.optim.AdamW(design.parameters(), 1e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    chance = torch.Generator().manual_seed(seed)
    best = (float("inf"), 0.0)
    for step in range(1, STEPS + 1):
        chosen = torch.randint(len(data.statistics), (BATCH,), generator=chance)
        error, _ = errors(design.train(), data, chosen)
        loss = error.mean() + ROOT * (error + 1e-4).sqrt().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % (STEPS // TRIED) == 0:
            with torch.inference_mode():
                error, was = errors(design.eval(), validation)
            fmse = 255**2 * float(error.mean())
            best = min(best, (fmse, float((error < was).float().mean())))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("measured", type=Path)
    parser.add_argument("work", type=Path, help="a folder for what is made once")
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    told = parser.parse_args()
    before = environment(("numpy", "torch"))
    told.work.mkdir(parents=True, exist_ok=True)
    lights = write_lights(told.work / "lights.npz", told.measured)
    common = {"size": SIDE, "measured": lights, "rounds": 1000}
    sources = [*pairs(told.corpus, "train"), *pairs(told.corpus, "train", HUMAN)]
    relit = {"strength": STRENGTH, "relit": RELIT, "untouched": UNTOUCHED}
    data = cached(random_composites(sources, seed=0, **relit, **common), SAMPLES)
    print(f"{len(data.statistics)} composites", flush=True)
    judged = random_composites(pairs(told.corpus, "val", HUMAN), seed=1, **common)
    validation = cached(judged, VALIDATION)
    _, was = errors(designs()["affine"]().eval(), validation)
    rows = [{"name": "composite", "fmse": round(255**2 * float(was.mean()), 1)}]
    for name, make in designs().items():
        found = [trained(make, data, validation, seed) for seed in range(SEEDS)]
        fmse, better = (median(one[place] for one in found) for place in (0, 1))
        size = sum(parameter.numel() for parameter in make().parameters())
        spread = max(one[0] for one in found) - min(one[0] for one in found)
        rows.append(
            {
                "name": name,
                "fmse": round(fmse, 1),
                "spread": round(spread, 1),
                "better": round(better, 3),
                "parameters": size,
            }
        )
        print(rows[-1], flush=True)
    if told.save_results:
        write_results(RESULTS, before, rows)


if __name__ == "__main__":
    main()
