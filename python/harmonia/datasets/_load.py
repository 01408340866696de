"""Datasets by their names: a file of this folder is one, its stem the name."""

import functools
import importlib
import inspect
import os
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import Any

from harmonia._registry import check_known
from harmonia.datasets._dataset import Dataset, Origin
from harmonia.datasets._facts import Facts


def load(name: str, root: str | os.PathLike[str], **options: Any) -> Dataset:
    """A dataset that lies in a folder.

    Parameters
    ----------
    name
        One of `list_datasets()`.
    root
        Its folder, as its owners lay it out.
    options
        What its reader takes, such as `split="train"`; the docstring of
        `harmonia.datasets.<name>` says which.

    >>> harmonia.datasets.load("iharmony4", "there/is/none")
    Traceback (most recent call last):
    ...
    NotADirectoryError: datasets.load: root: there is no folder there/is/none
    """
    where = "datasets.load"
    module = reader(name, where=where)
    folder = folder_at(root, where=where)
    check_known(options, parameters(module), f"dataset {name!r}", where=where)
    dataset: Dataset = module.read(folder, **options)
    dataset.origin = Origin(name, os.fspath(root), options)
    return dataset


def list_datasets() -> list[str]:
    """The names that `load` knows.

    >>> "iharmony4" in harmonia.datasets.list_datasets()
    True
    """
    return list(_names())


def facts(name: str) -> Facts:
    """What is known of a dataset beforehand: its source, its counts, its licence.

    >>> harmonia.datasets.facts("iharmony4").counts["test"]["HCOCO"]
    4283
    """
    found: Facts = reader(name, where="datasets.facts").FACTS
    return found


def reader(name: str, *, where: str) -> ModuleType:
    """The module of a dataset."""
    if name not in _names():
        raise ValueError(f"{where}: unknown dataset {name!r}; choose one of {', '.join(_names())}")
    return importlib.import_module(f"harmonia.datasets.{name}")


def parameters(module: ModuleType) -> list[str]:
    """The options that a dataset's reader takes."""
    found = inspect.signature(module.read).parameters.values()
    return [one.name for one in found if one.kind is one.KEYWORD_ONLY]


def folder_at(root: str | os.PathLike[str], *, where: str) -> Path:
    folder = Path(root)
    if not folder.is_dir():
        raise NotADirectoryError(f"{where}: root: there is no folder {folder}")
    return folder


@functools.cache
def _names() -> tuple[str, ...]:
    found = (entry.name for entry in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return tuple(sorted(name for name in found if not name.startswith("_")))
