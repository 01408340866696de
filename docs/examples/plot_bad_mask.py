"""
What is wrong with a mask
=========================

A mask that cannot be meant is an error or a warning. One that is merely beside the object is
neither: draw its contour on the picture and look.
"""

import tempfile
import warnings
from pathlib import Path

import harmonia
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

image, mask = harmonia.example()

wrong = {
    "zeros and ones": (mask > 127).astype(np.uint8),
    "another size": mask[::2, ::2],
    "floats up to 255": mask.astype(np.float32),
    "all white": np.full_like(mask, 255),
}
for name, bad in wrong.items():
    try:
        harmonia.harmonize(image, bad)
    except (TypeError, ValueError) as error:
        print(f"{name}: {error}\n")

# %%
# A file with next to nothing in it is read with a warning:

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "mask.png")
    nearly_empty = np.zeros_like(mask)
    nearly_empty[:4, :4] = 255
    Image.fromarray(nearly_empty).save(path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        harmonia.io.read_mask(path)
    for warning in caught:
        print(f"{warning.category.__name__}: {str(warning.message).replace(folder, '...')}")

# %%
# One that has slipped aside shows in its contour. The left of the cup stays dark:

slipped = np.roll(mask, (12, 24), axis=(0, 1))
figure, axes = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
for ax, chosen, title in zip(axes, (mask, slipped), ("as drawn", "slipped"), strict=True):
    ax.imshow(harmonia.harmonize(image, chosen, "lalonde_efros"))
    ax.contour(chosen, [127.5], colors="red", linewidths=1)
    ax.set_title(title)
    ax.axis("off")
