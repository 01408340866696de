"""One number of threads for harmonia and every peer."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any


class Threads:
    """How many threads everything below may use."""

    count = 1

    @contextmanager
    def __call__(self, count: int) -> Iterator[None]:
        self.count = count
        if importlib.util.find_spec("harmonia"):
            import harmonia

            harmonia.set_num_threads(count)
        if importlib.util.find_spec("cv2"):
            import cv2

            cv2.setNumThreads(count)
        if importlib.util.find_spec("torch"):
            import torch

            torch.set_num_threads(count)
        from threadpoolctl import threadpool_limits

        with threadpool_limits(count):
            yield


threads = Threads()


def in_parts(work: Callable[[Any], Any], parts: Iterable[Any]) -> list[Any]:
    """`work` on every part, each on a thread of its own where there are several."""
    parts = list(parts)
    if len(parts) == 1:
        return [work(parts[0])]
    return list(pool().map(work, parts))


@cache
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor()


def row_parts(height: int) -> list[slice]:
    """Equal parts of an image, one a thread."""
    cuts = [height * i // threads.count for i in range(threads.count + 1)]
    return [slice(a, b) for a, b in itertools.pairwise(cuts)]
