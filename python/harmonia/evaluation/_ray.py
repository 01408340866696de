"""A plan carried out by Ray Data: shards on many processes, on one machine or a cluster."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from harmonia import _core
from harmonia._packages import package
from harmonia.evaluation._candidates import Compute
from harmonia.evaluation._plan import Plan
from harmonia.evaluation._run import measure_shard
from harmonia.evaluation._shards import (
    WHOLE,
    Failure,
    Found,
    Shard,
    Share,
    Step,
    Todo,
    begun,
    samples_of,
)
from harmonia.evaluation._told import parsed, told

# Of a core, what a process reserves. Where processes that keep the model reserve all cores, the
# tasks that feed them wait for ever; so no more processes run than there are cores, and they
# reserve half of them.
RESERVED = 0.5
ATTEMPTS = 3  # at a shard whose processes die: one may have been out of memory, or its machine
PATIENCE = 120.0

# Before Ray is loaded: it listens on loopback alone, under the name of a switch for systems where
# that is its default; it tells nobody that it runs; and it keeps what it logs to its files.
_ALONE = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_QUIET = {"RAY_BACKEND_LOG_LEVEL": "fatal", "RAY_DATA_LOG_LEVEL": "CRITICAL"}
_ERRORS_ALONE = 40  # as Python's levels of logs go
_LOOPBACK = ("127.0.0.1", "::1")


def run_on_ray(
    plan: Plan,
    folder: Path,
    *,
    workers: int | None = None,
    share: Share = WHOLE,
    step: Callable[[Step], object] = lambda step: None,
    address: str | None = None,
    patience: float = PATIENCE,
) -> list[Failure]:
    """As `_run.run`, with the same numbers, by processes that Ray keeps on the cores there are.

    Shards come back as rows, and this process alone writes them: the folder needs to be here
    only, a shard whose worker dies is measured again elsewhere, and what is written stays when this
    process is killed. `step` is called when a shard comes back.

    Parameters
    ----------
    workers
        Processes; by default the cores of the cluster, and where a network is to run on "cuda" its
        GPUs: each such process has one, and reads pictures on several threads.
    address
        Of a cluster, as Ray spells it; by default that of RAY_ADDRESS, and without one this machine
        alone. Its machines need harmonia in this version, and the dataset, weights and folders of
        pictures under the same paths as here. A Ray that the caller has begun is used as it is.
    patience
        Seconds until a first process must have begun.
    """
    with contextlib.ExitStack() as at_end:
        todo = at_end.enter_context(begun(plan, folder, share))
        if not todo:
            total = samples_of(plan, share)
            step(Step(total, total))
            return []
        ray = at_end.enter_context(_connected(address))
        size, reserved, threads = _processes(ray, plan, workers)
        _probe(ray, reserved, patience)
        size = min(size, len(todo))
        return _carry_out(ray, plan, folder, share, todo, step, size, reserved, threads)


def _carry_out(
    ray: ModuleType,
    plan: Plan,
    folder: Path,
    share: Share,
    todo: Todo,
    step: Callable[[Step], object],
    processes: int,
    reserved: dict[str, float],
    threads: int,
) -> list[Failure]:
    items = [{"shard": shard, "candidates": json.dumps(numbers)} for shard, numbers in todo.items()]
    shards = ray.data.from_items(items, override_num_blocks=len(items))
    shards.context.enable_progress_bars = False
    shards.context.print_on_execution_start = False
    shards.context.execution_no_progress_timeout_s = -1  # a shard may take hours
    measured = shards.map_batches(
        _Worker,
        batch_size=1,
        # By reference: of what stands here itself, Ray logs every element, and reads it for that.
        fn_constructor_args=(ray.put(plan), ray.remote(num_cpus=0)(_Beginnings).remote(), threads),
        compute=ray.data.ActorPoolStrategy(size=processes, max_tasks_in_flight_per_actor=1),
        **reserved,
    )
    failures: list[Failure] = []
    total = samples_of(plan, share)
    done = total - sum(len(plan.indices(shard)) for shard in todo)
    step(Step(done, total))
    left = dict(todo)
    try:
        for came in measured.iter_rows():
            number = int(came["shard"])
            if (candidates := left.pop(number, None)) is None:
                continue
            shard = Shard(number, candidates, len(plan.indices(number)))
            here: tuple[Failure, ...] = ()
            for index, found in parsed(came["found"]):
                here += shard.add(plan.dataset.entry(index).name, found, plan)
            shard.write(folder, plan)
            failures += here
            done += len(plan.indices(number))
            step(Step(done, total, here))
    except ray.exceptions.RayError as error:
        raise _of_ray(error) from error
    if left:
        raise RuntimeError(f"evaluation: Ray gave nothing for {len(left)} shards; run it again")
    return failures


class _Beginnings:
    """How often each shard was begun; Ray itself tries for ever where a process dies."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def of(self, shard: int) -> int:
        self._counts[shard] = self._counts.get(shard, 0) + 1
        return self._counts[shard]


class _Worker:
    """A process of its own with the candidates open. It gives what Arrow and JSON carry."""

    def __init__(self, plan: Any, beginnings: Any, threads: int) -> None:
        import ray

        self._plan: Plan = ray.get(plan)
        self._count: Callable[[int], int] = lambda shard: ray.get(beginnings.of.remote(shard))
        self._threads = threads
        self._computes: dict[int, Compute] = {}
        _core.set_num_threads(1)  # the cores have other processes

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        shard = int(batch["shard"][0])
        if (times := self._count(shard)) > ATTEMPTS:
            died = RuntimeError(
                f"the process died {times - 1} times that measured this sample and those beside "
                "it; there may be too little memory"
            )
            found: list[tuple[int, Found]] = [(n, died) for n in self._plan.indices(shard)]
        else:
            computes = self._opened(json.loads(str(batch["candidates"][0])))
            found = measure_shard(self._plan, shard, computes, threads=self._threads)
        return {"shard": [shard], "found": [told(found)]}

    def _opened(self, numbers: list[int]) -> dict[int, Compute]:
        for number in numbers:
            if number not in self._computes:
                self._computes[number] = self._plan.candidates[number].open()
        return {number: self._computes[number] for number in numbers}


@contextlib.contextmanager
def _connected(address: str | None) -> Iterator[ModuleType]:
    """Ray, connected to a cluster or begun here; what was begun here ends here."""
    address = address or os.environ.get("RAY_ADDRESS") or "local"
    alone = address == "local" and "ray" not in sys.modules
    with _environment(_QUIET | (_ALONE if alone else {})):
        ray = _imported()
        if ray.is_initialized():
            yield ray
            return
        here: dict[str, Any] = {}
        if address == "local":
            here = {"num_cpus": _core.num_threads(), "include_dashboard": False}
        try:
            ray.init(address=address, log_to_driver=False, logging_level=_ERRORS_ALONE, **here)
        except (ConnectionError, ray.exceptions.RayError) as error:
            raise RuntimeError(f"evaluation: no Ray answers at {address}: {error}") from error
    try:
        if address == "local" and ray.util.get_node_ip_address() not in _LOOPBACK:
            raise RuntimeError(
                "evaluation: Ray was loaded before, so that it would listen beyond this machine; "
                "do not import it, or begin it yourself by ray.init()"
            )
        yield ray
    finally:
        ray.shutdown()


@contextlib.contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    """Variables for Ray and the processes that it begins; what the user has set stays."""
    added = [name for name in wanted if name not in os.environ]
    os.environ.update({name: wanted[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def _imported() -> ModuleType:
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"evaluation: the engine ray needs Ray Data: {package('ray').install}", name=error.name
        ) from error
    return ray  # type: ignore[no-any-return]


def _processes(
    ray: ModuleType, plan: Plan, workers: int | None
) -> tuple[int, dict[str, float], int]:
    """How many there may be, what each reserves, and how many threads read pictures in it."""
    there = ray.cluster_resources()
    cores, gpus = int(there.get("CPU", 0)), int(there.get("GPU", 0))
    on_cuda = [
        candidate.label
        for candidate in plan.candidates
        if str(candidate.options.get("device", "")).startswith("cuda")
    ]
    most = gpus if on_cuda else cores
    if most < 1:
        wants = f"a GPU for {on_cuda[0]!r}" if on_cuda else "a core"
        raise RuntimeError(
            f"evaluation: the plan wants {wants}, and this Ray has none ({cores} cores, {gpus} "
            "GPUs); begin it with num_cpus and num_gpus"
        )
    size = min(workers or most, most)
    threads = max(1, cores // gpus) if on_cuda else 1
    reserved = {"num_cpus": RESERVED * threads}
    return size, reserved | ({"num_gpus": 1.0} if on_cuda else {}), threads


def _probe(ray: ModuleType, reserved: dict[str, float], patience: float) -> None:
    """See that a process begins, and that it has this harmonia, before hours go by in waiting."""
    task = ray.remote(**reserved)(_version).remote()
    try:
        version = ray.get(task, timeout=patience)
    except ray.exceptions.GetTimeoutError:
        free, total = ray.available_resources(), ray.cluster_resources()
        keys = {"num_cpus": "CPU", "num_gpus": "GPU"}
        wanted = " and ".join(
            f"{amount:g} {keys[name]} ({free.get(keys[name], 0):g} of {total[keys[name]]:g} free)"
            for name, amount in reserved.items()
        )
        raise RuntimeError(
            f"evaluation: no process of Ray began within {patience:g} s; it waits for {wanted}; "
            "free some, or ask for fewer"
        ) from None
    except ray.exceptions.RayError as error:
        raise _of_ray(error) from error
    if version != _core.version():
        raise RuntimeError(
            f"evaluation: the machines of Ray have harmonia {version}, and this one has "
            f"{_core.version()}; install the same on all"
        )


def _version() -> str:
    return _core.version()


def _of_ray(error: Exception) -> RuntimeError:
    """In one sentence: the last line of what Ray says, which is the cause in a worker."""
    lines: Sequence[str] = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[-1] if lines else type(error).__name__
    return RuntimeError(f"evaluation: {type(error).__name__} of Ray: {said}")
