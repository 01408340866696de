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
    manifest: the `method` and its `options`, with which `harmonia.harmonize` repeats it.
    """
    method = methods[int(rng.integers(len(methods)))]
    options: dict[str, Any] = {}
    if method == "idt":
        options["smoothness"] = SMOOTHNESS[int(rng.integers(len(SMOOTHNESS)))]
        options["seed"] = int(rng.integers(2**32))
    if compat and method != "reinhard":  # of which there is one form
        options["compat"] = True
    try:
        made = harmonize(
            real, mask, method, reference=reference, reference_mask=reference_mask, **options
        )
    except ValueError as error:  # a foreground without statistics, such as one all black
        raise Unusable(str(error)) from error
    return made, {"method": method, "options": options}
