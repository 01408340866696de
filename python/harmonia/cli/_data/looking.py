"""Progress while samples are looked at, and the threads for it."""

import argparse
import contextlib
from collections.abc import Callable, Iterator

from harmonia import _cores
from harmonia.cli._progress import Progress


@contextlib.contextmanager
def looking(arguments: argparse.Namespace) -> Iterator[tuple[int, Callable[[int, bool], None]]]:
    """How many samples at a time, and what to call after each with the total and its failure."""
    import harmonia

    workers = arguments.workers or harmonia.get_num_threads()
    with contextlib.ExitStack() as at_end:
        at_end.enter_context(_cores.shared(workers))
        shown: list[Progress] = []

        def step(total: int, failed: bool) -> None:
            if not shown:  # the total is known when the lists have been read
                shown.append(at_end.enter_context(Progress(total)))
            shown[0].step(failed=failed)

        yield workers, step
