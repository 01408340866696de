"""Every registered method with every choice of its options: what the contract is checked over.

Choices are found in the signature of the method's `fit`: an option annotated with `Literal[...]`
has those values, a `bool` both. A method needs no line here. `compat` keeps its default: it brings
back what a reference code gets wrong, which the method's own file tests.
"""

import inspect
import itertools
from typing import Any, Literal, get_args, get_origin, get_type_hints

import harmonia
import pytest
from harmonia._registry import find_method
from harmonia.transform import Transform


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


METHODS = [
    pytest.param(method, options, id="-".join([method, *map(str, options.values())]))
    for method in harmonia.list_methods()
    for options in variants(method)
]


def is_transform(method: str) -> bool:
    """Whether what a method fits is a function of colour alone, by what it says it returns."""
    fit = find_method(method, where="variants").fit
    return issubclass(get_type_hints(fit)["return"], Transform)


TRANSFORMS = [case for case in METHODS if is_transform(case.values[0])]
SPATIAL = [case for case in METHODS if not is_transform(case.values[0])]
