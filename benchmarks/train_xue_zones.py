"""Trains the forests behind `xue`'s `zones="learned"`, and reports what they are worth.

    python benchmarks/train_xue_zones.py CORPUS

CORPUS holds manifest.csv, images and masks. Only rows with use == "train" are learned from; the
report is on the human masks (mask_kind == "gt") of use == "val" and "test". In a photograph nothing
has to be shifted, so a zone costs as much as foreground and background are apart in it. Needs
scikit-learn.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from harmonia import _core, _xue_zones
from PIL import Image
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import GroupKFold

FIXED = {"luminance": 0, "temperature": 1, "saturation": 0}
TREES, DEPTH, LEAF = 32, 6, 8


def read(corpus: Path, use: str, kind: str = "") -> dict[str, list]:
    """Statistics of both sides of the rows of a use, and of a kind of mask, by property."""
    found = {name: [] for name in _xue_zones.PROPERTIES}
    with (corpus / "manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["use"] == use]
    for row in rows:
        if kind not in ("", row["mask_kind"]):
            continue
        image = np.array(Image.open(corpus / row["image"]).convert("RGB"))
        mask = np.array(Image.open(corpus / row["mask"]).convert("L"))
        if mask.shape != image.shape[:2] or mask.min() == 255 or mask.max() == 0:
            continue
        sides = _core.XueSides(image, mask, None, None, False)
        for name, samples in found.items():
            foreground, target = sides.foreground(name), sides.target(name)
            if foreground[0] > 0 and target[0] > 0:
                samples.append((foreground, target, row["group"]))
    return found


def distances(samples) -> np.ndarray:
    """How far foreground and background are apart, (samples, zones)."""
    return np.array([[f[1][i] - t[1][i] for i in _xue_zones.ZONES] for f, t, _ in samples])


def shapes(samples) -> np.ndarray:
    return np.array([_xue_zones.inputs(f, t) for f, t, _ in samples])


def train(samples) -> list[RandomForestRegressor]:
    """The root keeps a few large distances from deciding everything."""
    roots = np.sqrt(np.abs(distances(samples)))
    return [
        RandomForestRegressor(
            TREES, max_depth=DEPTH, min_samples_leaf=LEAF, max_features=12, random_state=zone
        ).fit(shapes(samples), roots[:, zone])
        for zone in range(len(_xue_zones.ZONES))
    ]


def flattened(forest: RandomForestRegressor) -> dict[str, np.ndarray]:
    """Complete trees as arrays; below an early leaf all ends hold its value."""
    inner, ends = 2**DEPTH - 1, 2**DEPTH
    features = np.zeros((TREES, inner), np.uint8)
    thresholds = np.zeros((TREES, inner), np.float16)
    leaves = np.zeros((TREES, ends), np.float16)

    def fill(tree, number, node, place):
        is_leaf = tree.children_left[node] < 0
        if place >= inner:
            leaves[number, place - inner] = tree.value[node][0, 0]
            return
        if not is_leaf:
            features[number, place] = tree.feature[node]
            thresholds[number, place] = tree.threshold[node]
        fill(tree, number, node if is_leaf else tree.children_left[node], 2 * place + 1)
        fill(tree, number, node if is_leaf else tree.children_right[node], 2 * place + 2)

    for number, estimator in enumerate(forest.estimators_):
        fill(estimator.tree_, number, 0, 0)
    return {"features": features, "thresholds": thresholds, "leaves": leaves}


def remaining(samples, name: str, guesses: np.ndarray) -> dict[str, float]:
    """Mean distance in the zone that each rule chooses."""
    apart = np.abs(distances(samples))
    return {
        "learned": apart[np.arange(len(apart)), guesses.argmin(axis=1)].mean(),
        "fixed": apart[:, FIXED[name]].mean(),
        "best possible": apart.min(axis=1).mean(),
        "always mean": apart[:, 2].mean(),
    }


def cross_validated(samples, name: str) -> dict[str, float]:
    """The same over five parts of the training data, each judged by forests of the others."""
    guesses = np.zeros((len(samples), len(_xue_zones.ZONES)))
    groups = [group for _, _, group in samples]
    for rest, part in GroupKFold(5).split(samples, groups=groups):
        forests = train([samples[i] for i in rest])
        seen = shapes([samples[i] for i in part])
        guesses[part] = np.stack([forest.predict(seen) for forest in forests], axis=1)
    return remaining(samples, name, guesses)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument(
        "--out", type=Path, default=Path(_xue_zones.__file__).with_name("forests.npz")
    )
    arguments = parser.parse_args()
    learned = read(arguments.corpus, "train")
    judged = {use: read(arguments.corpus, use, "gt") for use in ("val", "test")}
    arrays = {}
    for name, samples in learned.items():
        for zone, forest in enumerate(train(samples)):
            for key, array in flattened(forest).items():
                arrays[f"{name}.{zone}.{key}"] = array
    np.savez_compressed(arguments.out, **arrays)
    _xue_zones._forests.cache_clear()
    for name, samples in learned.items():
        results = {f"train, 5 folds ({len(samples)})": cross_validated(samples, name)}
        for use, found in judged.items():
            guesses = np.array([_xue_zones.guesses(name, x) for x in shapes(found[name])])
            results[f"{use} ({len(found[name])})"] = remaining(found[name], name, guesses)
        for title, values in results.items():
            cells = ", ".join(f"{rule} {value:.3f}" for rule, value in values.items())
            print(f"{name}, {title}: {cells}")
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
