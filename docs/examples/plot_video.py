"""
One look for all frames
=======================

A method that looks at each frame anew follows what passes through the background, and flickers.
Fitted once, it is the same for all frames.
"""

import harmonia
import matplotlib.pyplot as plt
import numpy as np

image, mask = harmonia.example()
COUNT = 24

# %%
# The same scene, with a blue wall that passes behind the cup:

frames = []
for i in range(COUNT):
    wall = np.zeros(image.shape[:2], bool)
    wall[:, 20 * i : 20 * i + 120] = True
    frame = image.copy()
    weight = (wall * (1 - mask / 255))[..., None] * 0.8
    frames.append((frame * (1 - weight) + np.array([40, 70, 160]) * weight).astype(np.uint8))

look = harmonia.fit(frames[0], mask, "mkl")
each = [harmonia.harmonize(frame, mask, "mkl") for frame in frames]
once = [look.apply(frame, mask) for frame in frames]


def red_minus_blue(pictures):
    inside = mask == 255
    return [float(p[inside, 0].mean() - p[inside, 2].mean()) for p in pictures]


figure, axes = plt.subplots(1, 2, figsize=(12, 3.6), layout="constrained")
axes[0].plot(red_minus_blue(each), label="each frame anew")
axes[0].plot(red_minus_blue(once), label="fitted once")
axes[0].set(xlabel="frame", ylabel="red - blue of the cup")
axes[0].legend()
axes[1].imshow(once[COUNT // 2])
axes[1].set_title("a frame, fitted once")
axes[1].axis("off")
