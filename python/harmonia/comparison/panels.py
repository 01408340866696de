"""What a sheet shows, whatever it is written as."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from harmonia._registry import find_metric
from harmonia.comparison.display import Array, Bytes
from harmonia.comparison.zoom import Box

NAMES = {
    "ms_ssim": "MS-SSIM",
    "delta_e": "CIEDE2000",
    "fdelta_e": "fCIEDE2000",
    "background_mse": "background MSE",
}
OF_ONE = ("ssim", "fssim", "ms_ssim", "lpips")  # metrics of 0..1, which need more digits
FOR_CAPTIONS = ("psnr", "fmse", "fssim")


@dataclass(frozen=True)
class Panel:
    """A picture under a name, or the reason why there is none."""

    name: str
    pixels: Bytes | None
    seconds: float | None = None
    reason: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """The composite comes first; `mask` says where its contour is."""

    title: str
    panels: tuple[Panel, ...]
    mask: Array
    boxes: tuple[Box, ...]
    size: tuple[int, int]
    protocol: str | None = None

    @property
    def scored(self) -> list[Panel]:
        """The composite and the methods that gave a picture, where there are numbers."""
        return [panel for panel in self.panels if panel.scores]

    @property
    def metrics(self) -> list[str]:
        scored = self.scored
        return list(scored[0].scores) if scored else []

    def best(self, metric: str) -> set[str]:
        """The names of those that show the best number."""
        worth = {p.name: p.scores[metric] for p in self.scored if not math.isnan(p.scores[metric])}
        if not worth:
            return set()
        higher = find_metric(metric, where="compare").better == "higher"
        wanted = shown(metric, (max if higher else min)(worth.values()))
        return {name for name, value in worth.items() if shown(metric, value) == wanted}

    @property
    def facts(self) -> str:
        """The size of the pictures and of the foreground."""
        share = 100 * float((self.mask >= 0.5).mean())
        return f"{self.size[1]} x {self.size[0]} pixels, {share:.3g} % foreground"


def in_captions(metrics: list[str]) -> list[str]:
    """The few that stand below a name."""
    return ([name for name in FOR_CAPTIONS if name in metrics] or metrics)[:3]


def spelled(metric: str) -> str:
    """A metric as papers print it."""
    if metric in NAMES:
        return NAMES[metric]
    return f"f{metric[1:].upper()}" if metric.startswith("f") else metric.upper()


def shown(metric: str, value: float) -> str:
    if math.isnan(value):
        return "none"
    return f"{value:.4f}" if metric in OF_ONE else f"{value:.2f}"


def duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 0.00995:
        return f"{1000 * seconds:.2g} ms"
    return f"{1000 * seconds:.0f} ms" if seconds < 0.9995 else f"{seconds:.3g} s"
