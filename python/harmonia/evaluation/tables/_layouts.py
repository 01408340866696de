"""What papers put into the columns of their tables."""

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from harmonia.evaluation._plan import Row
from harmonia.evaluation._results import Results
from harmonia.metrics import Scores, foreground_bins

ALL = "All"
SUBSETS = ("HCOCO", "HAdobe5k", "HFlickr", "Hday2night")
NOVEL, BASE = "novel", "base"

Group = Callable[[Sequence[Row], Collection[str]], list[str | None]]


@dataclass(frozen=True)
class Layout:
    """The columns of a table.

    Attributes
    ----------
    summary
        What it is of, in a line.
    group
        The group of each row; None leaves it out of all but "All".
    metrics
        Those of each group, as far as they were measured; all that were where it is empty.
    of_all
        Those of "All" where they are others.
    order
        In which groups come that are known beforehand; others follow as they come.
    has_all
        Whether there is a group of all images.
    needs_novel
        Whether names of the novel category have to be given.
    turned
        Methods are columns.
    """

    summary: str
    group: Group
    metrics: tuple[str, ...] = ()
    of_all: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    has_all: bool = True
    needs_novel: bool = False
    turned: bool = False

    def chosen(self, group: str, measured: Sequence[str]) -> list[str]:
        """The metrics of a group."""
        asked = self.of_all if group == ALL and self.of_all else self.metrics
        return [name for name in asked if name in measured] or list(measured)


def _subset(rows: Sequence[Row], novel: Collection[str]) -> list[str | None]:
    return [row.subset or None for row in rows]


def _none(rows: Sequence[Row], novel: Collection[str]) -> list[str | None]:
    return [None] * len(rows)


def _only(subset: str) -> Group:
    return lambda rows, novel: [subset if row.subset == subset else None for row in rows]


def _novel(rows: Sequence[Row], novel: Collection[str]) -> list[str | None]:
    return [NOVEL if row.name in novel else BASE for row in rows]


def _novel_alone(rows: Sequence[Row], novel: Collection[str]) -> list[str | None]:
    return [NOVEL if row.name in novel else None for row in rows]


def _foreground(*edges: float) -> Group:
    def group(rows: Sequence[Row], novel: Collection[str]) -> list[str | None]:
        scores = [Scores(protocol="", foreground_ratio=row.foreground) for row in rows]
        return list(foreground_bins(scores, edges))

    return group


def _bins(*edges: float) -> tuple[str, ...]:
    middles = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    scores = [Scores(protocol="", foreground_ratio=middle) for middle in middles]
    return tuple(foreground_bins(scores, edges))


PAPERS = (0.0, 0.05, 0.15, 1.0)
RAINNET = (0.0, 0.05, 0.15, 0.3, 1.0)

LAYOUTS = {
    "all": Layout("all images, every metric", _none),
    "subsets": Layout("each sub-dataset and all, every metric", _subset, order=SUBSETS),
    "iharmony4": Layout(
        "iHarmony4 at 256: MSE and PSNR of each sub-dataset, and fMSE of all",
        _subset,
        ("mse", "psnr"),
        ("mse", "psnr", "fmse"),
        SUBSETS,
    ),
    "iharmony4-native": Layout(
        "iHarmony4 as its files are: MSE, PSNR, fMSE and SSIM of each sub-dataset",
        _subset,
        ("mse", "psnr", "fmse", "ssim"),
        order=SUBSETS,
    ),
    "hadobe5k": Layout(
        "HAdobe5k at 1024 or 2048: MSE, PSNR, fMSE and SSIM",
        _only("HAdobe5k"),
        ("mse", "psnr", "fmse", "ssim"),
        has_all=False,
    ),
    "hcoco": Layout(
        "HCOCO: MSE, PSNR, fMSE and SSIM",
        _only("HCOCO"),
        ("mse", "psnr", "fmse", "ssim"),
        has_all=False,
    ),
    "rdharmony": Layout(
        "CharmNet's: MSE, fMSE and PSNR of novel and base categories",
        _novel,
        ("mse", "fmse", "psnr"),
        order=(NOVEL, BASE),
        has_all=False,
        needs_novel=True,
    ),
    "cross-domain": Layout(
        "CharmNet's: fMSE and PSNR of the novel category, a column a network",
        _novel_alone,
        ("fmse", "psnr"),
        has_all=False,
        needs_novel=True,
        turned=True,
    ),
    "foreground": Layout(
        "by foreground: up to 5 %, 15 % and 100 % of the image",
        _foreground(*PAPERS),
        ("mse", "fmse", "psnr"),
        order=_bins(*PAPERS),
    ),
    "foreground-rainnet": Layout(
        "by foreground: up to 5 %, 15 %, 30 % and 100 % of the image",
        _foreground(*RAINNET),
        ("mse", "fmse", "psnr"),
        order=_bins(*RAINNET),
    ),
}


def list_layouts() -> dict[str, str]:
    """The names that `table` knows, and what each is of.

    >>> from harmonia.evaluation import tables
    >>> tables.list_layouts()["all"]
    'all images, every metric'
    """
    return {name: layout.summary for name, layout in LAYOUTS.items()}


def find_layout(name: str, *, where: str) -> Layout:
    if name not in LAYOUTS:
        raise ValueError(f"{where}: unknown layout {name!r}; choose one of {', '.join(LAYOUTS)}")
    return LAYOUTS[name]


def usual_layout(results: Results, subsets: Collection[str]) -> str:
    """The name of the layout that papers have for such results."""
    of_iharmony4 = results.dataset in ("iharmony4", "hadobe5k")
    if of_iharmony4 and set(subsets) == {"HAdobe5k"}:
        return "hadobe5k"
    if of_iharmony4 and set(subsets) == {"HCOCO"}:
        return "hcoco"
    if len(set(subsets)) < 2:
        return "all"
    if of_iharmony4:
        return "iharmony4-native" if results.size == "native" else "iharmony4"
    return "subsets"


def names_of(list_file: Path) -> frozenset[str]:
    """The names of samples in a list such as IHD_human_test.txt."""
    lines = list_file.read_text(encoding="utf-8").splitlines()
    return frozenset(Path(line.split("\t")[0].strip()).stem for line in lines if line.strip())
