"""
Where a result differs
======================

A number says how far a result is from the real picture; a map says where. ``delta_e`` gives the
CIEDE2000 difference of each pixel: about 1 can just be seen.
"""

import harmonia
import matplotlib.pyplot as plt

image, mask = harmonia.example()
target = harmonia.harmonize(image, mask, "lalonde_efros")  # stands for a real photograph here

figure, axes = plt.subplots(2, 3, figsize=(12, 5.4), layout="constrained")
pictures = {
    "composite": image,
    "reinhard": harmonia.harmonize(image, mask, "reinhard"),
    "auto": harmonia.harmonize(image, mask),
}
for column, (name, picture) in zip(axes.T, pictures.items(), strict=True):
    differences = harmonia.color.delta_e(picture, target)
    inside = differences[mask > 127].mean()
    column[0].imshow(picture)
    column[0].set_title(name)
    heat = column[1].imshow(differences, cmap="inferno", vmin=0, vmax=40)
    column[1].set_title(f"mean inside {inside:.1f}")
for ax in axes.flat:
    ax.axis("off")
figure.colorbar(heat, ax=axes[1], label="CIEDE2000", shrink=0.9)
