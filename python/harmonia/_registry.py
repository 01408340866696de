"""Names and the modules behind them: the stem of a file in `methods/` or `metrics/` is a name.

So is the stem of one in `nets/`, of a method that needs torch.
"""

import ast
import functools
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from harmonia import methods, metrics
from harmonia.metrics._metric import Metric

# The best colour transforms of those that run there, by benchmarks/bench_triplets.py.
DEFAULT = "lalonde_efros"
DEFAULT_ON_CUDA = "mkl"

NETS = (str(Path(__file__).with_name("nets")),)  # a look into the package itself imports torch


def list_methods() -> list[str]:
    """The names that `harmonize` knows, without importing what is behind them.

    >>> "reinhard" in harmonia.list_methods()
    True
    """
    return list(_stems(*methods.__path__))


def list_networks() -> list[str]:
    """The names of networks that `harmonize` knows, with `weights=`, without importing torch.

    >>> "issam" in harmonia.list_networks()
    True
    """
    return list(_stems(*NETS))


def list_metrics() -> list[str]:
    """The names that `evaluate` knows.

    >>> "fmse" in harmonia.list_metrics()
    True
    """
    return list(_stems(*metrics.__path__))


@functools.cache  # a look into the folder takes longer than to score a small picture
def _stems(*folders: str) -> tuple[str, ...]:
    found = (entry.name for entry in pkgutil.iter_modules(folders))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def source_of(name: str) -> str:
    """The text of a method's file, which can be read where it cannot run."""
    for folder in (*methods.__path__, *NETS):
        path = Path(folder, f"{name}.py")
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"{name}.py, which says what the method {name!r} is, is missing")


def summary(name: str) -> str:
    """A catalogue entry: the first line of a file's docstring, read without running it."""
    return (ast.get_docstring(ast.parse(source_of(name))) or "").partition("\n")[0]


def method_name(name: str, *, where: str, device: str = "cpu") -> str:
    """A name that there is; "auto" is the default one for a device."""
    if name == "auto":
        return DEFAULT_ON_CUDA if device.startswith("cuda") else DEFAULT
    known = list_methods()
    if name not in known:
        every = ["auto", *known, *list_networks()]
        raise ValueError(f"{where}: unknown method {name!r}; {_choices(name, every)}")
    return name


def find_method(name: str, *, where: str, device: str = "cpu") -> ModuleType:
    """The module of a method."""
    name = method_name(name, where=where, device=device)
    return importlib.import_module(f"harmonia.methods.{name}")


def is_network(method: str) -> bool:
    """Whether a method, "issam" or with its variant "issam.256", is a network."""
    return isinstance(method, str) and method.partition(".")[0] in list_networks()


def find_metric(name: str, *, where: str) -> Metric:
    """A metric by name."""
    known = list_metrics()
    if name not in known:
        raise ValueError(f"{where}: unknown metric {name!r}; {_choices(name, known)}")
    found: Metric = importlib.import_module(f"harmonia.metrics.{name}").METRIC
    return found


def check_options(method: ModuleType, given: Mapping[str, Any], *, where: str) -> None:
    """Options are the keyword-only parameters of the method's `fit`."""
    name = method.__name__.rpartition(".")[2]
    if given:  # to read a signature takes a tenth of a small picture's time
        check_known(given, _options_of(method), f"method {name!r}", where=where)


def _options_of(method: ModuleType) -> list[str]:
    parameters = inspect.signature(method.fit).parameters.values()
    return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]


def check_known(given: Iterable[str], known: list[str], whose: str, *, where: str) -> None:
    """Refuse options that there are not."""
    for option in given:
        if option not in known:
            rest = _choices(option, known) if known else "it takes none"
            raise TypeError(f"{where}: {whose} has no option {option!r}; {rest}")


def _choices(wrong: object, known: Iterable[str]) -> str:
    import difflib  # only for a mistake

    near = difflib.get_close_matches(str(wrong), list(known), n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}choose one of {', '.join(known)}"
