"""
A training in a minute
======================

A small iSSAM learns from composites of one photograph, other ones in each step. It is of no use,
and shows all that a real training does; :doc:`/training` has the rest.
"""

import tempfile
from pathlib import Path

import harmonia
import numpy as np
from harmonia import synthesis
from harmonia.evaluation import figures
from harmonia.training import train

image, mask = harmonia.example()
work = tempfile.TemporaryDirectory()
photos, run = Path(work.name, "photos"), Path(work.name, "run")
photos.mkdir()
harmonia.io.write(photos / "cup.png", harmonia.harmonize(image, mask, "lalonde_efros"))
harmonia.io.write(photos / "cup_mask.png", np.stack([mask] * 3, axis=-1))

data = synthesis.random_composites(photos, size=64, rounds=64)
tests = synthesis.random_composites(photos, size=64, rounds=8, seed=1)
outcome = train(
    "issam",
    data,
    run,
    validation=tests,
    steps=60,
    batch=4,
    size=64,
    width=8,
    base=64,
    workers=0,
    log_every=5,
    validate_every=20,
)
print(outcome.method, outcome.steps, "steps")

# %%
# How it went:

figure = figures.curves([run])
