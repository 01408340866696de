"""What carries a plan out.

An engine is a function of the arguments, the plan, the folder of results, the share of it, and what
to call with each `Step`; it gives the results as they are then.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonia.evaluation import Plan, Results, Share, Step

MANY = 256  # samples from which on processes are worth their start


def auto(
    arguments: argparse.Namespace,
    plan: "Plan",
    folder: Path,
    share: "Share",
    step: "Callable[[Step], object]",
) -> "Results":
    """Processes for many samples on several cores, and otherwise threads.

    Networks stay in this process too: each other one would load the weights again, and torch uses
    the cores well from threads.
    """
    from harmonia import get_num_threads
    from harmonia._registry import is_network
    from harmonia.evaluation._shards import samples_of

    networks = any(one.method is not None and is_network(one.method) for one in plan.candidates)
    alone = (arguments.workers or get_num_threads()) == 1
    few = samples_of(plan, share) < MANY
    engine = local if networks or alone or few else processes
    return engine(arguments, plan, folder, share, step)


def local(
    arguments: argparse.Namespace,
    plan: "Plan",
    folder: Path,
    share: "Share",
    step: "Callable[[Step], object]",
) -> "Results":
    """Threads of this process."""
    from harmonia import evaluation

    return evaluation.evaluate_dataset(
        plan, folder, workers=arguments.workers, share=share, step=step
    )


def processes(
    arguments: argparse.Namespace,
    plan: "Plan",
    folder: Path,
    share: "Share",
    step: "Callable[[Step], object]",
) -> "Results":
    """Processes of this machine."""
    from harmonia.evaluation import Results
    from harmonia.evaluation._processes import run_in_processes
    from harmonia.evaluation._remarks import warn

    warn(plan)
    failures = run_in_processes(plan, folder, workers=arguments.workers, share=share, step=step)
    return Results(folder, tuple(failures))


def ray(
    arguments: argparse.Namespace,
    plan: "Plan",
    folder: Path,
    share: "Share",
    step: "Callable[[Step], object]",
) -> "Results":
    """Processes of Ray, here or on a cluster."""
    import contextlib
    import sys
    import warnings

    from harmonia.evaluation import Results
    from harmonia.evaluation._ray import run_on_ray
    from harmonia.evaluation._remarks import warn

    warn(plan)
    # Ray prints there of processes that died, and results are for standard output. What it calls
    # deprecated are settings of its own.
    with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        failures = run_on_ray(
            plan,
            folder,
            workers=arguments.workers,
            share=share,
            step=step,
            address=arguments.ray_address,
        )
    return Results(folder, tuple(failures))


# By name, the default first.
BY_NAME = {"auto": auto, "local": local, "processes": processes, "ray": ray}
