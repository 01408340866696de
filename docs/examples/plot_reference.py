"""
The colours of another picture
==============================

With ``reference=`` the foreground takes the colours of another picture, not of its own background.
"""

import harmonia
import matplotlib.pyplot as plt
import numpy as np

image, mask = harmonia.example()

# %%
# Two references: dusk, and a forest.

down, across = np.mgrid[0:1:200j, 0:1:300j]
grain = np.random.default_rng(0).normal(0, 0.05, (200, 300, 3))


def picture(red, green, blue):
    return (255 * (np.stack([red, green, blue], axis=-1) + grain).clip(0, 1)).astype(np.uint8)


dusk = picture(0.9 - 0.5 * down, 0.4 - 0.2 * down, 0.35 + 0.3 * down)
waves = 0.5 + 0.5 * np.sin(40 * across) * np.cos(25 * down)
forest = picture(0.1 + 0.3 * waves, 0.25 + 0.5 * waves, 0.1 + 0.2 * waves)

figure, axes = plt.subplots(2, 2, figsize=(10, 6.6), layout="constrained")
for row, reference in zip(axes, (dusk, forest), strict=True):
    row[0].imshow(reference)
    row[0].set_title("reference")
    row[1].imshow(harmonia.harmonize(image, mask, "reinhard", reference=reference))
    row[1].set_title("result")
for ax in axes.flat:
    ax.axis("off")
