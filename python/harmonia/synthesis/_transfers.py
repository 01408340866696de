"""The four colour transfers by which iHarmony4's HCOCO and HFlickr were made."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from harmonia.api import harmonize
from harmonia.synthesis._recipe import Unusable

Pixels = np.ndarray[Any, Any]

METHODS = ("reinhard", "xiao", "cumulative_histogram", "idt")
SMOOTHNESS = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)  # of the regrain that follows idt


def transfer(
    real: Pixels,
    mask: Pixels,
    reference: Pixels,
    reference_mask: Pixels,
    *,
    rng: np.random.Generator,
    methods: Sequence[str] = METHODS,
    compat: bool = False,
) -> tuple[Pixels, dict[str, Any]]:
    """Give the foreground of a real the colours of another, by one of the transfers.

    Which of them, and what idt draws, comes from `rng`. `compat` takes them as the published codes
    have them, with their mirrored axes and stray pixels. Also given is what was drawn, for the
    manifest: `harmonia.harmonize(real, mask, reference=..., reference_mask=..., **drawn)` repeats
    it.
    """
    drawn: dict[str, Any] = {"method": methods[int(rng.integers(len(methods)))]}
    if drawn["method"] == "idt":
        drawn["smoothness"] = SMOOTHNESS[int(rng.integers(len(SMOOTHNESS)))]
        drawn["seed"] = int(rng.integers(2**32))
    if compat and drawn["method"] != "reinhard":  # of which there is one form
        drawn["compat"] = True
    try:
        made = harmonize(real, mask, reference=reference, reference_mask=reference_mask, **drawn)
    except ValueError as error:  # a foreground without statistics, such as one all black
        raise Unusable(str(error)) from error
    return made, drawn
