"""
Soft masks
==========

A mask of 0 and 1 leaves a rim of old colours along its edge, since the pixels of an edge are part
foreground, part background. A soft mask blends there: ``m * new + (1 - m) * old``.
"""

import harmonia
import matplotlib.pyplot as plt

image, soft = harmonia.example()
masks = {"hard": soft > 200, "soft": soft}

# %%
# The handle of the cup, enlarged:

rows, columns = slice(60, 140), slice(280, 400)
figure, axes = plt.subplots(2, 2, figsize=(9, 6), layout="constrained")
for pair, (name, mask) in zip(axes, masks.items(), strict=True):
    result = harmonia.harmonize(image, mask, "lalonde_efros")
    pair[0].imshow(mask[rows, columns], cmap="gray")
    pair[0].set_title(f"{name} mask")
    pair[1].imshow(result[rows, columns])
    pair[1].set_title(f"with the {name} mask")
for ax in axes.flat:
    ax.axis("off")
