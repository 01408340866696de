"""
Classical methods side by side
==============================

Every method that needs no weights, on one composite. They match statistics of the background and
know nothing of what is in the picture.
"""

import harmonia
import matplotlib.pyplot as plt

image, mask = harmonia.example()
pictures = {"composite": image, "harmonia (default)": harmonia.harmonize(image, mask)}
for method in harmonia.list_methods():
    pictures[method] = harmonia.harmonize(image, mask, method)

figure, axes = plt.subplots(4, 4, figsize=(12, 8.6), layout="constrained")
for ax in axes.flat:
    ax.axis("off")
for ax, (name, picture) in zip(axes.flat, pictures.items(), strict=False):
    ax.imshow(picture)
    ax.set_title(name)
