"""The cores shared out among pictures that are under way at the same time."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from harmonia import _core


@contextmanager
def shared(workers: int) -> Iterator[None]:
    """Give each of `workers` threads its part of the cores, here and in torch where that is loaded.

    Many pictures at a time use the cores better than many threads for each.
    """
    cores = _core.num_threads()
    each = max(1, cores // max(1, workers))
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else 0
    _core.set_num_threads(each)
    if torch and workers > 1:
        torch.set_num_threads(min(before, each))
    try:
        yield
    finally:
        _core.set_num_threads(cores)
        if torch:
            torch.set_num_threads(before)


def use_one_thread() -> None:
    """From now on, here and in torch where that is loaded: the other cores have other processes."""
    _core.set_num_threads(1)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
