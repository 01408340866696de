"""
One pair, ten protocols
=======================

The same two pictures have another PSNR in each paper, since each resizes, rounds and takes peaks in
its own way. A protocol is a paper's way, by name.
"""

import harmonia
import matplotlib.pyplot as plt

image, mask = harmonia.example()
target = harmonia.harmonize(image, mask, "lalonde_efros")  # stands for a real photograph here
output = harmonia.harmonize(image, mask)

scores = {
    name: harmonia.evaluate(output, target, mask, protocol=name)
    for name in harmonia.metrics.list_protocols()
}
psnr = {name: found["psnr"] for name, found in scores.items() if "psnr" in found}

figure, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
bars = ax.barh(list(psnr), list(psnr.values()))
ax.bar_label(bars, fmt="%.2f", padding=3)
ax.set(xlabel="PSNR, dB", xlim=(0, 1.1 * max(psnr.values())))
ax.invert_yaxis()

# %%
# The default measures what is there: at the size given, rounding nothing.

for name, value in scores["harmonia"].items():
    print(f"{name:6} {value:.4f}")
