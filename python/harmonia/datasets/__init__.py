"""Readers of published datasets, and of anyone's folders. Nothing is downloaded."""

import functools
import importlib
import inspect
import os
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import Any

from harmonia._registry import check_known
from harmonia.datasets._dataset import Dataset
from harmonia.datasets._facts import Facts
from harmonia.datasets._sample import Entry, Sample

__all__ = ["Dataset", "Entry", "Facts", "Sample", "facts", "list_datasets", "load"]


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
    module = _module(name, where="datasets.load")
    folder = Path(root)
    if not folder.is_dir():
        raise NotADirectoryError(f"datasets.load: root: there is no folder {folder}")
    parameters = inspect.signature(module.read).parameters.values()
    known = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    check_known(options, known, f"dataset {name!r}", where="datasets.load")
    dataset: Dataset = module.read(folder, **options)
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
    found: Facts = _module(name, where="datasets.facts").FACTS
    return found


@functools.cache
def _names() -> tuple[str, ...]:
    found = (entry.name for entry in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def _module(name: str, *, where: str) -> ModuleType:
    if name not in _names():
        raise ValueError(f"{where}: unknown dataset {name!r}; choose one of {', '.join(_names())}")
    return importlib.import_module(f"harmonia.datasets.{name}")
