"""What the tests of training run in processes of their own; they are spawned, and import it."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import torch
from harmonia.datasets import Sample
from images import scene
from torch import distributed as dist

TINY = {"width": 16, "base": 16, "workers": 0, "batch": 4}


def samples(count=8, side=20):
    """Pictures of which a foreground has another colour."""
    made = []
    for seed in range(count):
        picture, mask = scene(side + seed, side, seed)
        real = np.rint(255 * picture).astype(np.uint8)
        cover = np.rint(255 * mask).astype(np.uint8)
        other = np.clip(0.8 * picture + 0.1 * mask[..., None], 0, 1)
        composite = np.where(cover[..., None] > 0, np.rint(255 * other), real).astype(np.uint8)
        made.append(Sample(composite, cover, real, f"s{seed}"))
    return made


def rank():
    return int(os.environ["RANK"])


def attempt():
    return int(os.environ["TORCHELASTIC_RESTART_COUNT"])


def sum_of_ranks(add):
    if int(os.environ["WORLD_SIZE"]) > 1:
        dist.init_process_group("gloo")
        value = torch.tensor(float(rank() + add))
        dist.all_reduce(value)
        return value.item()
    return float(add)


def die_until(marks, times):
    """The second process is killed at its first attempts."""
    Path(marks, f"{rank()} {attempt()}").touch()
    if rank() == 1 and attempt() < times:
        os.kill(os.getpid(), signal.SIGKILL)
    return sum_of_ranks(0)


class Odd(ValueError):
    """An exception that pickle cannot make again."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def fail(kind):
    if rank() == 1:
        raise {"plain": KeyError("key"), "odd": Odd("one", "two")}[kind]
    time.sleep(600)


def leave(code):
    os._exit(code)


def trained(folder, recipe="issam", kill=None, **options):
    """`train`; the process of a rank is killed after a step of the first attempt."""
    from harmonia.training import train

    def progress(now):
        if kill == (rank(), now.step) and attempt() == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    run = train(recipe, samples(), folder, progress=progress, **{**TINY, **options})
    return run.steps


def trained_with(folder, options):
    return trained(folder, **options)


def in_double(steps):
    """Losses and weights of iSSAM by its own Adam, in float64, after some steps of eight samples.

    In float32 Adam makes whole steps of the rounding of gradients that are none, such as those of a
    bias before a batch norm.
    """
    from harmonia.training import _ranks, tensors
    from harmonia.training._batch import Batch
    from harmonia.training._loop import Trainer
    from harmonia.training._recipes import open_recipe
    from harmonia.training._settings import Settings
    from harmonia.training._stream import Places

    ranks, device = _ranks.join(torch.device("cpu"))
    torch.manual_seed(0)
    recipe = open_recipe("issam", {"width": 16, "base": 16}, where="test").double()
    settings = Settings("issam", {}, size=16, batch=8, steps=steps, rate=1e-3)
    trainer = Trainer(recipe, settings, device, ranks)
    recipe.train()
    items = tensors(samples(), size=16)
    losses = []
    for places in Places(0, steps, 8, ranks.rank, ranks.count):
        batch = Batch.of([items[place % 8] for place in places])
        trainer.take([{"data": batch.to(device, dtype=torch.float64)}])
        losses.append(trainer.means()["fn_mse"])
    state = {name: value.numpy() for name, value in recipe.state_dict().items()}
    return losses, state
