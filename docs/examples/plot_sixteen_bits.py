"""
16 bits stay 16 bits
====================

A gradient of 8 bits shows bands once it is graded. ``uint16`` and floats go through all of harmonia
in their own depth, and through PNG and TIFF files.
"""

import tempfile
from pathlib import Path

import harmonia
import matplotlib.pyplot as plt
import numpy as np

down, across = np.mgrid[0:1:120j, 0:1:1200j]
scene = np.stack([0.30 + 0.10 * across, 0.32 + 0.08 * across, 0.38 + 0.04 * across], axis=-1)
mask = (np.hypot(down - 0.5, 8 * (across - 0.5)) < 3.2).astype(np.float32)
background = np.stack([0.2 + 0.7 * down, 0.15 + 0.5 * down, 0.1 + 0.3 * down], axis=-1)
scene = np.where(mask[..., None] > 0, scene, background)

deep = np.rint(65535 * scene).astype(np.uint16)
shallow = np.rint(255 * scene).astype(np.uint8)

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "deep.png")
    harmonia.io.write(path, harmonia.harmonize(deep, mask, "mkl"))
    deep_result = harmonia.io.read(path).pixels
shallow_result = harmonia.harmonize(shallow, mask, "mkl")
print(deep_result.dtype, shallow_result.dtype)

# %%
# Green along the middle, 8 bits in steps and 16 bits without:

row, columns = 60, slice(560, 640)
figure, ax = plt.subplots(figsize=(9, 3.6), layout="constrained")
ax.plot(shallow_result[row, columns, 1] / 255, drawstyle="steps-mid", label="uint8")
ax.plot(deep_result[row, columns, 1] / 65535, label="uint16, through a PNG")
ax.set(xlabel="column", ylabel="green, 0..1")
ax.legend()
