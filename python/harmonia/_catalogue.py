"""What there is to choose from: methods with what they need, where they run and their options,
and metrics.
"""

import ast
import importlib
import inspect
import types
import typing
from dataclasses import dataclass
from typing import Any

from harmonia import _packages
from harmonia._registry import (
    DEFAULT,
    DEFAULT_ON_CUDA,
    find_method,
    find_metric,
    is_network,
    list_methods,
    list_metrics,
    source_of,
)


@dataclass(frozen=True)
class Entry:
    """A method, read from its source without running it.

    Attributes
    ----------
    summary, docstring
        The first line of what its file says of it, and all of it.
    needs, missing
        The packages it needs that not every install has, and those of them that are not here.
    weights
        Names of its trained weights; none where it learned nothing.
    devices
        Where it runs: "cpu", "cuda".
    default_on
        Where "auto" stands for it.
    """

    name: str
    summary: str
    docstring: str
    needs: tuple[str, ...]
    missing: tuple[str, ...]
    weights: tuple[str, ...]
    devices: tuple[str, ...]
    default_on: tuple[str, ...]


@dataclass(frozen=True)
class MetricEntry:
    """A metric: what it is, which way is better, and whether it means nothing without a mask."""

    name: str
    summary: str
    better: str
    needs_mask: bool


@dataclass(frozen=True)
class Option:
    """A keyword-only parameter of a method's `fit`: its default, and what it may be, in words."""

    name: str
    default: Any
    values: str


def catalogue() -> list[Entry]:
    """All methods and networks."""
    return [describe(name) for name in list_methods()]


def metrics_catalogue() -> list[MetricEntry]:
    """All metrics."""
    found = []
    for name in list_metrics():
        metric = find_metric(name, where="metrics_catalogue")
        said = importlib.import_module(f"harmonia.metrics.{name}").__doc__ or ""
        summary = said.partition("\n")[0]
        found.append(MetricEntry(name, summary, metric.better, metric.needs_mask))
    return found


def describe(name: str) -> Entry:
    tree = ast.parse(source_of(name))
    docstring = ast.get_docstring(tree) or ""
    needs = (_packages.TORCH,) if is_network(name) else ()
    calls = {node.func.attr for node in ast.walk(tree) if _calls_a_member(node)}
    defaults = {"cpu": DEFAULT, "cuda": DEFAULT_ON_CUDA}
    return Entry(
        name=name,
        summary=docstring.partition("\n")[0],
        docstring=docstring,
        needs=needs,
        missing=tuple(one for one in needs if _packages.package(one).version is None),
        weights=_weights(tree),
        devices=("cpu",) if "check_on_cpu" in calls else ("cpu", "cuda"),
        default_on=tuple(device for device, default in defaults.items() if default == name),
    )


def options(name: str) -> list[Option]:
    """What `harmonize` takes for one method beyond what it takes for all."""
    fit = find_method(name, where="options").fit
    return [
        Option(p.name, p.default, _in_words(p.annotation))
        for p in inspect.signature(fit).parameters.values()
        if p.kind is p.KEYWORD_ONLY
    ]


_WORDS = {
    bool: "True or False",
    int: "whole number",
    float: "number",
    str: "text",
    types.NoneType: "None",
}


def _in_words(annotation: Any) -> str:
    """An annotation as people say it: "lalphabeta or lab", "whole number or None"."""
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        return " or ".join(map(str, typing.get_args(annotation)))
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_in_words(one) for one in typing.get_args(annotation))
    return _WORDS.get(annotation) or inspect.formatannotation(annotation)


def _calls_a_member(node: ast.AST) -> typing.TypeGuard[Any]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


def _weights(tree: ast.Module) -> tuple[str, ...]:
    """The keys of `WEIGHTS = {...}`."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        named = any(isinstance(one, ast.Name) and one.id == "WEIGHTS" for one in targets)
        value = getattr(node, "value", None)
        if named and isinstance(value, ast.Dict):
            return tuple(str(key.value) for key in value.keys if isinstance(key, ast.Constant))
    return ()
