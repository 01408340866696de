"""What this build of harmonia is, and what it runs with."""

from typing import Any

from harmonia import _core
from harmonia._kernels import load_cuda


def build_info() -> dict[str, Any]:
    """Version, compiler, instruction sets, threads, and whether CUDA works or why not.

    >>> info = harmonia.build_info()
    >>> info["isa"] in info["isas"]
    True
    >>> sorted(info["cuda"])
    ['available', 'reason']
    """
    module, reason = load_cuda()
    return {
        "version": _core.version(),
        "compiler": _core.compiler(),
        "isa": _core.active_isa(),
        "isas": _core.available_isas(),
        "threads": _core.num_threads(),
        "cuda": {"available": module is not None, "reason": reason},
    }


def get_num_threads() -> int:
    """How many threads a call uses: all usable cores, unless set otherwise.

    >>> harmonia.get_num_threads() >= 1
    True
    """
    return _core.num_threads()


def set_num_threads(count: int) -> None:
    """Use `count` threads a call from now on. Results do not depend on it.

    >>> before = harmonia.get_num_threads()
    >>> harmonia.set_num_threads(1)
    >>> harmonia.get_num_threads()
    1
    >>> harmonia.set_num_threads(before)
    """
    _core.set_num_threads(count)
