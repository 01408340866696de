"""
A method of your own beside others
==================================

Any function of image and mask stands beside the methods on a sheet. :doc:`/guide/extending` makes
one a method of the library, with all its promises.
"""

import harmonia
import matplotlib.pyplot as plt
import numpy as np


def median_shift(image, mask):
    """Move the median of the foreground half of the way onto that of the background."""
    inside, outside = mask > 127, mask <= 127
    shift = np.median(image[outside], axis=0) - np.median(image[inside], axis=0)
    shifted = (image + 0.5 * shift).clip(0, 255).astype(np.uint8)
    return harmonia.composite.composite(shifted, image, mask)


image, mask = harmonia.example()
methods = {"median_shift": median_shift, "mean_shift": "mean_shift", "auto": "auto"}
sheet = harmonia.compare(image, mask, methods, boxes=1).to_picture(panel=480)

figure = plt.figure(figsize=(12, 12 * sheet.shape[0] / sheet.shape[1]))
ax = figure.add_axes((0, 0, 1, 1))
ax.imshow(sheet)
ax.axis("off")
