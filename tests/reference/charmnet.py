"""A step of CharmNet by the formulas, in float64 and plain torch, picture by picture."""

import torch
from torch.nn.functional import leaky_relu


def fn_mse(output, target, mask):
    squares = sum(float(((o - t) ** 2).sum()) for o, t in zip(output, target, strict=True))
    return squares / (3 * max(float(mask.sum()), 100.0))


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def entropy(shares):
    return -sum(float(p) * float(p.log()) for p in shares)


def cross_entropy(output, target):
    return -sum(float(t) * float(o.log()) for o, t in zip(output, target, strict=True))


def domain_scores(features, layers):
    """Three convolutions with a LeakyReLU between."""
    first, second, third = (one for one in layers if isinstance(one, torch.nn.Conv2d))
    return third(leaky_relu(second(leaky_relu(first(features), 0.2)), 0.2))


def critic(real_scores, rendered_scores):
    return mean(max(0.0, 1 - float(s)) for s in real_scores.flatten()) + mean(
        max(0.0, 1 + float(s)) for s in rendered_scores.flatten()
    )


def network(harmonized, targets, masks, rendered_scores, before, after, soft, style):
    """All by domain, "real" and "rendered"; the list's shares, and its styles from 1."""
    count = len(style)
    falls = mean(map(entropy, before["real"])) - mean(map(entropy, after["real"]))
    consistent = mean(map(cross_entropy, after["real"], before["real"]))
    return {
        **{
            f"fn_mse_{domain}": 10 * mean(map(fn_mse, harmonized[domain], targets[domain], masks))
            for domain, masks in masks.items()
        },
        "adversarial": -mean(float(s) for s in rendered_scores.flatten()),
        "style_before": mean(map(cross_entropy, before["rendered"], soft)),
        "style_after": mean(
            -float(after["rendered"][k][int(style[k]) - 1].log()) for k in range(count)
        ),
        "style_aggregation": 0.5 * consistent + 0.5 * max(0.0, 1.0 - falls),
    }
