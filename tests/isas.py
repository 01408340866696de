"""Instruction sets and thread counts to run the same call with."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import harmonia
from harmonia import _core

# Sanitizers are slow, and report the first call that is wrong. What threads share is the same under
# every instruction set, so ThreadSanitizer sees the widest alone.
SANITIZER = re.search("lib(tsan|asan)|$", os.environ.get("LD_PRELOAD", ""))[1]
ISAS = tuple(_core.available_isas())[-1 if SANITIZER == "tsan" else 0 :]
REPEATS = 2 if SANITIZER else 10


def counts(*numbers: int) -> tuple[int, ...]:
    """Numbers of threads to run with; under a sanitizer, which watches calls, the last alone."""
    return numbers[-1:] if SANITIZER else numbers


def plain_environment() -> dict[str, str]:
    """That of other programs, which do not run under the sanitizer of these tests."""
    return {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}


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
