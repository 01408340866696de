"""Recipes by their names: a file of `recipes/` is one, its stem the name."""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from harmonia._registry import check_known
from harmonia.training._recipe import Recipe


def list_recipes() -> list[str]:
    """The names that `train` knows.

    >>> from harmonia.training import list_recipes
    >>> "issam" in list_recipes()
    True
    """
    return list(_names())


def open_recipe(recipe: str | type[Recipe], options: Mapping[str, Any], *, where: str) -> Recipe:
    """A recipe with networks at their first values, by torch's random numbers."""
    kind = recipe_class(recipe, where=where)
    check_known(options, parameters(kind), f"recipe {name_of(recipe)!r}", where=where)
    return kind(**options)


def planned(recipe: str, options: Mapping[str, Any], *, where: str) -> Recipe:
    """A recipe for its plan and what it takes, with networks that have no values."""
    with torch.device("meta"):
        return open_recipe(recipe, options, where=where)


def name_of(recipe: str | type[Recipe]) -> str:
    """What a run calls it: a recipe of somebody's own by its module and class."""
    return recipe if isinstance(recipe, str) else f"{recipe.__module__}:{recipe.__qualname__}"


def recipe_class(name: str | type[Recipe], *, where: str) -> type[Recipe]:
    if isinstance(name, type) and issubclass(name, Recipe):
        return name
    if name not in _names():
        raise ValueError(
            f"{where}: unknown recipe {name!r}; choose one of {', '.join(_names())}, or pass a "
            "class of your own"
        )
    found: type[Recipe] = importlib.import_module(f"harmonia.training.recipes.{name}").RECIPE
    return found


def parameters(kind: type[Recipe]) -> list[str]:
    """The options that a recipe takes."""
    found = inspect.signature(kind).parameters.values()
    return [one.name for one in found if one.kind is one.KEYWORD_ONLY]


@functools.cache
def _names() -> tuple[str, ...]:
    folder = str(Path(__file__).with_name("recipes"))
    found = (entry.name for entry in pkgutil.iter_modules([folder]))
    return tuple(sorted(name for name in found if not name.startswith("_")))
