"""The names that docstrings use without making them: also shown on top of the API reference."""

from pathlib import Path
from typing import Any


def names() -> dict[str, Any]:
    """What every docstring may use."""
    # begin
    import harmonia
    import numpy as np

    image, mask = harmonia.example()
    # end
    return {"harmonia": harmonia, "np": np, "image": image, "mask": mask}


def of_an_evaluation(folder: Path) -> dict[str, Any]:
    """What docstrings about datasets may use besides; some seconds of work."""
    import harmonia
    import numpy as np

    image, mask = harmonia.example()
    # begin evaluation
    photos, pairs = folder / "photos", folder / "set"  # in an empty folder
    for one in (photos, pairs / "composites", pairs / "masks", pairs / "reals"):
        one.mkdir(parents=True)
    grey = np.stack([mask] * 3, axis=-1)
    harmonia.io.write(photos / "cup.png", image)
    harmonia.io.write(photos / "cup_mask.png", grey)
    for name, real in {"a": image, "b": image[:, ::-1].copy()}.items():
        turned = mask if name == "a" else mask[:, ::-1].copy()
        composite = harmonia.harmonize(real, turned, "mkl")
        harmonia.io.write(pairs / f"composites/{name}.png", composite)
        harmonia.io.write(pairs / f"masks/{name}.png", np.stack([turned] * 3, axis=-1))
        harmonia.io.write(pairs / f"reals/{name}.png", real)

    dataset = harmonia.datasets.load("folder", pairs)
    plan = harmonia.evaluation.plan(dataset, ["composite", "reinhard"])
    results = harmonia.evaluation.evaluate_dataset(plan, folder / "results")
    # end evaluation
    return {"photos": photos, "dataset": dataset, "plan": plan, "results": results}
