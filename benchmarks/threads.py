"""One number of threads for harmonia and every peer."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager


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
