"""Instruction sets and thread counts to run the same call with."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import harmonia
from harmonia import _core

# What threads share is the same under every instruction set; ThreadSanitizer, which is slow, sees
# the widest.
UNDER_TSAN = "libtsan" in os.environ.get("LD_PRELOAD", "")
ISAS = tuple(_core.available_isas())[-1 if UNDER_TSAN else 0 :]


@contextmanager
def forced(isa: str) -> Iterator[None]:
    """Kernels of one instruction set inside the block."""
    before = _core.active_isa()
    _core.force_isa(isa)
    try:
        yield
    finally:
        _core.force_isa(before)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """A number of threads inside the block."""
    before = harmonia.get_num_threads()
    harmonia.set_num_threads(count)
    try:
        yield
    finally:
        harmonia.set_num_threads(before)
