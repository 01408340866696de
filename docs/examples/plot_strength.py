"""
Strength
========

``strength`` is the share of the change that is made: 0 is none of it, 1 all. A careful 0.6 is often
better than all of a method that goes too far, here ``mkl``.
"""

import harmonia
import matplotlib.pyplot as plt

image, mask = harmonia.example()

figure, axes = plt.subplots(1, 4, figsize=(12, 2.4), layout="constrained")
for ax, strength in zip(axes, (0, 0.3, 0.6, 1), strict=True):
    ax.imshow(harmonia.harmonize(image, mask, "mkl", strength=strength))
    ax.set_title(f"strength={strength}")
    ax.axis("off")
