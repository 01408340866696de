"""What there is to choose from: methods with what they need, where they run and their options,
and metrics.
"""

import ast
import importlib
import inspect
import types
import typing
from dataclasses import dataclass
from os import PathLike
from typing import Any, NamedTuple

from harmonia import _packages, models
from harmonia._registry import (
    find_method,
    find_metric,
    is_network,
    list_methods,
    list_metrics,
    list_networks,
    source_of,
    usual_method,
)


class Weights(NamedTuple):
    """A file of weights: the variant it is for, its name, the page that has it, its licence."""

    variant: str
    file: str
    page: str
    licence: str


@dataclass(frozen=True)
class Entry:
    """A method or network, read from its source without running it.

    Attributes
    ----------
    summary, docstring
        The first line of what its file says of it, and all of it.
    needs, missing
        The packages it needs that not every install has, and those of them that are not here.
    network, bundled
        Whether it is one, which takes weights, and whether it ships with its own.
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
    network: bool
    bundled: bool
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
    return [describe(name) for name in (*list_methods(), *list_networks())]


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
    needs: tuple[str, ...] = ()
    if is_network(name):
        needs = (_packages.ONNX if models.is_bundled(name) else _packages.TORCH,)
    calls = {node.func.attr for node in ast.walk(tree) if _calls_a_member(node)}
    defaults = {device: usual_method(device) for device in ("cpu", "cuda")}
    return Entry(
        name=name,
        summary=docstring.partition("\n")[0],
        docstring=docstring,
        needs=needs,
        missing=tuple(one for one in needs if _packages.package(one).version is None),
        network=is_network(name),
        bundled=models.is_bundled(name),
        devices=("cpu",) if "check_on_cpu" in calls else ("cpu", "cuda"),
        default_on=tuple(device for device, default in defaults.items() if default == name),
    )


def has_torch() -> bool:
    """Whether more is to be known of networks than their names."""
    return _packages.package(_packages.TORCH).version is not None


def weights(name: str) -> tuple[list[str], list[Weights]]:
    """The variants of a network, and the weights that its authors publish. Needs torch."""
    found = importlib.import_module("harmonia.nets._weights").architecture_of(name)
    published = [Weights(one.variant, one.file, one.page, one.licence) for one in found.published]
    return list(found.variants), published


def options(name: str) -> list[Option]:
    """What `harmonize` takes for one method or network beyond what it takes for all."""
    choices = {}
    if is_network(name) and not has_torch():
        taking = importlib.import_module("harmonia._onnx").open_onnx
    elif is_network(name):
        taking = importlib.import_module("harmonia.nets._session").open_session
        choices = importlib.import_module("harmonia.nets._weights").choices_of(name)
    else:
        taking = find_method(name, where="options").fit
    found = [
        Option(p.name, NEEDED if p.default is p.empty else p.default, in_words(p.annotation))
        for p in inspect.signature(taking).parameters.values()
        if p.kind is p.KEYWORD_ONLY and p.name not in _OF_ALL
    ]
    return found + [
        Option(one, values[0], " or ".join(map(str, values))) for one, values in choices.items()
    ]


NEEDED = "(needed)"  # instead of a default
_OF_ALL = ("device", "where")

_WORDS = {
    bool: "True or False",
    int: "whole number",
    float: "number",
    str: "text",
    PathLike[str]: "path",
    types.NoneType: "None",
}


def in_words(annotation: Any) -> str:
    """An annotation as people say it: "lalphabeta or lab", "whole number or None"."""
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        return " or ".join(map(str, typing.get_args(annotation)))
    if origin in (typing.Union, types.UnionType):
        return " or ".join(in_words(one) for one in typing.get_args(annotation))
    return _WORDS.get(annotation) or inspect.formatannotation(annotation)


def _calls_a_member(node: ast.AST) -> typing.TypeGuard[Any]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
