"""What is kept for a while: the few things used last, and no more bytes of them than a limit."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """Safe to use from many threads. What is put last stays, however large it is."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._things: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, key: Hashable, thing: T, size: int) -> None:
        with self._lock:
            self._things[key] = (thing, size)
            self._things.move_to_end(key)
            while len(self._things) > 1 and self._is_full():
                self._things.popitem(last=False)

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            if key not in self._things:
                return None
            self._things.move_to_end(key)
            return self._things[key][0]

    def _is_full(self) -> bool:
        held = sum(size for _, size in self._things.values())
        return len(self._things) > self._most or held > self._most_bytes
