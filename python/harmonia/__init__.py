"""Image harmonization: make a pasted foreground fit its background."""

from harmonia._build import build_info, get_num_threads, set_num_threads
from harmonia._core import version as _version
from harmonia._example import example
from harmonia._registry import list_methods, list_metrics, list_networks
from harmonia.api import Harmonizer, evaluate, fit, harmonize, load
from harmonia.transform import Transform

from harmonia import color, composite, io, lut, metrics, stats  # isort: skip

__version__ = _version()

__all__ = [
    "Harmonizer",
    "Transform",
    "build_info",
    "color",
    "composite",
    "evaluate",
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
]
