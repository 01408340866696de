"""Names and the modules behind them: the stem of a file in `methods/` or `metrics/` is a name.

So is the stem of one in `nets/`, of a method that needs torch.
"""

import ast
import functools
import importlib
import inspect
import pkgutil
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from harmonia import methods, metrics, models
from harmonia.metrics._metric import Metric

DEFAULT = "harmonia"  # a network that ships with its weights
# In its place where nothing is here to run it, and for references: the best colour transforms of
# those that run there, by benchmarks/bench_triplets.py.
CLASSICAL = "lalonde_efros"
CLASSICAL_ON_CUDA = "mkl"

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


def list_ready() -> list[str]:
    """The names that `harmonize` runs here as they are: methods, and networks that ship."""
    shipped = [name for name in list_networks() if models.is_bundled(name) and models.engine()]
    return sorted([*list_methods(), *shipped])


def method_name(name: str, *, where: str, device: str = "cpu", reference: bool = False) -> str:
    """A name that there is; "auto" is the default one for a device, perhaps with a reference."""
    if name == "auto":
        return default_method(device, reference=reference)
    known = list_methods()
    if name not in known and not is_network(name):
        every = ["auto", *known, *list_networks()]
        raise ValueError(f"{where}: unknown method {name!r}; {_choices(name, every)}")
    return name


def default_method(device: str = "cpu", *, reference: bool = False) -> str:
    """What "auto" is; a warning says once where it is less than it could be."""
    if reference:
        return _classical(device)
    found = usual_method(device)
    if found != DEFAULT:
        _say_what_is_missing("onnxruntime" if device == "cpu" else "safetensors", found)
    return found


def usual_method(device: str = "cpu") -> str:
    """What "auto" is without a reference, where it is only to be known."""
    return _classical(device) if models.engine(device) is None else DEFAULT


def _classical(device: str) -> str:
    return CLASSICAL_ON_CUDA if device.startswith("cuda") else CLASSICAL


@functools.cache  # once
def _say_what_is_missing(package: str, classical: str) -> None:
    warnings.warn(
        f"the default network {DEFAULT!r} needs {package}, which is not installed, so that "
        f"{classical!r} runs in its place: pip install {package}, or name a method",
        RuntimeWarning,
        stacklevel=5,
    )


def find_method(name: str, *, where: str) -> ModuleType:
    """The module of a method that is no network."""
    known = list_methods()
    if name not in known:
        raise ValueError(f"{where}: unknown method {name!r}; {_choices(name, known)}")
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


def option_of(text: str) -> tuple[str, Any]:
    """Of NAME=VALUE both; the value is a number, True, False, None, or else the text itself."""
    name, _, value = text.partition("=")
    try:
        return name, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return name, value


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
