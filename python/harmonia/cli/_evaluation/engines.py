"""What carries a plan out.

An engine is a function of the arguments, the plan, the folder of results, the share of it, and what
to call with each `Step`; it gives the results as they are then.
"""

import argparse
import contextlib
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

from harmonia import evaluation
from harmonia.evaluation import Plan, Results, Share, Step

Engine = Callable[[argparse.Namespace, Plan, Path, Share, Callable[[Step], object]], Results]


def local(
    arguments: argparse.Namespace,
    plan: Plan,
    folder: Path,
    share: Share,
    step: Callable[[Step], object],
) -> Results:
    """Threads of this process."""
    return evaluation.evaluate_dataset(
        plan, folder, workers=arguments.workers, share=share, step=step
    )


def processes(
    arguments: argparse.Namespace,
    plan: Plan,
    folder: Path,
    share: Share,
    step: Callable[[Step], object],
) -> Results:
    """Processes of this machine."""
    from harmonia.evaluation._processes import run_in_processes

    failures = run_in_processes(plan, folder, workers=arguments.workers, share=share, step=step)
    return Results(folder, tuple(failures))


def ray(
    arguments: argparse.Namespace,
    plan: Plan,
    folder: Path,
    share: Share,
    step: Callable[[Step], object],
) -> Results:
    """Processes of Ray, here or on a cluster."""
    from harmonia.evaluation._ray import run_on_ray

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


BY_NAME: dict[str, Engine] = {"local": local, "processes": processes, "ray": ray}
