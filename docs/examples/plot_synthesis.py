"""
Composites with ground truth
============================

A photograph and a mask are enough to train on: the foreground gets other colours, and the
photograph itself is the real. ``random_composites`` draws new ones for each epoch, the same for one
seed.
"""

import tempfile

import harmonia
import matplotlib.pyplot as plt
import numpy as np
from harmonia import synthesis

image, mask = harmonia.example()
with tempfile.TemporaryDirectory() as photos:
    harmonia.io.write(f"{photos}/cup.png", harmonia.harmonize(image, mask, "lalonde_efros"))
    harmonia.io.write(f"{photos}/cup_mask.png", np.stack([mask] * 3, axis=-1))
    composites = synthesis.random_composites(photos, size=192, rounds=7, least_area=1.0)
    samples = [composites[i] for i in range(7)]
    pictures = [samples[0].real, *(sample.composite for sample in samples)]

figure, axes = plt.subplots(2, 4, figsize=(11, 5.8), layout="constrained")
for i, (ax, picture) in enumerate(zip(axes.flat, pictures, strict=True)):
    ax.imshow(picture)
    ax.set_title("composite" if i else "real")
    ax.axis("off")
