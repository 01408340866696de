"""How a target in Python is run: under atheris, which mutates bytes by what they reach.

A target is a file with `check(data)`, which raises where bytes lead to anything but an answer or an
error of harmonia's own. tests/test_fuzz_seeds.py runs them over what is kept, without atheris.
"""

import random
import sys
from collections.abc import Callable

Mutate = Callable[[bytes, random.Random], bytes]


def run(check: Callable[[bytes], None], mutate: Mutate | None = None) -> None:
    """Fuzz until the options of libFuzzer on the command line say stop.

    Every other input is changed by `mutate`, which knows the formats; any exception of it leaves
    the change to libFuzzer.
    """
    import atheris

    def change(data: bytes, most: int, seed: int) -> bytes:
        if mutate is not None and seed % 2:
            try:
                return mutate(data, random.Random(seed))[:most]
            except Exception:
                pass
        changed: bytes = atheris.Mutate(data, most)
        return changed

    atheris.Setup(sys.argv, check, custom_mutator=change)
    atheris.Fuzz()


def instrumented(*names: str) -> None:
    """Import modules of harmonia so that atheris sees which lines and comparisons are reached."""
    import importlib

    import atheris

    with atheris.instrument_imports(include=["harmonia"]):
        for name in names:
            importlib.import_module(name)
