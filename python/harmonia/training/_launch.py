"""The processes of one run, started anew when one of them dies.

A run goes on from its last checkpoint whenever it is called again, so this is all that a machine
with several GPUs needs beside it, and what a kill for want of memory needs with one process too.
Across machines `torchrun` does the same, and `train` works under it.
"""

import contextlib
import copy
import math
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar

import torch
from torch import distributed as dist

from harmonia import _core
from harmonia.training._ranks import RELAUNCHES
from harmonia.training._whole import check_whole

Result = TypeVar("Result")

GRACE = 2.0  # seconds: when one dies, what the others say next is mostly of that
HERE = "127.0.0.1"


class ProcessDied(RuntimeError):
    """Processes of a run died more often than they are to be started again."""


def launch(
    processes: int,
    entry: Callable[..., Result],
    *arguments: object,
    restarts: int = 3,
    tell: Callable[[str], object] = lambda said: None,
) -> Result:
    """Call `entry(*arguments)` in some processes, as `torchrun` would; what the first one gives.

    If a process dies, by a signal or a crash, the others are ended and all are started anew, up to
    `restarts` times; then it is a `ProcessDied`. An exception in `entry` would come again, and is
    raised here at once.

    Parameters
    ----------
    processes
        How many. They share the cores of this machine, and each takes a GPU of its own where
        `entry` trains on CUDA.
    entry, arguments
        A function of a module, and what goes through pickle: processes are spawned.
    restarts
        How often all of them are started anew.
    tell
        Called before that with a sentence that says who died, of what.
    """
    check_whole("processes", processes, 1, where="launch")
    check_whole("restarts", restarts, 0, where="launch")
    for attempt in range(restarts + 1):
        store = _store(processes)  # what an earlier attempt left in its own would confuse this one
        children = [
            _begun(_environment(rank, processes, attempt, store), entry, arguments)
            for rank in range(processes)
        ]
        try:
            died = _ended(children)
        finally:
            for child in children:
                child.process.kill()
                child.process.join()
                child.connection.close()
        if not died:
            result: Result = children[0].result
            return result
        if attempt < restarts:
            tell(f"{died}; going on from the last checkpoint ({attempt + 1} of {restarts})")
    raise ProcessDied(
        f"launch: {died}, and so all {processes} gave up after {restarts} relaunches; the same "
        "call goes on from the last checkpoint, with a smaller batch if memory ran out"
    )


@dataclass(eq=False)
class _Child:
    """A process, and what it said at its end."""

    process: SpawnProcess
    connection: "Connection[Any, Any]"
    told: bool = False
    result: Any = None
    error: BaseException | None = None

    @property
    def failed(self) -> bool:
        return not self.told or self.error is not None

    def listen(self) -> None:
        """Take what it says, if anything."""
        with contextlib.suppress(EOFError, OSError):
            if not self.told and self.connection.poll():
                self.error, self.result = self.connection.recv()
                self.told = True


def _begun(
    environment: dict[str, str], entry: Callable[..., Any], arguments: Sequence[object]
) -> _Child:
    # A fork would take over the locks of threads that do not come along.
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, environment, entry, tuple(arguments)))
    process.start()
    there.close()
    return _Child(process, here)


def _ended(children: list[_Child]) -> str:
    """Wait for all: "" when they are done, else who died. An exception of theirs is raised."""
    until = math.inf
    while True:
        # Looked at once a turn, and before its last words are heard: who dies after this is among
        # those that are waited for.
        alive = [child for child in children if child.process.is_alive()]
        for child in children:
            child.listen()
        going = [child for child in alive if not child.told]
        failed = any(child not in going and child.failed for child in children)
        if failed and until == math.inf:
            until = time.monotonic() + GRACE
        left = until - time.monotonic()
        if not going or left <= 0:
            break
        events = [one for child in going for one in (child.process.sentinel, child.connection)]
        wait(events, None if until == math.inf else left)
    gone = [n for n, child in enumerate(children) if not child.told and child not in going]
    if gone:
        said = _cause(children[gone[0]].process.exitcode)
        return f"process {gone[0] + 1} of {len(children)} {said}"
    errors = [child.error for child in children if child.error is not None]
    # One that was cut off from another's process says less than that other.
    errors.sort(key=lambda error: isinstance(error, RuntimeError))
    if errors and isinstance(errors[0], dist.DistError):
        return f"the processes lost each other ({errors[0]})"
    if errors:
        raise errors[0]
    return ""


def _cause(code: int | None) -> str:
    if code is None or code >= 0:
        return f"ended with exit code {code}"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    memory = ", perhaps because memory ran out" if name == "SIGKILL" else ""
    return f"was killed by {name}{memory}"


def _environment(rank: int, count: int, attempt: int, store: Any) -> dict[str, str]:
    """What `torchrun` would say, by which `train` and torch know the others."""
    said = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": count, "LOCAL_WORLD_SIZE": count}
    said[RELAUNCHES] = attempt
    environment = {name: str(value) for name, value in said.items()}
    if store is None:
        return environment
    environment |= {"MASTER_ADDR": HERE, "MASTER_PORT": str(store.port)}
    environment["TORCHELASTIC_USE_AGENT_STORE"] = "True"  # the store is that of this process
    # Else the name of the machine is looked up, which fails where there is no network.
    loopback = {"linux": "lo", "darwin": "lo0"}.get(sys.platform)
    if loopback and "GLOO_SOCKET_IFNAME" not in os.environ:
        environment["GLOO_SOCKET_IFNAME"] = loopback
    return environment


def _store(processes: int) -> Any:
    """Where processes find each other, at a port that the system chooses."""
    if processes == 1:
        return None
    return dist.TCPStore(  # type: ignore[attr-defined]
        HERE, 0, is_master=True, wait_for_workers=False
    )


def _serve(
    connection: "Connection[Any, Any]",
    environment: dict[str, str],
    entry: Callable[..., Any],
    arguments: tuple[object, ...],
) -> None:
    """What a process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that began it ends it
    os.environ.update(environment)
    count = int(environment["WORLD_SIZE"])
    if count > 1:
        torch.set_num_threads(max(1, torch.get_num_threads() // count))
        _core.set_num_threads(max(1, _core.num_threads() // count))
    threading.Thread(target=_end_with_the_other, args=(connection,), daemon=True).start()
    try:
        result = entry(*arguments)
        if dist.is_available() and dist.is_initialized():
            dist.destroy_process_group()
        connection.send((None, result if environment["RANK"] == "0" else None))
    except BaseException as error:
        connection.send((_sendable(error), None))


def _end_with_the_other(connection: "Connection[Any, Any]") -> None:
    """Nothing ever comes, but the end when the process has gone that began this one."""
    try:
        connection.recv()
    except (EOFError, OSError):
        os._exit(1)


def _sendable(error: BaseException) -> BaseException:
    """The exception with the lines it came from; in words where it cannot be made again."""
    lines = "".join(traceback.format_exception(error))
    try:
        again = copy.copy(error)  # as pickle will
        same = type(again) is type(error) and str(again) == str(error)
    except Exception:
        same = False
    sent = error if same else RuntimeError(f"{type(error).__name__}: {error}")
    sent.add_note(f"In a process of the run:\n{lines}")
    return sent
