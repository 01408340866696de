"""Every recipe at a size that a CPU trains in seconds: a line of `TINY` each, and pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from harmonia.datasets import Sample
from images import soft_disc

SMOOTH, FINE = (0.0, 5.0), (10.0, 20.0)


@dataclass(frozen=True)
class Tiny:
    """How a recipe overfits 8 pictures.

    Attributes
    ----------
    options
        The recipe's own, such as its width.
    size, steps, batch, rate, average
        Those of `train`. At so high rates critics push weights here and there; their average,
        which is then validated, comes near in half of the steps.
    loss
        The term that must fall, and how many times lower it must end than it began.
    better
        How many times lower fMSE must be than the composites'.
    dead
        Parts of the names of parameters that no step moves, since nothing hangs on them.
    waves
        Between which its pictures' waves are, in radians a side. Networks that normalize each
        picture in every layer hardly see how light it is, and need fine ones, of equal means.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    size: int = 64
    steps: int = 200
    batch: int = 8
    rate: float = 1e-2
    average: float = 0.0
    loss: tuple[str, float] = ("fn_mse", 10.0)
    better: float = 10.0
    dead: tuple[str, ...] = ()
    waves: tuple[float, float] = SMOOTH


# At 256 x 256 a critic costs more than so small a generator.
_OF_256 = {"size": 256, "batch": 1}
# Gradients of real and fake, which cancel until a score passes its hinge.
_CANCELLING = ("critic.D.conv7.bias", "critic.convg3.bias", "critic.convl3.bias")

TINY = {
    "charmnet": Tiny(
        {"width": 4, "variant": "code"},
        size=256,
        steps=100,
        batch=2,
        rate=2e-2,
        loss=("fn_mse_real", 3.0),
        # All scores are within the margins at first, where real and rendered ones pull alike.
        dead=("domain_critic.layers.4.bias",),
    ),
    "cut": Tiny(
        {"width": 4, "blocks": 2}, size=32, steps=70, batch=2, rate=2e-3, loss=("patch_nce", 1.2)
    ),
    "cyclegan": Tiny(
        {"width": 4, "blocks": 1, "pool": 3},
        size=32,
        steps=70,
        batch=2,
        rate=2e-3,
        loss=("cycle", 1.4),
    ),
    "unit": Tiny(
        {"width": 6, "blocks": 1}, 64, 50, batch=1, rate=4e-3, loss=("reconstruction", 1.3)
    ),
    "cdtnet": Tiny({"width": 8, "base": 16}, 32, 100, loss=("refined", 10.0)),
    "cdtnet_sim": Tiny({"width": 8, "base": 16}, 32, 60, loss=("table", 10.0)),
    "dih": Tiny({"width": 16, "base": 32}, 32, 120, loss=("mse", 10.0)),
    "harmonia": Tiny({"width": 64}, steps=160, rate=4e-3),
    "idih": Tiny({"width": 16, "base": 32}, 32, 120),
    "iseunet": Tiny({"width": 8, "base": 32}, 32, 120),
    "issam": Tiny({"width": 8, "base": 32}, 32, 120),
    "ssam": Tiny({"width": 8, "base": 32}, 32, 120, loss=("mse", 10.0)),
    "bargainnet": Tiny({"width": 6}, **_OF_256, rate=4e-3, loss=("l1", 4.0)),
    "dovenet": Tiny(
        {"width": 8, "critic_width": 2},
        **_OF_256,
        steps=70,
        rate=5e-3,
        loss=("l1", 3.0),
        dead=_CANCELLING,
    ),
    "rainnet": Tiny(
        {"width": 4, "critic_width": 2},
        size=256,
        batch=2,
        steps=150,
        rate=2e-3,
        loss=("l1", 2.0),
        dead=_CANCELLING,
    ),
    "unet_attention": Tiny({"width": 8}, **_OF_256, steps=100, rate=5e-3, loss=("l1", 3.0)),
    "attention_unet": Tiny(
        {"width": 8, "base": 64},
        steps=100,
        batch=4,
        rate=1.5e-2,
        average=0.9,
        loss=("l1", 2.0),
        dead=("Att5",),
        waves=FINE,
    ),
    # The slowest to learn, for every layer but its last normalizes.
    "unet3plus": Tiny(
        {"width": 4, "base": 64},
        steps=120,
        batch=2,
        rate=1.5e-2,
        average=0.9,
        loss=("l1", 2.0),
        waves=FINE,
    ),
    "style_unet": Tiny({"width": 4}, **_OF_256, steps=120, rate=6e-3, loss=("l1", 3.0)),
}


def samples(side=64, count=8, waves=SMOOTH):
    """Smooth pictures, a part of each in other colours, by one rule; every other mask is soft.

    They have the extras of every dataset that a recipe asks for some of.
    """
    return [_sample(number, side, waves) for number in range(count)]


def _sample(number, side, between):
    chance = np.random.default_rng([number, side])
    y, x = np.mgrid[0 : 1 : side * 1j, 0 : 1 : side * 1j]
    waves = [np.sin(a * x + b * y + c) for a, b, c in chance.uniform(*between, (3, 3))]
    real = 0.5 + 0.25 * np.stack(waves, axis=-1)
    disc = soft_disc(side, side)
    mask = disc if number % 2 else (disc > 0.5).astype(np.float64)
    changed = np.array([0.6, 1.0, 0.8]) * real + np.array([0.0, 0.1, 0.3])
    composite = mask[..., None] * changed + (1 - mask[..., None]) * real
    styles = chance.dirichlet(np.ones(10))
    return Sample(
        _codes(composite),
        _codes(mask),
        _codes(real),
        f"tiny-{number}",
        extras={"styles": tuple(styles), "style": int(styles.argmax()) + 1},
    )


def _codes(values):
    return np.rint(255 * values).astype(np.uint8)


def data_of(recipe, side, waves=SMOOTH):
    """What `train` takes: samples for each source of a recipe."""
    return {source: samples(side, waves=waves) for source in recipe.sources}
