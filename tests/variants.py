"""Every registered method with every choice of its options: what the contract is checked over.

Choices are found in the signature of the method's `fit`: an option annotated with `Literal[...]`
has those values, a `bool` both. A method needs no line here. `compat` keeps its default: it brings
back what a reference code gets wrong, which the method's own file tests.
"""

import inspect
import itertools
from typing import Any, Literal, get_args, get_origin

import harmonia
import pytest
from harmonia._arrays import open_image, open_masks
from harmonia._registry import find_method
from harmonia._scene import Scene
from harmonia.transform import Transform
from images import TWELVE, TWELVE_MASK


def _choices(option: inspect.Parameter) -> tuple[Any, ...]:
    if option.name == "compat":
        return (option.default,)
    if get_origin(option.annotation) is Literal:
        return get_args(option.annotation)
    return (False, True) if option.annotation is bool else (option.default,)


def variants(method: str) -> list[dict[str, Any]]:
    """All combinations of a method's options."""
    parameters = inspect.signature(find_method(method, where="variants").fit).parameters.values()
    options = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    values = itertools.product(*map(_choices, options))
    return [dict(zip([p.name for p in options], chosen, strict=True)) for chosen in values]


def is_transform(method: str, options: dict[str, Any]) -> bool:
    """Whether a method changes colours alone, so that `fit` can give what it does."""
    image = open_image(TWELVE, where="variants")
    (mask,) = open_masks(TWELVE_MASK, image, where="variants")
    module = find_method(method, where="variants")
    return isinstance(module.fit(Scene(image.frames[0], mask), **options), Transform)


# These bring one zone of each property, say the brightest part, to where the target has it; the
# mean colour comes nearer, and may stay well away.
MATCHES_ZONES = {"xue"}

# These look at the colours beside the seam, not at all of the target.
MEETS_THE_SEAM = {"poisson"}

METHODS = [
    pytest.param(method, options, id="-".join([method, *map(str, options.values())]))
    for method in harmonia.list_methods()
    for options in variants(method)
]

TRANSFORMS = [case for case in METHODS if is_transform(*case.values)]
SPATIAL = [case for case in METHODS if case not in TRANSFORMS]
