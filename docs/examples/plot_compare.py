"""
A sheet to look at
==================

``compare`` runs methods on one composite and draws a sheet: the contour of the mask in red, and
enlarged below what differs most. ``save("sheet.html")`` writes it as one file with sliders.
"""

import harmonia
import matplotlib.pyplot as plt

image, mask = harmonia.example()
comparison = harmonia.compare(image, mask, ["auto", "reinhard", "lalonde_efros"])
sheet = comparison.to_picture(panel=480)

figure = plt.figure(figsize=(12, 12 * sheet.shape[0] / sheet.shape[1]))
ax = figure.add_axes((0, 0, 1, 1))
ax.imshow(sheet)
ax.axis("off")

# %%
# What each took, in milliseconds:

print({name: round(1000 * seconds) for name, seconds in comparison.seconds.items()})
