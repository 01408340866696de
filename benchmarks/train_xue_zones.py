"""Trains the forests behind `xue`'s `zones="learned"`, and reports what they are worth.

    python benchmarks/train_xue_zones.py CORPUS

CORPUS holds manifest.csv, images and masks. Only rows with use == "train" are learned from; the
report is on the human masks (mask_kind == "gt") of use == "test". In a photograph nothing has to be
shifted, so a zone is worth as much as foreground and background are apart in it. Needs scikit-learn.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from harmonia import _core, _xue_zones
from PIL import Image
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GroupKFold

# A tenth of how much the zones of natural images differ between foreground and background (Xue et
# al. 2012).
TOLERANCES = {"luminance": 0.319, "temperature": 6.518, "saturation": 0.0993}
FIXED = {"luminance": 0, "temperature": 1, "saturation": 0}
TREES, DEPTH, LEAF = 32, 6, 8


def read(corpus: Path, wanted) -> dict[str, list]:
    """Statistics of both sides of every wanted row, by property."""
    found = {name: [] for name in TOLERANCES}
    with (corpus / "manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if wanted(row)]
    for row in rows:
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


def train(samples, name: str) -> list[RandomForestClassifier]:
    apart = np.abs(distances(samples))
    matches = (apart < TOLERANCES[name]) | (apart == apart.min(axis=1, keepdims=True))
    return [
        RandomForestClassifier(
            TREES, max_depth=DEPTH, min_samples_leaf=LEAF, max_features=6, random_state=zone
        ).fit(shapes(samples), matches[:, zone])
        for zone in range(len(_xue_zones.ZONES))
    ]


def flattened(forest: RandomForestClassifier) -> dict[str, np.ndarray]:
    """Complete trees as arrays; below an early leaf all ends hold its value."""
    inner, ends = 2**DEPTH - 1, 2**DEPTH
    features = np.zeros((TREES, inner), np.uint8)
    thresholds = np.zeros((TREES, inner), np.float16)
    leaves = np.zeros((TREES, ends), np.uint8)

    def fill(tree, number, node, place):
        is_leaf = tree.children_left[node] < 0
        if place >= inner:
            share = tree.value[node][0]
            leaves[number, place - inner] = round(255 * share[1] / share.sum())
            return
        if not is_leaf:
            features[number, place] = tree.feature[node]
            thresholds[number, place] = tree.threshold[node]
        fill(tree, number, node if is_leaf else tree.children_left[node], 2 * place + 1)
        fill(tree, number, node if is_leaf else tree.children_right[node], 2 * place + 2)

    for number, estimator in enumerate(forest.estimators_):
        fill(estimator.tree_, number, 0, 0)
    return {"features": features, "thresholds": thresholds, "leaves": leaves}


def remaining(samples, name: str, likely: np.ndarray) -> dict[str, float]:
    """Mean distance in the zone that each rule chooses."""
    apart = np.abs(distances(samples))
    chosen = [
        _xue_zones.best_zone(name, labels, foreground, target)
        for labels, (foreground, target, _) in zip(likely, samples, strict=True)
    ]
    return {
        "learned": apart[np.arange(len(apart)), chosen].mean(),
        "fixed": apart[:, FIXED[name]].mean(),
        "best possible": apart.min(axis=1).mean(),
        "always mean": apart[:, 2].mean(),
    }


def cross_validated(samples, name: str) -> dict[str, float]:
    """The same over five parts of the training data, each judged by forests of the others."""
    likely = np.zeros((len(samples), len(_xue_zones.ZONES)), bool)
    groups = [group for _, _, group in samples]
    for rest, part in GroupKFold(5).split(samples, groups=groups):
        forests = train([samples[i] for i in rest], name)
        votes = [f.predict_proba(shapes([samples[i] for i in part]))[:, 1] for f in forests]
        likely[part] = np.stack(votes, axis=1) > 0.5
    return remaining(samples, name, likely)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument(
        "--out", type=Path, default=Path(_xue_zones.__file__).with_name("forests.npz")
    )
    arguments = parser.parse_args()
    learned = read(arguments.corpus, lambda row: row["use"] == "train")
    judged = read(arguments.corpus, lambda row: row["use"] == "test" and row["mask_kind"] == "gt")
    arrays = {}
    for name, samples in learned.items():
        for zone, forest in enumerate(train(samples, name)):
            for key, array in flattened(forest).items():
                arrays[f"{name}.{zone}.{key}"] = array
    np.savez_compressed(arguments.out, **arrays)
    _xue_zones._forests.cache_clear()
    for name, samples in judged.items():
        likely = np.array([_xue_zones.chances(name, x) > 0.5 for x in shapes(samples)])
        for title, values in (
            (f"test ({len(samples)})", remaining(samples, name, likely)),
            (f"5 folds ({len(learned[name])})", cross_validated(learned[name], name)),
        ):
            cells = ", ".join(f"{rule} {value:.3f}" for rule, value in values.items())
            print(f"{name}, {title}: {cells}")
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
