"""Kill a training at random moments, go on, and compare with one that nobody disturbed.

    python benchmarks/kill_training.py [--kills 20] [--writes 200] [--seed 0] [--save-results]

First a process that does nothing but write checkpoints is killed by SIGKILL, so many times: after
each, the checkpoint that is there must be whole. Then whole runs are killed, again and again until
one comes to its end: its log and its weights must have the bytes of the undisturbed run.

Processes are forked from one that has loaded torch and computed nothing, so that a kill does not
cost the seconds of a start.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from environment import environment, write_results
from harmonia.datasets import Sample
from harmonia.training import _checkpoint, train
from scene import scene

RESULTS = Path(__file__).parent / "results" / "kill_training.json"
STEPS, SIDE = 60, 32
COMPARED = ("log.csv", "validation.csv", "last.safetensors", "best.safetensors", "run.json")


def samples(count: int) -> list[Sample]:
    one = scene(SIDE, SIDE, "ellipse")
    made = []
    for number in range(count):
        real = np.roll(one.image, 3 * number, axis=1)
        mask = np.asarray(one.mask).astype(np.uint8)
        mask = mask if mask.max() > 1 else mask * np.uint8(255)
        other = np.clip(real * 0.8 + 20, 0, 255).astype(np.uint8)
        made.append(Sample(np.where(mask[..., None] > 0, other, real), mask, real, f"{number}"))
    return made


def run(folder: Path) -> None:
    torch.set_num_threads(1)
    data = samples(8)
    train(
        "issam",
        data,
        folder,
        validation=data[:1],
        steps=STEPS,
        batch=2,
        workers=0,
        average=0.9,
        log_every=1,
        save_every=2,
        validate_every=20,
        device="cpu",
        width=16,
        base=16,
    )


def write(path: Path) -> None:
    """Checkpoints of 4 MB whose tensors all hold the number of their step."""
    torch.set_num_threads(1)
    step = _checkpoint.load(path).step if path.exists() else 0
    while True:
        step += 1
        state = {str(n): torch.full((1 << 16,), float(step)) for n in range(16)}
        _checkpoint.save(path, _checkpoint.Checkpoint(step, "", state, {}, None, {}, {}))


def whole(path: Path) -> int:
    """The step of a checkpoint, all of which is of that step."""
    found = _checkpoint.load(path)
    same = all(bool((one == found.step).all()) for one in found.recipe.values())
    if not same:
        raise SystemExit(f"kill_training: the checkpoint of step {found.step} holds others")
    return found.step


def forked(work: Callable[[Path], None], path: Path) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work(path)
    except BaseException as error:
        os.write(2, f"kill_training: {error!r}\n".encode())
        os._exit(1)
    os._exit(0)


def ended(child: int, after: float | None) -> bool:
    """Whether it was killed so many seconds later; else it came to its end before."""
    until = time.monotonic() + after if after is not None else float("inf")
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(0.002)
    else:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, -signal.SIGKILL):
        raise SystemExit(f"kill_training: a run ended with {code}")
    return code != 0


def checked(path: Path) -> int:
    """In a process of its own, since torch's threads do not come through a fork."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        torch.set_num_threads(1)
        try:
            os.write(writer, str(whole(path) if path.exists() else 0).encode())
        finally:
            os._exit(0)
    os.close(writer)
    said = os.read(reader, 100)
    os.close(reader)
    os.waitpid(child, 0)
    if not said:
        raise SystemExit("kill_training: a checkpoint is corrupt")
    return int(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--writes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-results", action="store_true", help=f"write {RESULTS.name}")
    arguments = parser.parse_args()
    before, rng = environment(("numpy", "torch")), random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        path, step, littered = room / "checkpoint.pt", 0, 0
        for _ in range(arguments.writes):
            ended(forked(write, path), rng.uniform(0.02, 0.4))
            now = checked(path)
            if now < step:
                raise SystemExit("kill_training: a checkpoint went back")
            step = now
            litter = list(room.glob(".checkpoint.pt.*"))
            littered += bool(litter)
            for one in litter:
                one.unlink()
        begun = time.monotonic()
        ended(forked(run, room / "whole"), None)
        lasts = time.monotonic() - begun
        kills = runs = 0
        while kills < arguments.kills:
            out = room / f"run{runs}"
            while kills < arguments.kills and ended(forked(run, out), rng.uniform(0, lasts)):
                kills += 1
            ended(forked(run, out), None)
            for name in COMPARED:
                if (out / name).read_bytes() != (room / "whole" / name).read_bytes():
                    raise SystemExit(f"kill_training: {name} differs from an undisturbed run's")
            runs += 1
    row = {
        "kills while checkpoints were written": arguments.writes,
        "checkpoints written": step,
        "unfinished files left": littered,
        "corrupt": 0,  # or it would have stopped
        "kills of a run": kills,
        "runs to the end": runs,
        "equal to the undisturbed run": runs,  # likewise
    }
    print(json.dumps(row))
    if arguments.save_results:
        write_results(RESULTS, before, [row])


if __name__ == "__main__":
    main()
