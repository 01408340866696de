"""
A first picture
===============

A cup from a dim scene stands on a sunlit table. White in the mask is what changes.
"""

import harmonia
import matplotlib.pyplot as plt

image, mask = harmonia.example()
result = harmonia.harmonize(image, mask)

figure, axes = plt.subplots(1, 3, figsize=(12, 3), layout="constrained")
for ax, picture, title in zip(
    axes, (image, mask, result), ("image", "mask", "result"), strict=True
):
    ax.imshow(picture, cmap="gray")
    ax.set_title(title)
    ax.axis("off")

# %%
# Where the mask is black, no bit has changed:

print((result[mask == 0] == image[mask == 0]).all())
