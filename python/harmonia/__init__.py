"""Image harmonization: make a pasted foreground fit its background."""

import importlib
from typing import TYPE_CHECKING, Any

from harmonia._core import version as _version

if TYPE_CHECKING:
    from harmonia import (
        color,
        composite,
        datasets,
        evaluation,
        io,
        lut,
        metrics,
        stats,
        synthesis,
    )
    from harmonia._build import build_info, get_num_threads, set_num_threads
    from harmonia._example import example
    from harmonia._registry import list_methods, list_metrics, list_networks
    from harmonia.api import Harmonizer, evaluate, fit, harmonize, load
    from harmonia.comparison import Comparison, compare
    from harmonia.transform import Transform

__version__ = _version()

__all__ = [
    "Comparison",
    "Harmonizer",
    "Transform",
    "build_info",
    "color",
    "compare",
    "composite",
    "datasets",
    "evaluate",
    "evaluation",
    "example",
    "fit",
    "get_num_threads",
    "harmonize",
    "io",
    "list_methods",
    "list_metrics",
    "list_networks",
    "load",
    "lut",
    "metrics",
    "set_num_threads",
    "stats",
    "synthesis",
]

# Where the public names are. They are imported when they are first asked for: NumPy alone takes
# longer to load than `harmonia --version` may.
_HOMES = {
    "api": ("Harmonizer", "evaluate", "fit", "harmonize", "load"),
    "comparison": ("Comparison", "compare"),
    "transform": ("Transform",),
    "_build": ("build_info", "get_num_threads", "set_num_threads"),
    "_example": ("example",),
    "_registry": ("list_methods", "list_metrics", "list_networks"),
}
_MODULES = (
    "color",
    "composite",
    "datasets",
    "evaluation",
    "io",
    "lut",
    "metrics",
    "stats",
    "synthesis",
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
            globals()[name] = value  # the next look needs no call
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
