"""Figures of an evaluation as papers have them, by matplotlib (`pip install 'harmonia[figures]'`).

Photographs of a few samples are computed again, and drawn pixel by pixel; charts are of the rows.
Every function gives a `matplotlib.figure.Figure`, which `save` writes as .png or .pdf.

    plan, results = evaluation.reopen("results"), evaluation.Results(Path("results"))
    samples = figures.look(plan, figures.choose(results, 3), results=results)
    figures.save(figures.grid(samples), "grid.pdf")
"""

from os import PathLike
from pathlib import Path

from harmonia.evaluation.figures import _matplotlib
from harmonia.evaluation.figures._curves import curves
from harmonia.evaluation.figures._differences import differences
from harmonia.evaluation.figures._distribution import distribution
from harmonia.evaluation.figures._matplotlib import Figure
from harmonia.evaluation.figures._panels import systems, triplet
from harmonia.evaluation.figures._photographs import gallery, grid
from harmonia.evaluation.figures._samples import choose
from harmonia.evaluation.figures._scatter import scatter
from harmonia.evaluation.figures._shown import Shown, look, look_one_by_one
from harmonia.evaluation.figures._tradeoff import tradeoff

__all__ = [
    "Shown",
    "choose",
    "curves",
    "differences",
    "distribution",
    "gallery",
    "grid",
    "look",
    "look_one_by_one",
    "save",
    "scatter",
    "systems",
    "tradeoff",
    "triplet",
]


def save(figure: Figure, path: str | PathLike[str]) -> None:
    """Write a figure, whole or not at all, as .pdf or as .png, of the resolution that it has.

    The same figure gives the same bytes: there are no dates in it.

    >>> from harmonia.evaluation import figures
    >>> figures.save(figures.scatter(results), folder / "scatter.pdf")
    """
    _matplotlib.save(figure, Path(path))
