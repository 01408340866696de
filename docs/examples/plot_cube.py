"""
A .cube for other programs
==========================

A look is saved as a table that grading programs read. This one goes to a file and back.
"""

import tempfile
from pathlib import Path

import harmonia
import matplotlib.pyplot as plt
import numpy as np
from harmonia import lut

image, mask = harmonia.example()
look = harmonia.fit(image, mask, "mkl")

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "look.cube")
    look.save(path)
    print("\n".join(path.read_text().splitlines()[:6]))
    read = lut.read_lut(path)

# %%
# The table is not the map itself: between its nodes it is linear. So the two differ by little:

direct = look.apply(image, mask)
by_table = lut.apply_lut3d(image, read, mask, interpolation="tetrahedral")
print("largest difference in levels of 255:", np.abs(direct.astype(int) - by_table).max())

# %%
# What it does to greys and to the strongest colours:

ramp = np.linspace(0, 1, 256, dtype=np.float32)
figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
grey = read.apply(np.repeat(ramp[None, :, None], 3, axis=2))[0]
for channel, name in enumerate(("red", "green", "blue")):
    axes[0].plot(ramp, grey[:, channel], color=name, label=name)
axes[0].plot(ramp, ramp, color="0.7", linestyle=":")
axes[0].set(title="greys", xlabel="in", ylabel="out")
axes[0].legend()
axes[1].imshow(by_table)
axes[1].set_title("applied from the file")
axes[1].axis("off")
