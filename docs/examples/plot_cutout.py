"""
A cut-out on a background
=========================

``paste`` puts a cut-out with transparency on a background, and gives the mask that goes with it.
Its alpha is the mask, soft edges and all.
"""

import harmonia
import matplotlib.pyplot as plt
import numpy as np

image, mask = harmonia.example()
cutout = np.dstack([image, mask])

# %%
# An evening, made of two gradients:

down, across = np.mgrid[0:1:400j, 0:1:600j]
sky = np.stack([0.95 - 0.45 * down, 0.55 - 0.25 * down + 0.1 * across, 0.35 - 0.1 * down], axis=-1)
grain = np.random.default_rng(0).normal(0, 0.02, sky.shape)
background = (255 * (sky + grain).clip(0, 1)).astype(np.uint8)

composite, placed = harmonia.composite.paste(cutout, background, at=(70, 50))
result = harmonia.harmonize(composite, placed, "mkl", strength=0.7)

figure, axes = plt.subplots(1, 3, figsize=(12, 3), layout="constrained")
shown = {"pasted": composite, "its mask": placed, "harmonized": result}
for ax, (title, picture) in zip(axes, shown.items(), strict=True):
    ax.imshow(picture, cmap="gray")
    ax.set_title(title)
    ax.axis("off")

# %%
# With the mask as alpha the new colours are a cut-out again:

new_cutout = np.dstack([result, placed])
print(new_cutout.shape, new_cutout.dtype)
