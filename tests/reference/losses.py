"""Losses of one image in float64: output and target are (3, H, W), the mask is (H, W)."""

import colorsys

import numpy as np


def fn_mse(output, target, mask, minimum_area=100.0):
    return ((output - target) ** 2).sum() / (3 * max(mask.sum(), minimum_area))


def masked_l1(output, target, mask=None, minimum_area=None):
    mask = np.ones(output.shape[1:]) if mask is None else mask
    area = mask.size if minimum_area is None else max(mask.sum(), minimum_area)
    return (mask * np.abs(output - target)).sum() / (3 * area)


def ssim_loss(output, target, mask=None):
    mask = np.ones(output.shape[1:]) if mask is None else mask
    bell = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    window = np.outer(bell, bell) / bell.sum() ** 2
    total = area = 0.0
    for row, column in np.ndindex(mask.shape[0] - 10, mask.shape[1] - 10):
        weight = mask[row + 5, column + 5]
        for channel in range(3):
            at = channel, slice(row, row + 11), slice(column, column + 11)
            total += weight * (1 - similarity(output[at], target[at], window))
            area += weight
    return total / area if area > 0 else 0.0


def similarity(x, y, window):
    mx, my = (window * x).sum(), (window * y).sum()
    vx, vy = (window * (x - mx) ** 2).sum(), (window * (y - my) ** 2).sum()
    covariance = (window * (x - mx) * (y - my)).sum()
    means = (2 * mx * my + 0.01**2) / (mx**2 + my**2 + 0.01**2)
    return means * (2 * covariance + 0.03**2) / (vx + vy + 0.03**2)


def hinge_critic(real_scores, fake_scores):
    """Scores of one image."""
    real, fake = np.ravel(real_scores), np.ravel(fake_scores)
    return np.mean([max(0, 1 - r) + max(0, 1 + f) for r, f in zip(real, fake, strict=True)])


def hinge_generator(fake_scores):
    return -np.mean(fake_scores)


def triplet(anchor, positive, negative, margin, elementwise=False):
    """Codes (C,) of one image, with the 1e-6 that torch adds to differences."""
    near, far = anchor - positive + 1e-6, anchor - negative + 1e-6
    if elementwise:
        return np.mean(np.maximum(0, margin + np.abs(near) - np.abs(far)))
    return max(0, margin + np.sqrt((near**2).sum()) - np.sqrt((far**2).sum()))


def gradient_penalty(critic, values, step=1e-4):
    """Of one image: the slope of a function of NumPy arrays by central differences."""
    slope = np.zeros_like(values)
    for at in np.ndindex(values.shape):
        aside = np.zeros_like(values)
        aside[at] = step
        slope[at] = (np.sum(critic(values + aside)) - np.sum(critic(values - aside))) / (2 * step)
    return (np.sqrt((slope**2).sum()) - 1) ** 2


def gram(output, target, mask, region="mask"):
    """Of features (C, H, W)."""
    if region == "box":
        rows, columns = np.nonzero(mask > 0)
        box = np.ones(mask.shape)
        if len(rows):  # a crop to the last row and column leaves these out
            box[:] = 0
            box[rows.min() : rows.max(), columns.min() : columns.max()] = 1
        mask = box
    return ((gram_matrix(output, mask) - gram_matrix(target, mask)) ** 2).mean()


def gram_matrix(values, mask):
    total = np.zeros((len(values), len(values)))
    for row, column in np.ndindex(mask.shape):
        place = values[:, row, column]
        total += mask[row, column] * np.outer(place, place)
    return total / (mask.sum() + 1e-6)


def hue_saturation(output, target, mask=None, minimum_area=None):
    mask = np.ones(output.shape[1:]) if mask is None else mask
    area = mask.size if minimum_area is None else max(mask.sum(), minimum_area)
    total = 0.0
    for row, column in np.ndindex(mask.shape):
        (x, y), (u, v) = (in_the_disc(*one[:, row, column]) for one in (output, target))
        total += mask[row, column] * ((x - u) ** 2 + (y - v) ** 2)
    return total / area


def in_the_disc(red, green, blue):
    hue, saturation, _ = colorsys.rgb_to_hsv(red, green, blue)
    return saturation * np.cos(2 * np.pi * hue), saturation * np.sin(2 * np.pi * hue)


def style_features(region, other):
    """Levels of features (C, H, W) with masks (H, W)."""
    losses = []
    for (features, mask), (others, other_mask) in zip(region, other, strict=True):
        seen = mask.sum() > 0 and other_mask.sum() > 0
        apart = [
            np.average(one, weights=mask) - np.average(two, weights=other_mask) if seen else 0.0
            for one, two in zip(features, others, strict=True)
        ]
        losses.append(np.square(apart).mean())
    return np.mean(losses)


def soft_cross_entropy(output, target):
    """Shares (styles,) of one image."""
    return -sum(t * np.log(o) for o, t in zip(output, target, strict=True) if t > 0)


def entropy_margin(before, after, margin=1.0):
    entropies = [soft_cross_entropy(shares, shares) for shares in (before, after)]
    return max(0, margin - entropies[0] + entropies[1])


def style_aggregation(before, after, margin=1.0):
    return soft_cross_entropy(after, before) + entropy_margin(before, after, margin)


def least_squares_critic(real_scores, fake_scores):
    """Scores of one image."""
    return np.mean((np.ravel(real_scores) - 1) ** 2) + np.mean(np.ravel(fake_scores) ** 2)


def least_squares_generator(fake_scores):
    return np.mean((np.ravel(fake_scores) - 1) ** 2)


def patch_nce(output, source, temperature=0.07):
    """Codes (patches, C) of one image."""
    errors = []
    for place, code in enumerate(output):
        likeness = [float((code * other).sum()) for other in source]
        wrong = [-10.0 if other == place else one for other, one in enumerate(likeness)]
        powers = np.exp(np.array([likeness[place], *wrong]) / temperature)
        errors.append(-np.log(powers[0] / powers.sum()))
    return np.mean(errors)
