"""Recipes by name: the stem of a file in this folder, whose `prepare` opens its sources."""

import functools
import importlib
import inspect
import os
import pkgutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harmonia._registry import check_known
from harmonia.synthesis._recipe import Recipe

Prepare = Callable[..., Recipe]
FOLDER = Path(__file__).parent


def list_recipes() -> list[str]:
    """The names that `synthesize` and `prepare` know.

    >>> isinstance(harmonia.synthesis.list_recipes(), list)
    True
    """
    return list(_names())


def prepare(
    recipe: str | Prepare, source: str | os.PathLike[str], *, seed: int = 0, **options: Any
) -> Recipe:
    """Open the sources of a recipe, without making any composite.

    Its `tasks` are all composites that the sources give; `make(task, rng)` makes one in memory.

    Parameters
    ----------
    recipe
        One of `list_recipes()`, or a function that gives a recipe, called as theirs are:
        `prepare(source, seed=seed, **options)`.
    source
        The folder or file that the recipe reads; the docstring of `harmonia.synthesis.<name>` says
        what it has to hold.
    seed
        What all chance comes from.
    options
        Those of the recipe.

    >>> recipe = harmonia.synthesis.prepare("random", photos)
    """
    where = "synthesis.prepare"
    opener = find(recipe, where=where)
    path = open_source(source, where=where)
    check_options(recipe, opener, options, where=where)
    return opener(path, seed=seed, **options)


def find(recipe: str | Prepare, *, where: str) -> Prepare:
    """The `prepare` of a recipe."""
    if callable(recipe):
        return recipe
    if recipe not in _names():
        known = ", ".join(_names()) or "none is there"
        raise ValueError(f"{where}: unknown recipe {recipe!r}; choose one of {known}")
    found: Prepare = importlib.import_module(f"{__package__}.{recipe}").prepare
    return found


def name_of(recipe: str | Prepare) -> str:
    """That of a recipe in manifests; a function's own is where it is defined."""
    if isinstance(recipe, str):
        return recipe
    return f"{recipe.__module__}.{getattr(recipe, '__qualname__', type(recipe).__qualname__)}"


def options_of(opener: Prepare) -> dict[str, inspect.Parameter]:
    """The keyword-only parameters of a `prepare`, but for the seed, which all have."""
    parameters = inspect.signature(opener).parameters.values()
    return {p.name: p for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != "seed"}


def check_options(
    recipe: str | Prepare, opener: Prepare, given: Mapping[str, Any], *, where: str
) -> dict[str, Any]:
    """Refuse options that there are not; all of them, with the defaults of those not given."""
    known = options_of(opener)
    check_known(given, list(known), f"recipe {name_of(recipe)!r}", where=where)
    needed = [p.name for p in known.values() if p.default is p.empty and p.name not in given]
    if needed:
        raise TypeError(f"{where}: recipe {name_of(recipe)!r} needs the option {needed[0]!r}")
    return {name: given.get(name, p.default) for name, p in known.items()}


def open_source(source: str | os.PathLike[str], *, where: str) -> Path:
    path = Path(source)
    if not path.exists():
        raise FileNotFoundError(f"{where}: source: there is no file or folder {path}")
    return path


@functools.cache
def _names() -> tuple[str, ...]:
    found = (entry.name for entry in pkgutil.iter_modules([str(FOLDER)]) if not entry.ispkg)
    return tuple(sorted(name for name in found if not name.startswith("_")))
