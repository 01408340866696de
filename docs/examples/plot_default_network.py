"""
The default network, and its table
==================================

The network that ships looks at both sides of the mask and answers with one table of colours.
``fit`` gives the table; what it does to the cube of all colours can be drawn.
"""

import harmonia
import matplotlib.pyplot as plt
from harmonia import lut

image, mask = harmonia.example()
harmonizer = harmonia.load("harmonia")  # once, for many pictures and threads
look = harmonizer.fit(image, mask)
table = look.to_lut()

figure, axes = plt.subplots(1, 2, figsize=(12, 4.4), layout="constrained")
axes[0].imshow(look.apply(image, mask))
axes[0].set_title("applied inside the mask")
axes[1].imshow(lut.picture(table, width=900))
axes[1].set_title("the table")
for ax in axes:
    ax.axis("off")

# %%
# How smooth and how neutral it is:

print(lut.analyse(table))
