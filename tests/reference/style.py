"""The terms of the HSV style loss, in float64 from what networks gave: pictures, codes, scores."""

import numpy as np
from reference import losses


def mean(values):
    return float(np.mean(list(values)))


def l1(output, real):
    """On the authors' scale, -1..1."""
    return float(np.abs((2 * output - 1) - (2 * real - 1)).mean())


def box_gram(outputs, reals, insides):
    """Of colours on the authors' scale."""
    images = zip(2 * outputs - 1, 2 * reals - 1, insides, strict=True)
    return mean(losses.gram(*one, region="box") for one in images)


def triplets(real, harmonized, composite, background):
    """Of codes (N, 16): two of margin 1, the second by half."""
    total = []
    for number, place in np.ndindex(real.shape):
        r, h, c, b = (code[number, place] for code in (real, harmonized, composite, background))
        first = max(0.0, 1 + abs(r - h + 1e-6) - abs(r - c + 1e-6))
        second = max(0.0, 1 + abs(h - b + 1e-6) - abs(h - c + 1e-6))
        total.append(first + 0.5 * second)
    return mean(total)


def hinge(real_scores, fake_scores):
    real = np.maximum(0, 1 - real_scores).mean()
    return float(real + np.maximum(0, 1 + fake_scores).mean())


def feature_grams(ours, theirs):
    """Levels of features (N, C, H, W) with masks (N, 1, H, W), which are the same of both."""
    return mean(
        mean(losses.gram(*one) for one in zip(mine, other, places[:, 0], strict=True))
        for (mine, places), (other, _) in zip(ours, theirs, strict=True)
    )


def features(region, other):
    count = len(region[0][0])
    return mean(losses.style_features(of(region, n), of(other, n)) for n in range(count))


def of(levels, number):
    return [(values[number], mask[number, 0]) for values, mask in levels]
