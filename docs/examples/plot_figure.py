"""
An evaluation, its table and a figure
=====================================

Methods over a dataset, as a paper shows them. Here the dataset is a folder of four composites that
are made first.
"""

import tempfile
from pathlib import Path

import harmonia
import numpy as np
from harmonia import evaluation, synthesis
from harmonia.evaluation import figures, tables

image, mask = harmonia.example()
work = tempfile.TemporaryDirectory()
photos, data = Path(work.name, "photos"), Path(work.name, "set")
for folder in (photos, data / "composites", data / "masks", data / "reals"):
    folder.mkdir(parents=True)
harmonia.io.write(photos / "cup.png", harmonia.harmonize(image, mask, "lalonde_efros"))
harmonia.io.write(photos / "cup_mask.png", np.stack([mask] * 3, axis=-1))
for i, sample in enumerate(synthesis.random_composites(photos, size=192, rounds=4)):
    harmonia.io.write(data / "composites" / f"{i}.png", sample.composite)
    harmonia.io.write(data / "masks" / f"{i}.png", np.stack([sample.mask] * 3, axis=-1))
    harmonia.io.write(data / "reals" / f"{i}.png", sample.real)

dataset = harmonia.datasets.load("folder", data)
plan = evaluation.plan(dataset, ["composite", "reinhard", "lalonde_efros", "auto"])
results = evaluation.evaluate_dataset(plan, Path(work.name, "results"))
print(tables.text(evaluation.table(results, intervals=False)))

# %%
# Two of the samples, with the parts enlarged in which the methods differ:

shown = figures.look(plan, figures.choose(results, 2), results=results)
figure = figures.grid(shown)
