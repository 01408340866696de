"""Write protocols.md: what each protocol does, and how far they differ on one pair of images.

python docs/make_protocols.py; with --check it fails when the page is not what it would write.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import harmonia
import numpy as np
from harmonia.metrics import Protocol, find_protocol, list_protocols
from PIL import Image

FOLDER = Path(__file__).parent
PAGE = FOLDER / "protocols.md"
REAL = FOLDER / "images" / "real.png"
DIGITS = {"mse": 2, "fmse": 2, "psnr": 2, "fpsnr": 2, "ssim": 4, "fssim": 4}
NAMES = {
    "mse": "MSE",
    "fmse": "fMSE",
    "psnr": "PSNR",
    "fpsnr": "fPSNR",
    "ssim": "SSIM",
    "fssim": "fSSIM",
}
METHOD = "reinhard"

INTRODUCTION = """# Protocols

Papers of this field print MSE, PSNR, fMSE, fPSNR and SSIM, and compute them in different ways:
they resize with other filters, round or cut off codes, take other peaks and other windows. A number
means something beside another one only if both were computed alike. `harmonia.evaluate` takes the
way as `protocol=`, and its result carries the name; `harmonia.metrics.summarize` refuses to mix
two.

```python
scores = harmonia.evaluate(output, target, mask, protocol="idih")
scores["psnr"], scores.protocol
```

The default, `harmonia`, measures at the size given, rounds nothing, weighs by the soft mask, and
has a peak of 255. Every protocol takes another size after its name: `harmonia-256`, `cdtnet-2048`.

This page is written by `docs/make_protocols.py`.
"""

NOTES = """## What to know

- Means over a data set are means over images, PSNR included, as all of these papers take them.
- A metric that a paper's code does not compute is refused under its protocol.
- `iih` takes constants for values 0..1 on values 0..255. Where an image is flat the original, in
  float32, then divides noise by noise; here it is computed in double precision.
- `dovenet` and `rainnet` pass images through -1..1 and cut off the result, so that the codes 1 to
  63 come back one lower, in the target, too.
- Masks that are "dithered" go through PIL's mode 1: soft edges become dots. A faint mask can become
  empty; its fMSE is then NaN.
- PIL filters horizontally first up to version 12, and 13 goes by what makes less work, which
  shows in up to a quarter of the codes. Papers had an older one, and so have these protocols,
  whichever version is installed: the filters are our own, for 8 bits equal to those of PIL and
  OpenCV. `idih` and `cdtnet` resize masks as floats, where OpenCV itself differs by some 1e-5 with
  the library (IPP) that it was built with.
"""


def scores_table(output: np.ndarray, target: np.ndarray, mask: np.ndarray) -> str:
    lines = [["protocol", *NAMES.values()]]
    for name in [*list_protocols(), "harmonia-256", "cdtnet-256"]:
        scores = harmonia.evaluate(output, target, mask, protocol=name)
        values = [
            f"{scores[metric]:.{digits}f}" if metric in scores else ""
            for metric, digits in DIGITS.items()
        ]
        lines.append([f"`{name}`", *values])
    return grid(lines)


def spread(output: np.ndarray, target: np.ndarray, mask: np.ndarray) -> str:
    """The sentence above the table."""
    every = [harmonia.evaluate(output, target, mask, protocol=name) for name in list_protocols()]
    parts = []
    for metric, unit in (("mse", ""), ("psnr", " dB"), ("fmse", ""), ("ssim", "")):
        values = [scores[metric] for scores in every if metric in scores]
        digits = DIGITS[metric]
        parts.append(
            f"{NAMES[metric]} from {min(values):.{digits}f} to {max(values):.{digits}f}{unit}"
        )
    return f"One pair of images reads {', '.join(parts[:-1])} and {parts[-1]}."


def definitions() -> str:
    lines = [
        ["protocol", "size, filter", "codes", "mask", "MSE of", "peak", "SSIM", "source"],
        *(row(find_protocol(name)) for name in list_protocols()),
    ]
    return grid(lines, right=False)


def row(protocol: Protocol) -> list[str]:
    size = f"{protocol.size}, {protocol.filter}" if protocol.size else "as given"
    error = "pixels times mask" if protocol.masked_mse else "all pixels"
    if protocol.pasted:
        error = "the output pasted on the target"
    peak = protocol.peak if isinstance(protocol.peak, str) else f"{protocol.peak:.0f}"
    return [
        f"`{protocol.name}`",
        size,
        protocol.codes,
        protocol.mask,
        error,
        peak.replace("_", " "),
        similarity(protocol),
        protocol.source,
    ]


def similarity(protocol: Protocol) -> str:
    if "ssim" not in protocol.defines:
        return ""
    ssim = protocol.ssim
    span = ssim.span if isinstance(ssim.span, str) else f"{ssim.span:.0f}"
    words = [f"{ssim.window} {ssim.size}", ssim.padding, f"L = {span.replace('_', ' ')}"]
    return ", ".join(words + ["n - 1"] * ssim.sample + ["pasted"] * ssim.pasted)


def grid(lines: list[list[str]], *, right: bool = True) -> str:
    rule = ["---", *["---:" if right else "---" for _ in lines[0][1:]]]
    return "\n".join(f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]])


def page() -> str:
    composite, mask = harmonia.example()
    real = np.asarray(Image.open(REAL).convert("RGB"))
    harmonized = harmonia.harmonize(composite, mask, METHOD)
    good = harmonia.composite.composite(real, composite, mask, strength=0.95)
    pictures = {
        f"Harmonized by `{METHOD}`": harmonized,
        "An output that is nearly right: in the mask 95 % of the way to the photograph": good,
    }
    size = f"{real.shape[1]} x {real.shape[0]}"
    parts = [
        INTRODUCTION,
        "## One pair, every protocol\n",
        f"The example that ships with harmonia, against the photograph it was made of ({size}).",
        "Its background went through JPEG, as those of the field's data sets did.\n",
    ]
    for name, output in pictures.items():
        parts.append(f"**{name}.** {spread(output, real, mask)}\n")
        parts.append(f"{scores_table(output, real, mask)}\n")
    return "\n".join([*parts, "## Definitions\n", f"{definitions()}\n", NOTES])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, fail on a difference")
    arguments = parser.parse_args()
    wanted = page()
    if arguments.check:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != wanted:
            print(f"{PAGE.name} is not what the code gives; run python docs/make_protocols.py")
            return 1
        return 0
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
